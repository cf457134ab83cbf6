import TangorTesting
import Testing

@testable import TangorTables

/// Everything that a view shows, by row path and column.
private func contents(_ view: any TableView) -> [[String]: [String: CellValue]] {
  let slice = view.slice(.all, keys: false)
  let levels = slice.rowPath?.levels.map(\.cells) ?? []
  let columns = slice.columns.map { ($0.title, $0.values.cells) }
  var contents: [[String]: [String: CellValue]] = [:]
  for row in 0..<slice.rowCount {
    let path = levels.prefix(slice.rowPath?.lengths[row] ?? 0).map { $0[row].pathText }
    contents[path] = Dictionary(columns.map { ($0.0, $0.1[row]) }) { first, _ in first }
  }
  return contents
}

private let columns: [(String, ColumnKind)] = [
  ("k", .int32), ("g", .string), ("h", .int64), ("d", .date), ("b", .boolean), ("v", .int32), ("f", .float64), ("s", .string),
]

private func row(_ random: inout SeededGenerator) -> Row {
  func maybe(_ cell: CellValue) -> CellValue { Int.random(in: 0..<8, using: &random) == 0 ? .null : cell }
  var row: Row = ["k": .integer(Int64.random(in: 0..<400, using: &random))]
  if Bool.random(using: &random) { row["g"] = maybe(.text("g\(Int.random(in: 0..<6, using: &random))")) }
  if Bool.random(using: &random) { row["h"] = maybe(.integer(Int64.random(in: -2..<3, using: &random) * 1_000_000)) }
  if Bool.random(using: &random) { row["d"] = maybe(.date(Int32.random(in: 0..<3, using: &random))) }
  if Bool.random(using: &random) { row["b"] = maybe(.boolean(Bool.random(using: &random))) }
  if Bool.random(using: &random) { row["v"] = maybe(.integer(Int64.random(in: -9..<10, using: &random))) }
  if Bool.random(using: &random) { row["f"] = maybe(.float(Double.random(in: -1...1, using: &random))) }
  if Bool.random(using: &random) { row["s"] = maybe(.text("s\(Int.random(in: 0..<20, using: &random))")) }
  return row
}

@Suite struct PivotUpdateTests {
  /// Views that followed random writes show what views show that are made afterwards.
  @Test(arguments: Aggregate.allCases.filter { ![.last, .high, .low].contains($0) }, [false, true])
  func viewsFollowTheirTable(aggregate: Aggregate, inBulk: Bool) throws {
    try Parallelism.$current.withValue(inBulk ? .eager : .reluctant) { try viewsFollow(aggregate) }
  }

  private func viewsFollow(_ aggregate: Aggregate) throws {
    var random = SeededGenerator(seed: 77)
    let table = try TableCore(columns, index: "k")
    let onAll = !["sum", "abs", "gmv", "mul", "pct", "mean", "std", "var"].contains { aggregate.rawValue.contains($0) }
    let given = [aggregate.rawValue] + (aggregate.takesColumn ? ["v"] : [])
    let shown = onAll ? ["v", "f", "s", "b", "d"] : ["v", "f"]
    let aggregates = Dictionary(uniqueKeysWithValues: shown.map { ($0, given) })
    let configurations = [
      ViewConfiguration(columns: shown, groupBy: ["g", "h"], aggregates: aggregates),
      ViewConfiguration(columns: shown, groupBy: ["d"], splitBy: ["g", "b"], aggregates: aggregates, splitRollup: .rollup),
      ViewConfiguration(
        columns: shown, groupBy: ["s"], filter: [.init("v", ">", [.number(-5)]), .init("g", "is null")], filterReducer: .or,
        sort: [.init("f", .descending)], aggregates: aggregates, groupRollup: .flat),
    ]
    let views = try configurations.map(table.makeView)
    views[0].tracksChanges = true
    for step in 0..<25 {
      let before = contents(views[0])
      switch Int.random(in: 0..<12, using: &random) {
      case 0..<9:
        try table.update(Batch((0..<Int.random(in: 1..<30, using: &random)).map { _ in row(&random) }, schema: table.schema))
      case 9, 10:
        try table.remove(BatchColumn("", (0..<60).map { _ in .integer(Int64.random(in: 0..<400, using: &random)) }, kind: .int32))
      default: if step % 2 == 0 { table.clear() }
      }
      let changes = table.poll()
      let after = contents(views[0])
      if let change = changes.first, change.removedKeys == nil, aggregate != .percentOfTotal, aggregate != .percentOfParent {
        let changed = after.filter { before[$0.key] != $0.value }.count
        #expect(views[0].delta(change)?.rowCount == changed)
      }
      if step % 5 == 4 {
        for (view, configuration) in zip(views, configurations) {
          let fresh = try table.makeView(configuration)
          let (one, other) = (contents(view), contents(fresh))
          #expect(one.keys.sorted { $0.description < $1.description } == other.keys.sorted { $0.description < $1.description })
          for (path, cells) in other {
            for (title, cell) in cells { #expect(close(one[path]?[title], cell), "\(path) \(title)") }
          }
          #expect(view.rowCount == fresh.rowCount && view.columnCount == fresh.columnCount)
        }
      }
    }
  }

  private func close(_ one: CellValue?, _ other: CellValue) -> Bool {
    guard case .float(let first) = one, case .float(let second) = other else { return one == other }
    return first == second || abs(first - second) <= 1e-12 * max(abs(first), abs(second), 1e-3)
  }

  /// Sums and counts of a grouped view, against a dictionary of the table's rows.
  @Test(arguments: [false, true]) func sumsAreThoseOfTheRows(inBulk: Bool) throws {
    try Parallelism.$current.withValue(inBulk ? .eager : .reluctant) { try sumsAreThoseOfTheRows() }
  }

  private func sumsAreThoseOfTheRows() throws {
    var random = SeededGenerator(seed: 4)
    let table = try TableCore(columns, index: "k")
    let view = try table.makeView(ViewConfiguration(columns: ["v", "s"], groupBy: ["g", "d"]))
    for _ in 0..<40 {
      try table.write((0..<20).map { _ in row(&random) })
      var sums: [[String]: (Int64?, Int64)] = [:]
      for cells in table.rows {
        let path = [cells[1].pathText, cells[3].pathText]
        for length in 0...2 {
          var (sum, count) = sums[Array(path.prefix(length))] ?? (nil, 0)
          if case .integer(let value) = cells[5] { sum = (sum ?? 0) + value }
          count += 1
          sums[Array(path.prefix(length))] = (sum, count)
        }
      }
      #expect(contents(view) == sums.mapValues { ["v": $0.0.map { .integer($0) } ?? .null, "s": .integer($0.1)] })
    }
  }

  /// A group that gets a row back in the update that took its last one stays the group that it was.
  @Test func groupsSurviveTheirLastRowsChange() throws {
    let table = try TableCore([("k", .int32), ("g", .string), ("v", .int32)], index: "k")
    try table.write((0..<3).map { ["k": .integer($0), "g": .text("g\($0)"), "v": .integer(10)] })
    let view = try table.makeView(
      ViewConfiguration(columns: ["v"], groupBy: ["g", "k"], aggregates: ["v": ["high"]], groupByDepth: 1))
    #expect(view.expand(2) == 1)
    try table.write([["k": .integer(1), "v": .integer(3)]])
    #expect(view.rowCount == 5 && view.slice(.all, keys: false)["v"] == Array(repeating: .integer(10), count: 5))
    try table.write([["k": .integer(1), "v": .integer(30)]])
    #expect(view.slice(.all, keys: false)["v"].contains(.integer(30)))
    try table.write([["k": .integer(1), "g": .text("g0")]])
    #expect(view.rowCount == 3)
  }

  @Test func theLastOfAParentIsOfItsNewestGroup() throws {
    let table = try TableCore([("g", .string), ("v", .int32)])
    let view = try table.makeView(ViewConfiguration(columns: ["v"], groupBy: ["g"], aggregates: ["v": ["last"]]))
    try table.write([["g": .text("b"), "v": .integer(1)], ["g": .text("a"), "v": .integer(2)], ["g": .text("b"), "v": .integer(3)]])
    #expect(view.slice(.all, keys: false)["v"] == [2, 2, 3].map { .integer($0) })
  }

  @Test func sumsKeepNoTraceOfWhatIsGone() throws {
    let table = try TableCore([("k", .int32), ("f", .float64)], index: "k")
    let view = try table.makeView(ViewConfiguration(columns: ["f"], groupRollup: .total))
    func sum() -> CellValue { view.slice(.all, keys: false)["f"][0] }
    try table.write([
      ["k": .integer(1), "f": .float(0.1)], ["k": .integer(2), "f": .float(1e300)], ["k": .integer(3), "f": .float(.infinity)],
    ])
    #expect(sum() == .float(.infinity))
    try table.write([["k": .integer(3), "f": .float(.nan)]])
    #expect(sum() == .float(1e300))
    try table.write([["k": .integer(2), "f": .float(0.2)]])
    #expect(sum() == .float(0.1 + 0.2))
    try table.write([["k": .integer(2), "f": .null]])
    #expect(sum() == .float(0.1))
    try table.write([["k": .integer(1), "f": .null]])
    #expect(sum() == .null)
    // Beyond the range of numbers and back.
    try table.write((1...4).map { ["k": .integer($0), "f": .float(1e308)] })
    #expect(sum() == .float(.infinity))
    try table.write((2...4).map { ["k": .integer($0), "f": .float(1.5)] })
    try table.write([["k": .integer(1), "f": .float(0)]])
    #expect(sum() == .float(4.5))
  }

  @Test func manyGroupsAreMadeAtOnceAsOneByOne() throws {
    var random = SeededGenerator(seed: 8)
    let table = try TableCore([("g", .int64), ("h", .float64), ("v", .int32)])
    let configuration = ViewConfiguration(columns: ["v"], groupBy: ["g", "h"])
    let live = try table.makeView(configuration)
    for _ in 0..<4 {
      try table.write(
        (0..<2000).map { _ in
          [
            "g": .integer(Int64.random(in: 0..<50, using: &random) * 1_000_003),
            "h": .float(Double(Int.random(in: -3..<3, using: &random)) / 2),
            "v": .integer(1),
          ]
        })
      #expect(contents(live) == contents(try table.makeView(configuration)))
    }
    let rows = live.slice(.all, keys: false)
    #expect(rows.rowCount == 1 + 50 + 300 && rows["v"][0] == .integer(8000))
    #expect(rows.rowPath?.levels[1].cells[2] == .float(-1.5))
  }
}
