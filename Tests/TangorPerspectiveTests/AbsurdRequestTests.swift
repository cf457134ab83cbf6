import Foundation
import SwiftProtobuf
import TangorTables
import Testing

@testable import TangorPerspective

/// Requests that are valid and ask for too much, or for nothing, or about the strangest of tables.
@Suite struct AbsurdRequestTests {
  private let server: PerspectiveServer
  private let client: TestClient

  init() {
    var limits = PerspectiveServer.Limits()
    limits.cellsPerAnswer = 200_000
    server = PerspectiveServer(limits: limits)
    client = TestClient(server)
  }

  /// A table with columns of floating-point numbers, named and filled by their positions.
  private func host(_ columns: Int, rows: Int) async throws {
    let batch = Batch(
      rowCount: rows,
      columns: (0..<columns).map { column in
        BatchColumn("c\(column)", .float64(Vector((0..<rows).map { Double($0 % (column + 2)) })))
      })
    let table = try Table(schema: Schema((0..<columns).map { .init("c\($0)", .float64) }))
    try await table.update(batch)
    try server.host(table, as: "t")
  }

  private func config(_ groups: Int, _ splits: Int = 0) -> WireViewConfig {
    .with {
      $0.groupBy = (0..<groups).map { "c\($0)" }
      $0.splitBy = (0..<splits).map { "c\($0)" }
      $0.columns.columns.columns = ["c0"]
    }
  }

  @Test func tenThousandColumns() async throws {
    try await host(10_000, rows: 3)
    _ = try await client.makeView("v", of: "t")
    guard case .viewDimensionsResp(let size) = try await client.ask("v", .viewDimensionsReq(.init())) else {
      Issue.record("no dimensions")
      return
    }
    #expect(size.numViewColumns == 10_000 && size.numViewRows == 3)
    guard case .viewToCsvResp(let csv) = try await client.ask("v", .viewToCsvReq(.init())) else {
      Issue.record("no CSV")
      return
    }
    #expect(csv.csv.split(separator: 0x0A).map { $0.split(separator: 0x2C).count } == [10_000, 10_000, 10_000, 10_000])
    guard case .viewToArrowResp(let arrow) = try await client.ask("v", .viewToArrowReq(.init())) else {
      Issue.record("no Arrow")
      return
    }
    #expect(try ArrowReader.read(Vector(arrow.arrow)).columns.count == 10_000)
    _ = try await client.makeView("g", of: "t", .with { $0.groupBy = ["c9999"] })
    guard case .viewSchemaResp(let schema) = try await client.ask("g", .viewSchemaReq(.init())) else {
      Issue.record("no schema")
      return
    }
    #expect(schema.schema.count == 10_000)
  }

  @Test func aHundredLevels() async throws {
    try await host(300, rows: 50)
    _ = try await client.makeView("v", of: "t", config(100))
    guard case .viewDimensionsResp(let size) = try await client.ask("v", .viewDimensionsReq(.init())) else {
      Issue.record("no dimensions")
      return
    }
    #expect(size.numViewRows > 1000)
    let total = try await client.rows("v").prefix(40)
    #expect(total.hasPrefix(#"[{"__ROW_PATH__":[],"c0":25"#), "\(total)")
    for config in [config(256), config(15, 16), config(300)] {
      let error = try await client.failure("t", .tableMakeViewReq(.with { ($0.viewID, $0.config) = ("w", config) }))
      #expect(error?.message.contains("group and split by fewer columns") == true)
    }
    _ = try await client.makeView("w", of: "t", config(15, 15))
    #expect(try await client.rows("w").isEmpty == false)
  }

  @Test func moreThanAnAnswerHolds() async throws {
    try await host(3, rows: 70_000)
    _ = try await client.makeView("v", of: "t")
    for body: WireRequest.OneOf_ClientReq in [
      .viewToArrowReq(.init()), .viewToCsvReq(.init()), .viewToColumnsStringReq(.init()), .viewToRowsStringReq(.init()),
      .viewToNdjsonStringReq(.init()), .viewToCsvReq(.with { $0.viewport.endRow = .max }),
    ] {
      let error = try await client.failure("v", body)
      let expected = "The answer would have 70000 rows and 3 columns, more than 200000 cells; ask for a part of it."
      #expect(error?.message == expected)
    }
    guard case .viewToCsvResp(let part) = try await client.ask("v", .viewToCsvReq(.with { $0.viewport.startRow = 69_999 })) else {
      Issue.record("no CSV")
      return
    }
    #expect(String(decoding: part.csv, as: UTF8.self) == "\"c0\",\"c1\",\"c2\"\n1,0,3\n")
  }

  @Test func aLongTextInEveryRow() async throws {
    let text = String(repeating: "x", count: 1 << 20)
    let table = try Table(schema: Schema([.init("s", .string)]))
    let codes = Vector([Int32](repeating: 0, count: 3000))
    try await table.update(Batch(rowCount: 3000, columns: [BatchColumn("s", .dictionary(codes, values: TextVector([text])))]))
    try server.host(table, as: "t")
    _ = try await client.makeView("v", of: "t")
    for body: WireRequest.OneOf_ClientReq in [.viewToCsvReq(.init()), .viewToColumnsStringReq(.init()), .viewToRowsStringReq(.init())] {
      #expect(try await client.failure("v", body)?.message.contains("2 GiB") == true)
    }
    guard case .viewToArrowResp(let arrow) = try await client.ask("v", .viewToArrowReq(.init())) else {
      Issue.record("no Arrow")
      return
    }
    #expect(arrow.arrow.count < 2 << 20)
  }

  /// Each row and each column are groups of their own, and a change touches them all.
  @Test func aChangeOfTooManyCells() async throws {
    let count = 11_000
    let table = try Table(schema: Schema([.init("r", .int64), .init("v", .int64)]), index: "r")
    func batch(_ factor: Int64) -> Batch {
      Batch(
        rowCount: count,
        columns: [
          BatchColumn("r", .int64(Vector((0..<Int64(count)).map { $0 }))),
          BatchColumn("v", .int64(Vector((0..<Int64(count)).map { $0 * factor }))),
        ])
    }
    try await table.update(batch(1))
    try server.host(table, as: "t")
    _ = try await client.makeView("v", of: "t", .with { ($0.groupBy, $0.splitBy, $0.columns.columns.columns) = (["r"], ["r"], ["v"]) })
    let number = try await client.send("v", .viewOnUpdateReq(.with { $0.mode = .row }))
    _ = try client.received()
    try await table.update(batch(2))
    let notices = try client.received().filter { $0.msgID == number }
    #expect(notices.count == 1 && notices.first?.viewOnUpdateResp.hasDelta == false)
    let one = Batch(rowCount: 1, columns: [BatchColumn("r", .int64(Vector([5]))), BatchColumn("v", .int64(Vector([1])))])
    try await table.update(one)
    #expect(try client.received().filter { $0.msgID == number }.map(\.viewOnUpdateResp.hasDelta) == [true])
  }

  static let names =
    (0..<0x30).map { String(UnicodeScalar(UInt8($0))) } + [
      "", "a|b", "|", "é", "e\u{301}", "😀👩‍👩‍👧", "\u{FEFF}", "\u{202E}abc", "\u{7F}", "\u{FFFD}", "\u{10FFFF}", "\\", "\"\"", "__ROW_PATH__",
      "__INDEX__", "null", String(repeating: "long", count: 5000),
    ]

  @Test func namesOfEveryKind() async throws {
    // Two texts that Unicode calls equal are two names: columns are told apart by their bytes.
    let schema = Schema(Self.names.filter { $0 != "é" }.map { .init($0, .string) })
    try server.host(Table(schema: schema), as: "t")
    let values = Self.names.filter { $0 != "é" }
    let rows = Batch(
      rowCount: values.count, columns: values.map { BatchColumn($0, .text(TextVector(values))) })
    try await #require(server.tables.first).table.update(rows)
    _ = try await client.makeView("v", of: "t")
    guard case .viewToArrowResp(let arrow) = try await client.ask("v", .viewToArrowReq(.init())) else {
      Issue.record("no Arrow")
      return
    }
    let batch = try ArrowReader.read(Vector(arrow.arrow))
    #expect(batch.columns.map { Array($0.name.utf8) } == values.map { Array($0.utf8) })
    #expect(batch.rowCount == values.count)
    let json = try await client.rows("v")
    let read = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
    #expect(read.count == values.count && read.first?["\u{0}"] as? String == "\u{0}")
    for name in values where name != "__ROW_PATH__" {
      let config = WireViewConfig.with {
        ($0.groupBy, $0.splitBy, $0.sort) = ([name], ["a|b"], [.with { ($0.column, $0.op) = (name, .sortDesc) }])
      }
      let view = "of \(name)"
      guard case .tableMakeViewResp = try await client.makeView(view, of: "t", config) else {
        Issue.record("no view of \(name.debugDescription)")
        continue
      }
      guard case .viewToCsvResp(let csv) = try await client.ask(view, .viewToCsvReq(.with { $0.viewport.endCol = 3 })) else {
        Issue.record("no CSV of \(name.debugDescription)")
        continue
      }
      #expect(!csv.csv.isEmpty)
      _ = try await client.ask(view, .viewDeleteReq(.init()))
    }
  }

  @Test func numbersThatAreNone() async throws {
    let numbers: [Double] = [.nan, .infinity, -.infinity, -0.0, 0, .nan, 1, -.nan, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
    let table = try Table(schema: Schema([.init("f", .float64), .init("g", .float32), .init("n", .int64)]))
    try await table.update(
      Batch(
        rowCount: numbers.count,
        columns: [
          BatchColumn("f", .float64(Vector(numbers))), BatchColumn("g", .float32(Vector(numbers.map { Float($0) }))),
          BatchColumn("n", .int64(Vector(numbers.indices.map { Int64($0) }))),
        ]))
    try server.host(table, as: "t")
    for (number, aggregate) in Aggregate.allCases.enumerated() {
      let config = WireViewConfig.with {
        $0.groupBy = ["f"]
        $0.splitBy = ["g"]
        $0.columns.columns.columns = ["f", "g", "n"]
        for column in ["f", "g", "n"] { $0.aggregates[column] = .with { $0.aggregations = [aggregate.rawValue, "f"] } }
        $0.sort = [.with { ($0.column, $0.op) = ("f", .sortDescAbs) }]
        $0.filter = [.with { ($0.column, $0.op, $0.value) = ("g", "!=", [.with { $0.float = .nan }]) }]
      }
      guard case .tableMakeViewResp = try await client.makeView("v\(number)", of: "t", config) else {
        Issue.record("no view with \(aggregate)")
        continue
      }
      let rows = try await client.rows("v\(number)")
      // What JSON has no word for is null.
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(rows.utf8)) }
      guard case .viewGetMinMaxResp = try await client.ask("v\(number)", .viewGetMinMaxReq(.with { $0.columnName = "f" })) else {
        Issue.record("no extremes with \(aggregate)")
        continue
      }
    }
  }

  @Test func nothingAtAll() async throws {
    try server.host(Table(schema: Schema()), as: "t")
    _ = try await client.makeView("v", of: "t")
    for body: WireRequest.OneOf_ClientReq in [
      .viewToArrowReq(.init()), .viewToCsvReq(.init()), .viewToColumnsStringReq(.init()), .viewToRowsStringReq(.init()),
      .viewToNdjsonStringReq(.init()), .viewDimensionsReq(.init()), .viewSchemaReq(.init()), .viewColumnPathsReq(.init()),
      .viewGetConfigReq(.init()), .viewExpandReq(.with { $0.rowIndex = .max }), .viewCollapseReq(.with { $0.rowIndex = .max }),
      .viewSetDepthReq(.with { $0.depth = .max }),
    ] {
      #expect(try await client.failure("v", body) == nil, "\(body)")
    }
    for data: WireMakeTableData in [.rows("[]"), .rows("[{}]"), .with { $0.fromCsv = .init() }, .with { $0.fromNdjson = .init() }] {
      _ = try await client.ask("t", .tableUpdateReq(.with { $0.data = data }))
      _ = try await client.ask("new", .makeTableReq(.with { $0.data = data }))
    }
    #expect(try await client.rows("v").hasPrefix("["))
  }
}
