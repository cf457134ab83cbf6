import TangorTables

/// What is measured of the engine: a view made, asked and forgotten again, or a format read or written.
struct EngineCases {
  private let arrow: Vector<UInt8>
  private let table: TableCore

  init(_ arrow: Vector<UInt8>) throws {
    self.arrow = arrow
    table = try Self.load(arrow)
  }

  static func load(_ arrow: Vector<UInt8>) throws -> TableCore {
    let batches = try ArrowReader.readBatches(arrow)
    let table = try TableCore(schema: schema(batches[0]))
    for batch in batches { try table.update(batch) }
    table.poll()
    return table
  }

  static func schema(_ batch: Batch) -> Schema {
    Schema(
      batch.columns.map { column in
        let kind: ColumnKind =
          switch column.values {
          case .int64: .int64
          case .int32: .int32
          case .float64: .float64
          case .date: .date
          default: .string
          }
        return Schema.Column(column.name, kind)
      })
  }

  func run(only: String) throws {
    let text = ["sales": ["sum"], "score": ["mean"], "id": ["count"]]
    let columns = ["sales", "score", "id"]
    func grouped(_ by: [String], _ columns: [String], _ aggregates: [String: [String]]) -> ViewConfiguration {
      ViewConfiguration(columns: columns, groupBy: by, aggregates: aggregates, groupRollup: .flat)
    }
    var cases: [(String, () throws -> Int)] = [
      ("load from Arrow", { try Self.load(arrow).count }),
      ("group by 50", { try rows(grouped(["state"], columns, text)) }),
      ("group by 5,000", { try rows(grouped(["city"], columns, text)) }),
      ("group by two levels", { try rows(grouped(["state", "city"], columns, text)) }),
      ("median by 50", { try rows(grouped(["state"], ["sales"], ["sales": ["median"]])) }),
      ("median by 5,000", { try rows(grouped(["city"], ["sales"], ["sales": ["median"]])) }),
      ("distinct count by 50", { try rows(grouped(["state"], ["city"], ["city": ["distinct count"]])) }),
      ("distinct count by 5,000", { try rows(grouped(["city"], ["quantity"], ["quantity": ["distinct count"]])) }),
      ("group by 50, split by 100", { try rows(ViewConfiguration(columns: ["sales"], groupBy: ["state"], splitBy: ["quantity"])) }),
      ("filter numbers, counted", { try count(ViewConfiguration(filter: [.init("sales", ">", [.number(500)])])) }),
      ("filter texts, counted", { try count(ViewConfiguration(filter: [.init("city", "begins with", [.text("New")])])) }),
      ("filter numbers, taken", { try rows(ViewConfiguration(filter: [.init("sales", ">", [.number(500)])])) }),
      ("filter texts, taken", { try rows(ViewConfiguration(filter: [.init("city", "begins with", [.text("New")])])) }),
      ("sort all rows", { try rows(ViewConfiguration(sort: [.init("sales", .descending)])) }),
      ("sort all rows by all digits", { try rows(ViewConfiguration(sort: [.init("score", .descending)])) }),
      ("sort all rows by text", { try rows(ViewConfiguration(sort: [.init("city", .descending)])) }),
      ("first 200 sorted", { try rows(ViewConfiguration(sort: [.init("score", .descending)]), first: 200) }),
    ]
    let flat = try table.makeView(ViewConfiguration())
    for (name, end) in [("all", Int?.none), ("200", 200)] {
      let viewport = Viewport(endRow: end)
      cases += [
        ("\(name) to Arrow", { try flat.slice(viewport, keys: false).arrow().count }),
        ("\(name) to CSV", { flat.slice(viewport, keys: false).csv().count }),
        ("\(name) to JSON", { flat.slice(viewport, keys: false).json().columns().count }),
        ("\(name) to JSON rows", { flat.slice(viewport, keys: false).json().objects().count }),
      ]
    }
    if only.isEmpty || "read CSV read JSON NDJSON".contains(only) {
      let csv = Vector(flat.slice(.all, keys: false).csv())
      let json = flat.slice(.all, keys: false).json(isFormatted: true)
      let (objects, lines, lists) = (Vector(json.objects()), Vector(json.lines()), Vector(json.columns()))
      cases += [
        ("read CSV", { try csv.withUnsafeBufferPointer { try CSVReader.read(UnsafeRawBufferPointer($0), schema: nil).rowCount } }),
        ("read JSON rows", { try objects.withUnsafeBufferPointer { try JSONTableReader.rows(UnsafeRawBufferPointer($0)).rowCount } }),
        ("read NDJSON", { try lines.withUnsafeBufferPointer { try JSONTableReader.ndjson(UnsafeRawBufferPointer($0)).rowCount } }),
        ("read JSON columns", { try lists.withUnsafeBufferPointer { try JSONTableReader.columns(UnsafeRawBufferPointer($0)).rowCount } }),
      ]
    }
    for (name, body) in cases where only.isEmpty || name.contains(only) { try measure(name, body) }
    if only.isEmpty || "updates".contains(only) { try UpdateCases(arrow).run() }
  }

  private func rows(_ configuration: ViewConfiguration, first: Int? = nil) throws -> Int {
    let slice = try table.makeView(configuration).slice(Viewport(endRow: first), keys: false)
    return slice.rowCount + slice.columns.count
  }

  private func count(_ configuration: ViewConfiguration) throws -> Int { try table.makeView(configuration).rowCount }
}

/// Prints the best time of a case: at least three rounds, and more while they are quick.
func measure(_ name: String, _ body: () throws -> Int) rethrows {
  let clock = ContinuousClock()
  var best = Duration.seconds(1_000)
  var spent = Duration.zero
  var rounds = 0
  while rounds < 4 || (spent < .seconds(1) && rounds < 30) {
    var result = 0
    let time = try clock.measure { result = try body() }
    precondition(result >= 0)
    rounds += 1
    spent += time
    best = min(best, time)
  }
  print("\(name): \(seconds(best))")
}

func seconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}
