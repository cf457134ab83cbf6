import TangorTables

/// Updates of an indexed table of all the rows, with three live views: what a poll costs.
struct UpdateCases {
  private let batch: Batch
  private let schema: Schema

  init(_ arrow: Vector<UInt8>) throws {
    batch = try ArrowReader.read(arrow)
    schema = EngineCases.schema(batch)
  }

  func run() throws {
    for count in [1, 100, 1_000, 100_000, 1_000_000] {
      let table = try TableCore(schema: schema, index: "id")
      try table.update(batch)
      table.poll()
      let views = try [
        ViewConfiguration(columns: ["sales", "score"], groupBy: ["state"], aggregates: ["score": ["mean"]]),
        ViewConfiguration(columns: ["sales", "id"], groupBy: ["state", "city"], aggregates: ["id": ["count"]]),
        ViewConfiguration(sort: [.init("score", .descending)]),
      ].map(table.makeView)
      _ = views[2].slice(Viewport(endRow: 50), keys: false)
      let changes = try (0..<4).map { round in try update(of: min(count, batch.rowCount), round) }
      var round = 0
      try measure("update of \(count) rows, three views") {
        try table.update(changes[round % changes.count])
        round += 1
        table.poll()
        return views.reduce(0) { $0 + $1.slice(Viewport(endRow: 50), keys: false).rowCount }
      }
    }
  }

  /// Rows spread over the table, with other numbers.
  private func update(of count: Int, _ round: Int) throws -> Batch {
    let step = max(batch.rowCount / count, 1)
    return Batch(
      rowCount: count,
      columns: [
        BatchColumn("id", .int64(Vector((0..<count).map { Int64(($0 * step + round) % batch.rowCount) }))),
        BatchColumn("sales", .float64(Vector((0..<count).map { Double(($0 &* 7919 &+ round) % 1_000) }))),
        BatchColumn("score", .float64(Vector((0..<count).map { Double(($0 &* 104_729 &+ round) % 1_000_000) / 1_000 }))),
      ])
  }
}
