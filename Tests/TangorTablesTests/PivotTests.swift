import TangorTesting
import Testing

@testable import TangorTables

/// `x`, `1`, `-` for null: cells as the tables of the tests write them.
private func text(_ cell: CellValue) -> String { cell == .null ? "-" : cell.pathText }

extension ResultSlice {
  /// The row paths, as `x/p`.
  fileprivate var paths: [String] {
    guard let rowPath else { return [] }
    let levels = rowPath.levels.map(\.cells)
    return rowPath.lengths.enumerated().map { row, length in "/" + levels.prefix(length).map { text($0[row]) }.joined(separator: "/") }
  }

  fileprivate func texts(_ title: String) -> String { self[title].map(text).joined(separator: " ") }
}

private func ghv() throws -> TableCore {
  let table = try TableCore([("g", .string), ("h", .string), ("v", .int32)])
  func row(_ group: String?, _ half: String?, _ value: Int64) -> Row {
    ["g": group.map { .text($0) } ?? .null, "h": half.map { .text($0) } ?? .null, "v": .integer(value)]
  }
  try table.write([row("x", "p", 1), row("y", "q", 2), row("x", "q", 3), row(nil, "p", 4), row("y", nil, 5)])
  return table
}

/// The table of the worked example of aggregates.
private func worked() throws -> TableCore {
  let table = try TableCore([("g", .string), ("i", .int32), ("f", .float64), ("w", .int32)])
  let groups = ["x", "x", "x", "x", "y", "z", "y"]
  let whole: [Int64?] = [3, -1, 3, nil, 7, nil, 2]
  let floats: [Double?] = [1.5, -2.5, 4, nil, 7, nil, 0.5]
  let weights: [Int64?] = [2, 1, nil, 5, 1, 1, 3]
  try table.write(
    (0..<7).map { row in
      [
        "g": .text(groups[row]), "i": whole[row].map { .integer($0) } ?? .null, "f": floats[row].map { .float($0) } ?? .null,
        "w": weights[row].map { .integer($0) } ?? .null,
      ]
    })
  return table
}

@Suite struct PivotTests {
  @Test(arguments: [
    (ViewConfiguration(columns: ["v"], groupBy: ["g", "h"]), "/ /- /-/p /x /x/p /x/q /y /y/- /y/q", "15 4 4 4 1 3 7 5 2"),
    (ViewConfiguration(columns: ["v"], groupBy: ["g", "h"], groupByDepth: 1), "/ /- /x /y", "15 4 4 7"),
    (ViewConfiguration(columns: ["v"], groupBy: ["g", "h"], groupRollup: .flat), "/-/p /x/p /x/q /y/- /y/q", "4 1 3 5 2"),
    (ViewConfiguration(columns: ["v"], groupBy: ["g", "h"], groupRollup: .total), "/", "15"),
    (ViewConfiguration(columns: ["v"], groupRollup: .total), "", "15"),
    (
      ViewConfiguration(columns: ["v"], groupBy: ["g", "h"], sort: [.init("v", .descending)]), "/ /y /y/- /y/q /- /-/p /x /x/q /x/p",
      "15 7 5 2 4 4 4 3 1"
    ),
    (
      ViewConfiguration(columns: ["v"], groupBy: ["g", "h"], sort: [.init("v", .descending)], groupRollup: .flat),
      "/y/- /y/q /-/p /x/q /x/p", "5 2 4 3 1"
    ),
    (
      ViewConfiguration(columns: ["v"], groupBy: ["g", "h"], sort: [.init("g", .descending)]), "/ /y /y/- /y/q /x /x/p /x/q /- /-/p",
      "15 7 5 2 4 1 3 4 4"
    ),
    (
      ViewConfiguration(columns: ["v"], groupBy: ["g", "h"], sort: [.init("h", .descending)]), "/ /- /-/p /x /x/q /x/p /y /y/q /y/-",
      "15 4 4 4 3 1 7 2 5"
    ),
    (ViewConfiguration(columns: ["v"], groupBy: ["g"], filter: [.init("h", "==", [.text("q")])]), "/ /x /y", "5 3 2"),
    (ViewConfiguration(columns: ["v"], groupBy: ["g"], filter: [.init("h", "==", [.text("zz")])]), "/", "-"),
    (ViewConfiguration(columns: ["h"], groupBy: ["g"]), "/ /- /x /y", ""),
  ]) func groups(configuration: ViewConfiguration, paths: String, values: String) throws {
    // At once, and row by row.
    let table = try ghv()
    let later = try TableCore(schema: table.schema)
    let live = try later.makeView(configuration)
    for row in table.rows { try later.write([["g": row[0], "h": row[1], "v": row[2]]]) }
    for view in [try table.makeView(configuration), live] {
      let slice = view.slice(.all, keys: false)
      #expect(slice.paths.joined(separator: " ") == paths)
      #expect(slice.texts("v") == values)
      #expect(view.rowCount == slice.rowCount && view.columnCount == 1)
    }
  }

  @Test(arguments: [
    (
      ViewConfiguration(columns: ["v"], groupBy: ["g"], splitBy: ["h"]), ["null|v": "5 - - 5", "p|v": "5 4 1 -", "q|v": "5 - 3 2"],
      "null|v p|v q|v"
    ),
    (
      ViewConfiguration(columns: ["v"], groupBy: ["g"], splitBy: ["h"], splitRollup: .rollup),
      ["v": "15 4 4 7", "null|v": "5 - - 5", "p|v": "5 4 1 -", "q|v": "5 - 3 2"], "v null|v p|v q|v"
    ),
    (
      ViewConfiguration(columns: ["v"], splitBy: ["h"], groupRollup: .total), ["null|v": "5", "p|v": "5", "q|v": "5"], "null|v p|v q|v"
    ),
    (
      ViewConfiguration(columns: ["v"], groupBy: ["g"], splitBy: ["h"], groupRollup: .flat),
      ["null|v": "- - 5", "p|v": "4 1 -", "q|v": "- 3 2"], "null|v p|v q|v"
    ),
    (
      ViewConfiguration(columns: ["v"], groupBy: ["g"], splitBy: ["h"], sort: [.init("h", .columnDescending)]),
      ["null|v": "5 - - 5"], "q|v p|v null|v"
    ),
    (
      ViewConfiguration(columns: ["v"], splitBy: ["h"]), ["null|v": "- - - - 5", "p|v": "1 - - 4 -", "q|v": "- 2 3 - -"], "null|v p|v q|v"
    ),
  ]) func splits(configuration: ViewConfiguration, values: [String: String], titles: String) throws {
    let table = try ghv()
    let later = try TableCore(schema: table.schema)
    let live = try later.makeView(configuration)
    for row in table.rows { try later.write([["g": row[0], "h": row[1], "v": row[2]]]) }
    for view in [try table.makeView(configuration), live] {
      let slice = view.slice(.all, keys: false)
      #expect(slice.columns.map(\.title).joined(separator: " ") == titles)
      for (title, texts) in values { #expect(slice.texts(title) == texts) }
      #expect(view.columnCount == slice.columns.count && view.columnPaths(0..<1).count == 1)
    }
  }

  @Test func columnsAreSortedByTheirTotals() throws {
    let table = try TableCore([("g", .string), ("h", .string), ("v", .int32)])
    let rows = [("a", "x", 1), ("b", "y", 20), ("a", "y", 3), ("b", "x", 4)]
    try table.write(rows.map { ["g": .text($0.0), "h": .text($0.1), "v": .integer(Int64($0.2))] })
    let configuration = ViewConfiguration(columns: ["v"], groupBy: ["g"], splitBy: ["h"], sort: [.init("v", .columnDescending)])
    let slice = try table.makeView(configuration).slice(.all, keys: false)
    #expect(slice.columns.map(\.title) == ["y|v", "x|v"] && slice.texts("y|v") == "23 3 20" && slice.texts("x|v") == "5 1 4")
    let byRow = ViewConfiguration(columns: ["v"], groupBy: ["g"], splitBy: ["h"], sort: [.init("v", .descending)])
    #expect(try table.makeView(byRow).slice(.all, keys: false).paths == ["/", "/b", "/a"])
  }

  @Test(arguments: [
    (["sum"], "14 5 9 -", "10.5 3 7.5 -"), (["sum or zero"], "14 5 9 0", "10.5 3 7.5 0"), (["sum abs"], "16 7 9 -", "15.5 8 7.5 -"),
    (["count"], "7 4 2 1", "7 4 2 1"), (["distinct count"], "5 3 2 1", "6 4 2 1"),
    (["avg"], "2.8 1.6666666666666667 4.5 -", "2.1 1 3.75 -"),
    (["weighted mean", "w"], "2.5714285714285716 1.6666666666666667 3.25 -", "1.2857142857142858 0.16666666666666666 2.125 -"),
    (["first"], "3 3 7 -", "1.5 1.5 7 -"), (["last"], "- - 2 -", "- - 0.5 -"), (["last by index"], "2 - 2 -", "0.5 - 0.5 -"),
    (["dominant"], "3 3 7 -", "1.5 1.5 7 -"), (["max"], "7 3 7 -", "7 4 7 -"), (["min"], "- - 2 -", "- - 0.5 -"),
    (["median"], "2 3 7 -", "0.5 -0.5 3.75 -"), (["q1"], "- -1 2 -", "- - 0.5 -"), (["q3"], "3 3 7 -", "4 2.75 7 -"),
    (["var"], "6.56 3.555555555555556 6.25 -", "10.34 7.166666666666667 10.5625 -"),
    (["pct sum parent"], "100 35.714285714285715 64.28571428571429 -", "100 28.571428571428573 71.42857142857143 -"),
    (["unique"], "- - - -", "- - - -"), (["any"], "3 3 7 -", "1.5 1.5 7 -"), (["high"], "7 3 7 -", "7 4 7 -"),
    (["low"], "-1 -1 2 -", "-2.5 -2.5 0.5 -"),
    (["last minus first"], "-1 - -5 -", "-1 - -6.5 -"), (["max by", "w"], "- - 2 -", "- - 0.5 -"), (["min by", "w"], "3 3 7 -", "4 4 7 -"),
    (["mul"], "-126 -9 14 -", "-52.5 -15 3.5 -"),
  ]) func workedExample(aggregate: [String], whole: String, floats: String) throws {
    let table = try worked()
    let configuration = ViewConfiguration(columns: ["i", "f"], groupBy: ["g"], aggregates: ["i": aggregate, "f": aggregate])
    let slice = try table.makeView(configuration).slice(.all, keys: false)
    #expect(slice.paths == ["/", "/x", "/y", "/z"])
    #expect(slice.texts("i") == whole)
    #expect(slice.texts("f") == floats)
  }

  @Test func joinsAreInTheOrderOfValues() throws {
    let configuration = ViewConfiguration(columns: ["i", "f"], groupBy: ["g"], aggregates: ["i": ["join"], "f": ["join"]])
    let slice = try worked().makeView(configuration).slice(.all, keys: false)
    #expect(slice["i"] == ["null, -1, 2, 3, 7", "null, -1, 3", "2, 7", "null"].map { .text($0) })
    #expect(slice["f"].first == .text("null, -2.5, 0.5, 1.5, 4, 7"))
  }

  @Test func evenNumbersOfValuesHaveTheirMedianBetweenTwo() throws {
    let table = try TableCore([("i", .int32), ("f", .float64)])
    try table.write((1...4).map { ["i": .integer($0), "f": .float(Double($0))] })
    for (name, whole, floats) in [("median", "3", "2.5"), ("q1", "2", "1.5"), ("q3", "4", "3.5")] {
      let view = try table.makeView(ViewConfiguration(aggregates: ["i": [name], "f": [name]], groupRollup: .total))
      #expect(view.slice(.all, keys: false).texts("i") == whole && view.slice(.all, keys: false).texts("f") == floats)
    }
  }

  @Test func grossSumsAreOfTheGroupsWithin() throws {
    let table = try TableCore([("g", .string), ("h", .string), ("v", .int32)])
    for (group, half, value) in [("a", "x", 1), ("a", "y", -3), ("b", "x", 2)] {
      try table.write([["g": .text(group), "h": .text(half), "v": .integer(Int64(value))]])
    }
    let view = try table.makeView(ViewConfiguration(columns: ["v"], groupBy: ["g", "h"], aggregates: ["v": ["gmv"]]))
    let slice = view.slice(.all, keys: false)
    #expect(slice.paths == ["/", "/a", "/a/x", "/a/y", "/b", "/b/x"] && slice.texts("v") == "4 4 1 -3 2 2")
  }

  @Test func resultsHaveTheirTypes() throws {
    let table = try TableCore([("s", .string), ("b", .boolean), ("i", .int16), ("f", .float32), ("d", .date)])
    let view = try table.makeView(
      ViewConfiguration(groupBy: ["s"], sort: [.init("f", .ascending)], aggregates: ["d": ["max"], "f": ["avg"]]))
    #expect(view.schema.map(\.type) == [.integer, .integer, .integer, .float, .date])
    #expect(Aggregate.sum.kind(of: .int16) == .int64 && Aggregate.distinctCount.kind(of: .string) == .uint32)
  }

  @Test(arguments: [
    (ViewConfiguration(columns: ["a", "b"], groupBy: ["a"]), "\"a\",\"a (sum)\",\"b\"\n,2,4\n1,2,4\n"),
    (ViewConfiguration(columns: ["a"], groupBy: ["a"], splitBy: ["b"]), "\"a\",\"2|a (sum)\"\n,2\n1,2\n"),
    (ViewConfiguration(columns: [], groupBy: ["a"]), "\"a\"\n\n1\n"),
    (ViewConfiguration(columns: ["a"], splitBy: ["b"]), "\"2|a\"\n1\n1\n"),
  ]) func textOfGroups(configuration: ViewConfiguration, csv: String) throws {
    let table = try TableCore([("a", .int32), ("b", .int32)])
    try table.write([["a": .integer(1), "b": .integer(2)], ["a": .integer(1), "b": .integer(2)]])
    let slice = try table.makeView(configuration).slice(.all, keys: true)
    #expect(String(decoding: slice.csv(), as: UTF8.self) == csv)
    #expect(try !slice.arrow().isEmpty)
  }

  @Test func jsonOfGroups() throws {
    let view = try ghv().makeView(ViewConfiguration(columns: ["v"], groupBy: ["g"]))
    let json = view.slice(Viewport(startRow: 2), keys: true).json(ids: true, index: true)
    #expect(
      String(decoding: json.columns(), as: UTF8.self)
        == #"{"__ROW_PATH__":[["x"],["y"]],"__ID__":[["x"],["y"]],"v":[4,7],"__INDEX__":[[0,2],[1,4]]}"#)
    let flat = try ghv().makeView(ViewConfiguration(columns: ["v"])).slice(Viewport(endRow: 1), keys: true).json(ids: true)
    #expect(String(decoding: flat.objects(), as: UTF8.self) == #"[{"__ID__":[0],"v":1}]"#)
  }

  @Test func configurationsAreResolved() throws {
    let table = try ghv()
    let given = ViewConfiguration(
      groupBy: ["g"], splitBy: ["h"], sort: [.init("g", .ascending), .init("v", .columnDescending)],
      aggregates: ["v": ["weighted mean", "v"], "h": ["any"]])
    let resolved = try table.makeView(given).resolvedConfiguration
    #expect(resolved.columns == ["g", "h", "v"] && resolved.sort == [.init("g", .ascending)])
    #expect(resolved.aggregates == ["g": ["count"], "h": ["any"], "v": ["weighted mean", "v"]])
    let hidden = ViewConfiguration(columns: ["v"], groupBy: ["g"], sort: [.init("g", .descending), .init("h", .ascending)])
    #expect(try table.makeView(hidden).resolvedConfiguration.aggregates == ["v": ["sum"], "g": ["unique"], "h": ["count"]])
    #expect(try table.makeView(ViewConfiguration(aggregates: ["v": ["max"]])).resolvedConfiguration.aggregates.isEmpty)
    let columnOnly = ViewConfiguration(columns: ["v"], splitBy: ["g"])
    #expect(try table.makeView(columnOnly).resolvedConfiguration.aggregates == ["v": ["any"]])
  }

  @Test func groupsOpenAndClose() throws {
    let table = try TableCore([("g", .string), ("h", .string)])
    for (group, half) in [("x", "p"), ("x", "q"), ("y", "p")] { try table.write([["g": .text(group), "h": .text(half)]]) }
    let view = try table.makeView(ViewConfiguration(groupBy: ["g", "h"]))
    func paths() -> [String] { view.slice(.all, keys: false).paths }
    #expect(view.collapse(1) == 2 && view.collapse(1) == 0 && view.expand(1) == 2 && view.expand(1) == 0)
    #expect(view.collapse(0) == 5 && paths() == ["/"])
    #expect(view.expand(0) == 2 && paths() == ["/", "/x", "/y"])
    try table.write([["g": .text("z"), "h": .text("r")]])
    #expect(paths() == ["/", "/x", "/y", "/z"])
    #expect(view.expand(99) == 0 && view.collapse(-1) == 0 && view.expand(3) == 1 && view.expand(4) == 0)
    view.setDepth(0)
    #expect(paths() == ["/", "/x", "/y", "/z"])
    view.setDepth(7)
    #expect(view.rowCount == 8)
  }

  @Test func deltasHaveTheGroupsThatChanged() throws {
    let table = try TableCore([("a", .int32), ("b", .string)], index: "a")
    try table.write([["a": .integer(1), "b": .text("x")], ["a": .integer(2), "b": .text("y")], ["a": .integer(3), "b": .text("z")]])
    let view = try table.makeView(ViewConfiguration(columns: ["a"], groupBy: ["b"]))
    view.tracksChanges = true
    func delta(_ rows: [Row]) throws -> String { try #require(view.delta(try table.write(rows)[0])).texts("a") }
    #expect(try delta([["a": .integer(2), "b": .text("x")]]) == "3")
    #expect(view.slice(.all, keys: false).paths == ["/", "/x", "/z"])
    #expect(try delta([["a": .integer(7), "b": .text("new")]]) == "13 7")
    try table.remove(BatchColumn("", [.integer(1)], kind: .int32))
    #expect(view.delta(table.poll()[0])?.texts("a") == "12 2")
    #expect(try delta([["a": .integer(2), "b": .text("x")]]) == "")
  }

  @Test func deltasOfSplitViewsHaveAllColumns() throws {
    let table = try TableCore([("a", .int32), ("b", .string)])
    try table.write([["a": .integer(1), "b": .text("x")], ["a": .integer(2), "b": .text("y")], ["a": .integer(3), "b": .text("z")]])
    let view = try table.makeView(ViewConfiguration(columns: ["a"], groupBy: ["b"], splitBy: ["b"]))
    view.tracksChanges = true
    let slice = try #require(view.delta(try table.write([["a": .integer(20), "b": .text("x")]])[0]))
    #expect(slice.texts("x|a") == "21 21" && slice.texts("y|a") == "2 -" && slice.texts("z|a") == "3 -")
  }

  @Test func extremesAreOfTheLowestVisibleGroups() throws {
    let table = try ghv()
    let view = try table.makeView(ViewConfiguration(columns: ["v"], groupBy: ["g", "h"]))
    #expect(try view.extremes(of: "v") == (.integer(1), .integer(5)))
    view.setDepth(0)
    #expect(try view.extremes(of: "v") == (.integer(4), .integer(7)))
    _ = view.collapse(0)
    #expect(try view.extremes(of: "v") == (.null, .null))
    #expect(throws: TableError.self) { try view.extremes(of: "p|v") }
    let split = try table.makeView(ViewConfiguration(columns: ["v"], groupBy: ["g"], splitBy: ["h"]))
    #expect(try split.extremes(of: "v") == (.integer(1), .integer(5)))
  }

  @Test func keysOfGroups() throws {
    let slice = try ghv().makeView(ViewConfiguration(columns: [], groupBy: ["g"])).slice(.all, keys: true)
    #expect(slice.groupKeys?.map { $0.cells.map(text).joined() } == ["01234", "3", "02", "14"])
    #expect(slice.columns.isEmpty && slice.rowCount == 4)
  }
}
