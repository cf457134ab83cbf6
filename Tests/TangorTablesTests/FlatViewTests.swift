import TangorTesting
import Testing

@testable import TangorTables

extension ResultSlice {
  /// The cells of a column, by its title.
  subscript(title: String) -> [CellValue] {
    guard let column = columns.first(where: { $0.title == title }) else { return [] }
    return column.values.cells
  }
}

extension BatchColumn {
  var cells: [CellValue] {
    (0..<values.count).map { row in validity?[row] == false ? .null : CellValue(values, row) ?? .null }
  }
}

private let letters: [CellValue] = [.text("a"), .text("B"), .null, .text("c"), .text("aa"), .text("")]
private let numbers: [CellValue] = [.integer(1), .integer(-2), .null, .integer(3), .integer(-2), .integer(0)]
private let truths: [CellValue] = [.boolean(true), .boolean(false), .null, .boolean(false), .boolean(true), .boolean(true)]

private func sample() throws -> TableCore {
  let table = try TableCore([("s", .string), ("i", .int32), ("b", .boolean)])
  try table.write((0..<6).map { ["s": letters[$0], "i": numbers[$0], "b": truths[$0]] })
  return table
}

struct FilterCase: Sendable, CustomStringConvertible {
  let column: String
  let op: String
  let values: [FilterValue]
  /// Positions of the rows that match.
  let rows: [Int]
  var description: String { "\(column) \(op) \(values)" }
}

@Suite struct FlatViewTests {
  @Test(arguments: [
    FilterCase(column: "s", op: "!=", values: [.text("a")], rows: [1, 2, 3, 4, 5]),
    FilterCase(column: "s", op: "==", values: [.text("a")], rows: [0]),
    FilterCase(column: "s", op: "not contains", values: [.text("A")], rows: [1, 3, 5]),
    FilterCase(column: "s", op: "begins with", values: [.text("A")], rows: [0, 4]),
    FilterCase(column: "s", op: "startswith", values: [.text("")], rows: [0, 1, 3, 4, 5]),
    FilterCase(column: "s", op: "ends with", values: [.text("b")], rows: [1]),
    FilterCase(column: "s", op: "in", values: [.text("a"), .text("B"), .null], rows: [0, 1]),
    FilterCase(column: "s", op: "not in", values: [.text("a"), .text("B")], rows: [2, 3, 4, 5]),
    FilterCase(column: "s", op: "in", values: [], rows: []),
    FilterCase(column: "s", op: "not in", values: [], rows: [0, 1, 2, 3, 4, 5]),
    FilterCase(column: "s", op: ">", values: [.text("a")], rows: [3, 4]),
    FilterCase(column: "s", op: "<=", values: [.text("a")], rows: [0, 1, 5]),
    FilterCase(column: "s", op: "is null", values: [.null], rows: [2]),
    FilterCase(column: "i", op: "is not None", values: [], rows: [0, 1, 3, 4, 5]),
    FilterCase(column: "i", op: "==", values: [.number(1.5)], rows: [0]),
    FilterCase(column: "i", op: ">", values: [.number(-2)], rows: [0, 3, 5]),
    FilterCase(column: "i", op: ">=", values: [.number(-2)], rows: [0, 1, 3, 4, 5]),
    FilterCase(column: "i", op: "<", values: [.number(0)], rows: [1, 4]),
    FilterCase(column: "i", op: "<", values: [.number(1e12)], rows: [0, 1, 3, 4, 5]),
    FilterCase(column: "i", op: "!=", values: [.number(-2)], rows: [0, 2, 3, 5]),
    FilterCase(column: "i", op: "in", values: [.number(3), .number(1)], rows: [0, 3]),
    FilterCase(column: "i", op: "not in", values: [.number(3), .null], rows: [0, 1, 2, 4, 5]),
    FilterCase(column: "i", op: "contains", values: [.number(3)], rows: []),
    FilterCase(column: "b", op: "==", values: [.boolean(true)], rows: [0, 4, 5]),
    FilterCase(column: "b", op: "==", values: [.text("TRUE")], rows: [0, 4, 5]),
    FilterCase(column: "b", op: ">", values: [.boolean(false)], rows: [0, 4, 5]),
    FilterCase(column: "i", op: "==", values: [.null], rows: []),
    FilterCase(column: "i", op: "!=", values: [.null], rows: [0, 1, 2, 3, 4, 5]),
    FilterCase(column: "i", op: ">", values: [.null], rows: [0, 1, 3, 4, 5]),
  ]) func filters(filter: FilterCase) throws {
    let configuration = ViewConfiguration(filter: [.init(filter.column, filter.op, filter.values)])
    let table = try sample()
    let view = try table.makeView(configuration)
    #expect(view.slice(.all, keys: true).keys?.cells == filter.rows.map { .integer(Int64($0)) })
    // Row by row as well: the same rows come after the view.
    let later = try TableCore([("s", .string), ("i", .int32), ("b", .boolean)])
    let live = try later.makeView(configuration)
    for row in 0..<6 { try later.write([["s": letters[row], "i": numbers[row], "b": truths[row]]]) }
    #expect(live.slice(.all, keys: true).keys?.cells == filter.rows.map { .integer(Int64($0)) })
  }

  @Test(arguments: [
    ([("i", SortOrder.ascending)], [2, 1, 4, 5, 0, 3]), ([("i", .descending)], [3, 0, 5, 1, 4, 2]),
    ([("i", .ascendingAbsolute)], [2, 5, 0, 1, 4, 3]), ([("i", .descendingAbsolute)], [3, 1, 4, 0, 5, 2]),
    ([("b", .ascending), ("i", .descending)], [2, 3, 1, 0, 5, 4]), ([("s", .ascending)], [2, 5, 1, 0, 4, 3]),
    ([("s", .ascendingAbsolute)], [0, 1, 2, 3, 4, 5]), ([("s", .descendingAbsolute)], [5, 4, 3, 2, 1, 0]),
    ([("s", .none)], [0, 1, 2, 3, 4, 5]), ([("i", .columnAscending)], [0, 1, 2, 3, 4, 5]),
  ]) func sorts(sorts: [(String, SortOrder)], rows: [Int]) throws {
    let view = try sample().makeView(ViewConfiguration(columns: ["b"], sort: sorts.map { .init($0.0, $0.1) }))
    #expect(view.slice(.all, keys: true).keys?.cells == rows.map { .integer(Int64($0)) })
    #expect(view.columnCount == 1 && view.schema.map(\.name) == ["b"])
  }

  @Test func viewportsAreClamped() throws {
    let view = try sample().makeView(ViewConfiguration())
    let part = view.slice(Viewport(startRow: 4, endRow: 100, startColumn: 1, endColumn: 2), keys: false)
    #expect(part.rowCount == 2 && part.columns.map(\.title) == ["i"] && part["i"] == [.integer(-2), .integer(0)])
    #expect(view.slice(Viewport(startRow: 5, endRow: 2), keys: false).rowCount == 0)
    #expect(view.slice(Viewport(startColumn: 7), keys: false).columns.isEmpty)
    let repeated = try sample().makeView(ViewConfiguration(columns: ["i", "i"]))
    #expect(repeated.columnCount == 2 && repeated.columnPaths(0..<9).map(\.name) == ["i", "i"])
    #expect(try sample().makeView(ViewConfiguration(columns: [])).slice(.all, keys: false).rowCount == 6)
  }

  @Test func extremesPassNullOver() throws {
    let view = try sample().makeView(ViewConfiguration(columns: ["s", "i"]))
    #expect(try view.extremes(of: "i") == (.integer(-2), .integer(3)))
    #expect(try view.extremes(of: "s") == (.text(""), .text("c")))
    #expect(throws: TableError("Could not find column index for `b` as it does not exist in the schema.\n")) {
      try view.extremes(of: "b")
    }
  }

  @Test(arguments: [
    (ViewConfiguration(filter: [.init("zz", "==", [.text("a")])]), "Filter column not in schema: zz"),
    (
      ViewConfiguration(filter: [.init("zz", "==", [.number(1)])]),
      "Could not get dtype for column `zz` as it does not exist in the schema.\n"
    ),
    (ViewConfiguration(filter: [.init("i", "==", [.text("x")])]), "stoi"),
    (ViewConfiguration(filter: [.init("s", "==", [.number(1)])]), "Unsupported double type: 19"),
    (ViewConfiguration(columns: ["zz"]), "Invalid column 'zz' found in View columns.\n"),
    (ViewConfiguration(aggregates: ["zz": ["sum"]]), "Invalid column 'zz' found in View aggregates.\n"),
    (ViewConfiguration(aggregates: ["i": []]), "Missing aggregate for column 'i' found in View aggregates.\n"),
    (ViewConfiguration(aggregates: ["i": ["foo"]]), "Invalid aggregate 'foo' for column 'i' found in View aggregates.\n"),
    (ViewConfiguration(aggregates: ["i": ["identity"]]), "Unimplemented aggregate 'identity' for column 'i' found in View aggregates.\n"),
    (ViewConfiguration(aggregates: ["i": ["max by"]]), "Aggregate 'max by' for column 'i' requires a column argument.\n"),
    (
      ViewConfiguration(aggregates: ["i": ["weighted mean", "zz"]]),
      "Invalid column 'zz' found in the 'weighted mean' aggregate for column 'i'.\n"
    ),
    (ViewConfiguration(groupBy: ["zz"]), "Invalid column 'zz' found in View group_by.\n"),
    (ViewConfiguration(groupBy: ["i", "i"]), "Duplicate column 'i' found in View group_by.\n"),
    (ViewConfiguration(splitBy: ["zz"]), "Invalid column 'zz' found in View split_by.\n"),
    (ViewConfiguration(filter: [.init("zz", "is null")]), "Invalid column 'zz' found in View filters.\n"),
    (ViewConfiguration(sort: [.init("zz", .ascending)]), "Invalid column 'zz' found in View sorts.\n"),
    (ViewConfiguration(filter: [.init("i", "foo", [.number(1)])]), "Unknown filter operator string: `foo`\n"),
    (ViewConfiguration(groupBy: ["i"], aggregates: ["s": ["sum"]]), "Unexpected coltype"),
    (ViewConfiguration(groupBy: ["i"], aggregates: ["s": ["mean"]]), "Unexpected dtype"),
  ]) func wrongConfigurationsSayWhy(configuration: ViewConfiguration, message: String) throws {
    let table = try sample()
    #expect(throws: TableError(message)) { try table.makeView(configuration) }
  }

  @Test func deltasHaveTheWrittenRowsInTheViewsOrder() throws {
    let table = try TableCore([("k", .int32), ("v", .int32)], index: "k")
    try table.write((0..<5).map { ["k": .integer($0), "v": .integer($0)] })
    let view = try table.makeView(
      ViewConfiguration(columns: ["v"], filter: [.init("v", ">", [.number(0)])], sort: [.init("v", .descending)]))
    let changes = try table.write([
      ["k": .integer(1), "v": .integer(9)], ["k": .integer(2), "v": .integer(0)], ["k": .integer(4), "v": .integer(4)],
    ])
    #expect(view.delta(changes[0])?["v"] == [.integer(9), .integer(4)])
    #expect(view.slice(.all, keys: false)["v"] == [.integer(9), .integer(4), .integer(3)])
    try table.remove(BatchColumn("", [.integer(1)], kind: .int32))
    #expect(view.delta(table.poll()[0])?.rowCount == 0 && view.rowCount == 2)
  }

  /// Sorted and filtered views of a table that changes in every way, read now here, now there, against a plain sort of its rows.
  @Test(arguments: [0, 1, 2, 3], [true, false]) func viewsFollowTheirTable(variant: Int, indexed: Bool) throws {
    var random = SeededGenerator(seed: UInt64(variant + 10))
    let table = try TableCore([("k", .int64), ("s", .string), ("v", .float64)], index: indexed ? "k" : nil, limit: indexed ? nil : 30_000)
    func row() -> Row {
      [
        "k": .integer(Int64.random(in: 0..<30_000, using: &random)),
        "s": Int.random(in: 0..<9, using: &random) == 0 ? .null : .text("s\(Int.random(in: 0..<200, using: &random))"),
        "v": Int.random(in: 0..<9, using: &random) == 0 ? .null : .float(Double(Int.random(in: -500...500, using: &random)) / 4),
      ]
    }
    try table.write((0..<(variant < 2 ? 25_000 : 500)).map { _ in row() })
    let sorts: [ViewConfiguration.Sort] =
      [[.init("v", .descending)], [.init("s", .ascending), .init("v", .ascendingAbsolute)], [], [.init("v", .ascending)]][variant]
    let filters: [ViewConfiguration.Filter] =
      variant % 2 == 0 ? [] : [.init("v", ">", [.number(-50)]), .init("s", "not contains", [.text("7")])]
    let configuration = ViewConfiguration(filter: filters, sort: sorts)
    let view = try table.makeView(configuration)
    for step in 0..<60 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<8: try table.write((0..<Int.random(in: 1..<60, using: &random)).map { _ in row() })
      case 8 where indexed:
        try table.remove(BatchColumn("", (0..<50).map { _ in .integer(Int64.random(in: 0..<30_000, using: &random)) }, kind: .int64))
        table.poll()
      default:
        guard !indexed else { break }
        try table.write([["__INDEX__": .integer(Int64.random(in: 0..<40_000, using: &random)), "v": .float(-49)]])
      }
      let count = view.rowCount
      let start = [0, 0, 0, 600, 6000][step % 5]
      let part = view.slice(Viewport(startRow: start, endRow: start + 50), keys: false)
      if step % 12 == 11 || step < 3 {
        let all = try table.makeView(configuration).slice(.all, keys: true)
        #expect(all.rowCount == count)
        for name in ["k", "s", "v"] { #expect(part[name] == Array(all[name].dropFirst(start).prefix(50))) }
        #expect(view.slice(.all, keys: true)["k"] == all["k"])
      }
    }
    // The sort itself, against the standard library's.
    let rows = table.rows.filter { row in
      variant % 2 == 0 || ((row[2].number ?? -99) > -50 && row[1] != .null && row[1].text?.contains("7") == false)
    }
    func rank(_ cell: CellValue) -> Double { cell.number ?? -.infinity }
    let expected = rows.enumerated().sorted { one, other in
      let (first, second) = (one.element, other.element)
      switch variant {
      case 0: return rank(first[2]) != rank(second[2]) ? rank(first[2]) > rank(second[2]) : one.offset < other.offset
      case 1:
        let (text, otherText) = (first[1].text ?? "", second[1].text ?? "")
        if text != otherText { return text < otherText }
        let (value, otherValue) = (abs(rank(first[2])), abs(rank(second[2])))
        return value != otherValue ? value < otherValue : one.offset < other.offset
      case 3: return rank(first[2]) != rank(second[2]) ? rank(first[2]) < rank(second[2]) : one.offset < other.offset
      default: return one.offset < other.offset
      }
    }
    let result = view.slice(.all, keys: false)
    #expect(result["k"] == expected.map { $0.element[0] })
  }

  @Test func viewsSurviveClearingAndMovingTogether() throws {
    let table = try TableCore([("k", .int32), ("v", .int32)], index: "k")
    let view = try table.makeView(ViewConfiguration(filter: [.init("v", "!=", [.number(3)])], sort: [.init("v", .descending)]))
    try table.write((0..<6000).map { ["k": .integer(Int64($0)), "v": .integer(Int64($0 % 1000))] })
    #expect(view.slice(Viewport(endRow: 2), keys: false)["k"] == [.integer(999), .integer(1999)])
    try table.remove(BatchColumn("", (0..<5990).map { .integer($0) }, kind: .int32))
    table.poll()
    #expect(table.slotCount == 10)
    #expect(view.slice(.all, keys: false)["k"] == (5990..<6000).reversed().map { .integer($0) })
    table.clear()
    table.poll()
    #expect(view.rowCount == 0 && view.slice(.all, keys: false).rowCount == 0)
    try table.write([["k": .integer(1), "v": .integer(3)], ["k": .integer(2), "v": .integer(4)]])
    #expect(view.slice(.all, keys: false)["k"] == [.integer(2)])
  }
}
