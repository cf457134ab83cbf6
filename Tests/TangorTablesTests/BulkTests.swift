import TangorTesting
import Testing

@testable import TangorTables

extension Parallelism {
  /// Everything on several threads and in bulk, however little it is.
  static let eager = Parallelism(threads: 3, partSize: 8, rebuildShare: 1_000, rebuildMinimum: 2)
  /// Nothing so, however much it is.
  static let reluctant = Parallelism(threads: 1, partSize: .max, rebuildShare: 1, rebuildMinimum: .max)
}

/// What is done for many rows at once gives what is done row by row.
@Suite struct BulkTests {
  private static let columns: [(String, ColumnKind)] = [
    ("k", .int32), ("g", .string), ("h", .int64), ("w", .float64), ("v", .int32), ("f", .float64),
  ]

  private static func rows(_ count: Int, seed: UInt64) -> [Row] {
    var random = SeededGenerator(seed: seed)
    func maybe(_ cell: CellValue) -> CellValue { Int.random(in: 0..<10, using: &random) == 0 ? .null : cell }
    return (0..<count).map { key in
      [
        "k": .integer(Int64(key)), "g": maybe(.text("g\(Int.random(in: 0..<9, using: &random))")),
        "h": maybe(.integer(Int64.random(in: -3..<3, using: &random))),
        "w": maybe(.float(Double(Int.random(in: -2..<3, using: &random)) * 1e9)),
        "v": maybe(.integer(Int64.random(in: -99..<100, using: &random))),
        "f": maybe(.float([.nan, .infinity, 0.1, -2.5, Double.random(in: -1...1, using: &random)].randomElement(using: &random)!)),
      ]
    }
  }

  @Test(arguments: [1, 300, 9_000, 70_000], [3, 20, 50, 64]) func sortsOnSeveralThreadsAreStable(count: Int, bits: Int) {
    var random = SeededGenerator(seed: UInt64(count + bits))
    let mask = bits == 64 ? UInt64.max : (1 << UInt64(bits)) - 1
    // One key far from all others leaves them few different upper bits.
    let keys = (0..<count).map { $0 == 7 ? 0 : 1 << 40 | UInt64.random(in: 0...UInt64.max, using: &random) & mask }
    let slots = (0..<UInt32(count)).map { $0 &* 5 &+ 1 }
    let expected = slots.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }.map { slots[$0] }
    let sorted = Parallelism.$current.withValue(.eager) { RadixSort.sorted(slots, keys: keys) }
    #expect(sorted == expected)
    let numbers = Parallelism.$current.withValue(.eager) { RadixSort.sorted(RowSelection(first: count), keys: keys) }
    #expect(numbers == expected.map { ($0 - 1) / 5 })
  }

  @Test(arguments: [1, 2, 40, 513, 6_000], [1, 7, 40, 64]) func selectionFindsWhatSortingDoes(count: Int, bits: Int) {
    var random = SeededGenerator(seed: UInt64(count * 65 + bits))
    let mask = bits == 64 ? UInt64.max : (1 << UInt64(bits)) - 1
    let keys = (0..<count).map { _ in UInt64.random(in: 0...UInt64.max, using: &random) & mask }
    let sorted = keys.sorted()
    for place in [0, count / 4, count / 2, count - 1] {
      var own = keys
      let found = own.withUnsafeMutableBufferPointer { Selection.select(place, of: $0) }
      #expect(found.key == sorted[place] && found.lower == (place > 0 ? sorted[place - 1] : 0))
      #expect(own.sorted() == sorted)
    }
  }

  /// Groups by every kind of key, of tables with rows missing between others.
  @Test(arguments: [["g"], ["h", "g"], ["w"], ["g", "w", "h"], []], [false, true]) func groupsAreThoseOfTheRows(
    by: [String], gaps: Bool
  ) throws {
    let table = try TableCore(Self.columns, index: "k")
    try table.write(Self.rows(2_000, seed: 5))
    if gaps {
      try table.remove(BatchColumn("", (0..<300).map { .integer(Int64($0) * 7) }, kind: .int32))
      table.poll()
    }
    let selection = RowSelection(table.live)
    let places = by.map { name in Self.columns.firstIndex { $0.0 == name }! }
    var sizes: [[CellValue]: Int] = [:]
    for cells in table.rows { sizes[places.map { cells[$0] }, default: 0] += 1 }
    try Parallelism.$current.withValue(.eager) {
      let tree = GroupTree(places.map { table.columns[$0] })
      let built = tree.build(selection)
      #expect(tree.nodes.count - Int(built.firstLeaf) == sizes.count)
      for leaf in Int(built.firstLeaf)..<tree.nodes.count {
        #expect(sizes[tree.path(UInt32(leaf))] == tree.nodes[leaf].rowCount)
      }
      for row in 0..<selection.count {
        let path = tree.path(built.firstLeaf + built.ofRows[row])
        #expect(path == places.map { table.columns[$0].cell(selection[row]) })
      }
      try #require(tree.nodes[0].rowCount == table.count)
      for node in 0..<UInt32(tree.nodes.count) {
        let children = tree.children(of: node)
        for (one, other) in zip(children, children.dropFirst()) { #expect(CellOrder.precedes(tree.value(one), tree.value(other))) }
      }
    }
  }

  /// Reductions of all groups at once, against those of each group's rows alone.
  @Test(arguments: Aggregate.allCases.filter { ![.last, .high, .low].contains($0) }, [[], ["h"]] as [[String]])
  func aggregatesOfManyGroupsAreThoseOfEach(aggregate: Aggregate, split: [String]) throws {
    let table = try TableCore(Self.columns, index: "k")
    try table.write(Self.rows(1_500, seed: 11))
    let given = [aggregate.rawValue] + (aggregate.takesColumn ? ["k"] : [])
    let configuration = ViewConfiguration(
      columns: ["v", "f"], groupBy: ["g", "h"], splitBy: split.isEmpty ? [] : ["w"], aggregates: ["v": given, "f": given])
    func cells(_ parallelism: Parallelism) throws -> [[CellValue]] {
      try Parallelism.$current.withValue(parallelism) {
        let view = try table.makeView(configuration)
        // One row at a time asks for each group alone.
        let slices =
          parallelism.threads == 1
          ? (0..<view.rowCount).map { view.slice(Viewport(startRow: $0, endRow: $0 + 1), keys: false) } : [view.slice(.all, keys: false)]
        return slices.reduce(into: [[CellValue]](repeating: [], count: view.columnCount)) { all, slice in
          for (column, result) in slice.columns.enumerated() { all[column] += result.values.cells }
        }
      }
    }
    for (one, other) in zip(try cells(.eager), try cells(.reluctant)) {
      #expect(one.count == other.count)
      for (first, second) in zip(one, other) {
        if case .float(let a) = first, case .float(let b) = second, a.isFinite {
          #expect(abs(a - b) <= 1e-12 * max(abs(a), 1e-3))
        } else {
          #expect(first.pathText == second.pathText)
        }
      }
    }
  }

  private static func line(_ form: Int, _ row: Int) -> String {
    switch form {
    case 0: return "{\"a\": \(row), \"b\": \"text \(row % 7)\", \"c\": null}"
    // Kinds that part from each other on the way, and columns that come late.
    case 1: return row < 200 ? "{\"a\": \(row)}" : "{\"a\": \"\(row)\"}"
    case 2: return row % 50 == 9 ? "{\"b\": true, \"a\": 1.5}" : "{\"a\": \(row)}"
    // Lists that make several rows of one.
    case 3: return "{\"a\": [1, \(row)], \"b\": {\"x\": \"2020-01-0\(row % 9 + 1)\"}}"
    default: return row == 399 ? "{\"a\": }" : "{\"a\": \(row)}"
    }
  }

  @Test(arguments: 0..<5) func linesOfJSONAreReadInPartsAsInOne(form: Int) throws {
    let text = (0..<400).map { Self.line(form, $0) }.joined(separator: "\n")
    func read(_ parallelism: Parallelism) -> Result<[String], TableError> {
      var text = text
      return Parallelism.$current.withValue(parallelism) {
        text.withUTF8 { bytes in
          do throws(TableError) {
            let batch = try JSONTableReader.ndjson(UnsafeRawBufferPointer(bytes))
            return .success(["\(batch.rowCount)", batch.text])
          } catch { return .failure(error) }
        }
      }
    }
    switch (read(.eager), read(.reluctant)) {
    case (.success(let one), .success(let other)): #expect(one == other)
    case (.failure(let one), .failure(let other)): #expect(one.message == other.message)
    default: Issue.record("One reading fails and the other does not")
    }
  }

  @Test func openGroupsStayOpenWhenAllRowsChange() throws {
    let table = try TableCore(Self.columns, index: "k")
    let rows = Self.rows(200, seed: 2)
    try table.write(rows)
    try Parallelism.$current.withValue(.eager) {
      let view = try table.makeView(ViewConfiguration(columns: ["v"], groupBy: ["g", "h"], groupByDepth: 1))
      let closed = view.rowCount
      let opened = view.expand(3)
      #expect(opened > 0 && view.rowCount == closed + opened)
      let path = view.slice(.all, keys: false).rowPath?.levels[0].cells
      try table.write(rows.map { row in ["k": row["k"]!, "v": .integer(1)] })
      #expect(view.rowCount == closed + opened && view.slice(.all, keys: false).rowPath?.levels[0].cells == path)
    }
  }

  @Test func fillingsOfAnEmptyTableAreSeen() throws {
    try Parallelism.$current.withValue(.eager) {
      let table = try TableCore(Self.columns)
      let view = try table.makeView(ViewConfiguration(columns: ["k"], groupBy: ["g"], aggregates: ["k": ["count"]]))
      let flat = try table.makeView(
        ViewConfiguration(columns: ["k"], filter: [.init("v", ">", [.number(0)])], sort: [.init("k", .descending)]))
      for round in 1...3 {
        try table.write(Self.rows(100, seed: UInt64(round)))
        #expect(view.slice(.all, keys: false)["k"][0] == .integer(Int64(100 * round)))
        let expected = table.rows.filter { if case .integer(let value) = $0[4] { value > 0 } else { false } }.count
        #expect(flat.rowCount == expected && flat.slice(.all, keys: false).rowCount == expected)
      }
    }
  }

  /// A million updates over many keys with texts that are never seen again, and a thousand views: nothing is left behind.
  @Test func memoryComesBack() throws {
    let table = try TableCore([("k", .string), ("g", .string), ("note", .string), ("v", .float64)], index: "k")
    func write(_ round: Int) throws {
      try table.write(
        (0..<100).map { row in
          let key = (round &* 37 &+ row) % 500
          return [
            "k": .text("key \(key)"), "g": .text("g\((key + round) % 10)"), "note": .text("note \(key) of \(round)"),
            "v": .float(Double(round)),
          ]
        })
    }
    for round in 0..<50 { try write(round) }
    for round in 0..<300 {
      let view = try table.makeView(
        round % 2 == 0
          ? ViewConfiguration(columns: ["v"], groupBy: ["g", "k"]) : ViewConfiguration(sort: [.init("note", .descending)]))
      #expect(view.rowCount > 0)
      try write(round)
      if round % 10 == 9 {
        try table.remove(BatchColumn("", (0..<50).map { .text("key \(($0 * 7 + round) % 500)") }, kind: .string))
        table.poll()
      }
    }
    #expect(table.count <= 500 && table.slotCount <= 500 + 1024 + 500 / 8)
    for column in table.columns {
      guard let dictionary = column.dictionary else { continue }
      #expect(dictionary.count <= 500 && dictionary.codeLimit <= 1_500)
    }
    // Views that are gone are watched by nobody.
    table.add(try table.makeView(ViewConfiguration()) as! FlatView)
    #expect(table.observers.count <= 2 && table.sharedViews.count <= 34)
  }
}
