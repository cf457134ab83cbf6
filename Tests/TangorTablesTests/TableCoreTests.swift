import TangorTesting
import Testing

@testable import TangorTables

/// Rows as dictionaries, for tests alone.
typealias Row = [String: CellValue]

extension Batch {
  /// Rows as a format's reader would give them: a name that a row does not have is not present in it.
  init(_ rows: [Row], schema: Schema) {
    let names = schema.columns.filter { column in rows.contains { $0[column.name] != nil } }
    self.init(
      rowCount: rows.count,
      columns: names.map { column in
        var made = BatchColumn(column.name, rows.map { $0[column.name] ?? .null }, kind: column.kind)
        if rows.contains(where: { $0[column.name] == nil }) { made.presence = Bitmap(rows.map { $0[column.name] != nil }) }
        return made
      })
  }
}

extension TableCore {
  convenience init(_ columns: [(String, ColumnKind)], index: String? = nil, limit: Int? = nil) throws {
    try self.init(schema: Schema(columns.map { Schema.Column($0.0, $0.1) }), index: index, limit: limit)
  }

  @discardableResult func write(_ rows: [Row], port: Int = 0) throws -> [ChangeSet] {
    try update(Batch(rows, schema: updateSchema), port: port)
    return poll()
  }

  /// The rows in the order of their keys.
  var rows: [[CellValue]] { inKeyOrder(live.slots()).map { slot in columns.map { $0.cell(slot) } } }
}

@Suite struct TableCoreTests {
  @Test func rowsWithoutIndexAreCounted() throws {
    let table = try TableCore([("a", .int32), ("b", .string)])
    try table.write([["a": .integer(0), "b": .text("x0")], ["a": .integer(1), "b": .text("x1")], ["a": .integer(2), "b": .text("x2")]])
    try table.write([["__INDEX__": .integer(1), "a": .integer(100)]])
    #expect(table.rows.map { $0[0] } == [.integer(0), .integer(100), .integer(2)])
    #expect(table.rows[1][1] == .text("x1"))
    try table.write([["__INDEX__": .integer(7), "a": .integer(7)]])
    try table.write([["a": .integer(8)]])
    #expect(table.rows.map { $0[0] } == [.integer(0), .integer(100), .integer(2), .integer(8), .integer(7)])
    try table.write([["__INDEX__": .integer(0), "b": .text("q")], ["__INDEX__": .integer(2), "b": .text("r")]])
    #expect(table.rows.map { $0[1] } == [.text("q"), .text("x1"), .text("r"), .null, .null])
    #expect(throws: TableError("Cannot remove from unindexed Table\n")) { try table.remove(BatchColumn("a", [], kind: .int32)) }
  }

  @Test func rowsWithAnIndexAreMerged() throws {
    let table = try TableCore([("id", .int32), ("a", .int32), ("b", .int32)], index: "id")
    let id = CellValue.integer(1)
    try table.write([["id": id, "a": .integer(1)], ["id": id, "b": .integer(2)], ["id": id, "a": .integer(3)], ["id": id, "a": .null]])
    #expect(table.rows == [[id, .null, .integer(2)]])
    try table.write([["id": id, "b": .null], ["id": id]])
    #expect(table.rows == [[id, .null, .null]])
    try table.write([["id": .integer(-4), "a": .integer(9)], ["a": .integer(5)], ["id": .null, "b": .integer(6)]])
    #expect(table.rows == [[.null, .integer(5), .integer(6)], [.integer(-4), .integer(9), .null], [id, .null, .null]])
  }

  @Test func textsAreKeysToo() throws {
    let table = try TableCore([("k", .string), ("v", .float64)], index: "k")
    try table.write([["k": .text("c"), "v": .float(1)], ["k": .text("a"), "v": .float(2)], ["k": .text("b"), "v": .float(3)]])
    #expect(table.rows.map { $0[0] } == [.text("a"), .text("b"), .text("c")])
    try table.write([["__INDEX__": .text("b"), "v": .float(4)]])
    #expect(table.rows[1] == [.text("b"), .float(4)])
    try table.write([["k": .text("1"), "v": .float(9)]])
    try table.remove(BatchColumn("", [.integer(1), .text("c"), .text("zz")], kind: .string))
    try table.remove(BatchColumn("", [.integer(1)], kind: .int64))
    table.poll()
    #expect(table.rows.map { $0[0] } == [.text("a"), .text("b")])
    try table.write([["k": .text("c")]])
    #expect(table.rows[2] == [.text("c"), .null])
  }

  @Test func limitsKeepTheNewest() throws {
    let table = try TableCore([("a", .int32)], limit: 3)
    func write(_ values: Range<Int64>) throws { try table.write(values.map { ["a": .integer($0)] }) }
    try write(0..<5)
    #expect(table.rows.map { $0[0] } == [2, 3, 4].map { .integer($0) })
    try write(10..<11)
    #expect(table.rows.map { $0[0] } == [3, 4, 10].map { .integer($0) })
    try write(20..<27)
    #expect(table.rows.map { $0[0] } == [24, 25, 26].map { .integer($0) })
    for value in Int64(0)..<200 { try write(value..<value + 1) }
    #expect(table.rows.map { $0[0] } == [197, 198, 199].map { .integer($0) })
    #expect(table.slotCount < 1100)
  }

  @Test func aFailedUpdateWritesNothing() throws {
    let table = try TableCore([("a", .int32), ("b", .date)])
    try table.write([["a": .integer(1)]])
    let texts = Batch(rowCount: 1, columns: [BatchColumn("a", .int32(Vector([2]))), BatchColumn("b", .text(TextVector(["x"])))])
    #expect(throws: TableError("Could not fill column `b` with t_dtype: `date`, array type: `str`\n")) { try table.update(texts) }
    let numbers = Batch(rowCount: 1, columns: [BatchColumn("b", .int64(Vector([2])))])
    #expect(throws: TableError("Could not fill arrow column `b` iteratively due to mismatched types.")) { try table.replace(numbers) }
    #expect(throws: TableError.self) { try table.update(Batch(rowCount: 2, columns: [BatchColumn("a", .int32(Vector([2])))])) }
    #expect(table.poll().isEmpty && table.count == 1)
  }

  @Test func numbersOfOtherWidthsAreConverted() throws {
    let table = try TableCore([("i", .int32), ("f", .float32), ("u", .uint8), ("t", .datetime)])
    try table.update(
      Batch(
        rowCount: 3,
        columns: [
          BatchColumn("i", .float64(Vector([1.7, -1.7, .nan]))), BatchColumn("f", .int64(Vector([1, 2, 3]))),
          BatchColumn("u", .int64(Vector([300, -1, 5]))), BatchColumn("t", .date(Vector([0, 1, -1]))),
        ]))
    table.poll()
    #expect(table.rows[0] == [.integer(1), .float(1), .integer(255), .datetime(0)])
    #expect(table.rows[1] == [.integer(-1), .float(2), .integer(0), .datetime(86_400_000)])
    #expect(table.rows[2] == [.null, .float(3), .integer(5), .datetime(-86_400_000)])
  }

  @Test func changesAreToldByPort() throws {
    let table = try TableCore([("x", .int32)], index: "x")
    table.tracksRemovedKeys = true
    let port = table.makePort()
    try table.update(Batch([["x": .integer(1)], ["x": .integer(2)]], schema: table.schema), port: port)
    try table.update(Batch([["x": .integer(2)], ["x": .integer(3)]], schema: table.schema))
    let changes = table.poll()
    #expect(changes.map(\.port) == [0, 1] && changes.map(\.written.count) == [2, 2] && changes.map(\.addedCount) == [1, 2])
    try table.remove(BatchColumn("", [.integer(1), .integer(1), .integer(2)], kind: .int32))
    let removed = table.poll()
    #expect(removed.count == 1 && removed[0].written.isEmpty && removed[0].removedKeys?.values.count == 2)
    try table.replace(Batch([["x": .integer(3)], ["x": .integer(9)]], schema: table.schema))
    let replaced = table.poll()
    #expect(replaced.count == 1 && replaced[0].removedKeys == nil && replaced[0].written.count == 2)
    #expect(throws: TableError.self) { try table.update(Batch(rowCount: 0, columns: []), port: 5) }
    table.clear()
    #expect(table.poll()[0].removedKeys?.values.count == 2)
  }

  /// Random writes, removals, replacements and clearings of an indexed table against a dictionary.
  @Test(arguments: [ColumnKind.int32, .string, .float64]) func randomUpdates(kind: ColumnKind) throws {
    var random = SeededGenerator(seed: 5)
    let table = try TableCore([("k", kind), ("s", .string), ("v", .int64)], index: "k")
    var model: [Int64: [CellValue]] = [:]
    func key(_ number: Int64) -> CellValue {
      switch kind {
      case .string: .text("key \(String(number).count)\(number)")
      case .float64: .float(Double(number) / 4)
      default: .integer(number)
      }
    }
    for step in 0..<600 {
      let numbers = (0..<Int.random(in: 0..<40, using: &random)).map { _ in Int64.random(in: 0..<(step < 300 ? 8000 : 60), using: &random) }
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<15:
        var rows: [Row] = []
        for number in numbers {
          var row: Row = ["k": key(number)]
          var cells = model[number] ?? [key(number), .null, .null]
          if Bool.random(using: &random) { row["s"] = Bool.random(using: &random) ? .null : .text("text \(number % 7) \(step % 50)") }
          if Bool.random(using: &random) { row["v"] = Bool.random(using: &random) ? .null : .integer(number * 3) }
          if let text = row["s"] { cells[1] = text }
          if let value = row["v"] { cells[2] = value }
          model[number] = cells
          rows.append(row)
        }
        try table.write(rows)
      case 15..<18:
        for number in numbers { model[number] = nil }
        try table.remove(BatchColumn("", numbers.map(key), kind: kind))
        table.poll()
      case 18 where step % 10 == 0:
        let kept = numbers + model.keys.prefix(5)
        model = [:]
        for number in kept { model[number] = [key(number), .null, .integer(1)] }
        try table.replace(Batch(kept.map { ["k": key($0), "v": .integer(1)] }, schema: table.schema))
        table.poll()
      case 19 where step % 100 == 99:
        model = [:]
        table.clear()
        table.poll()
      default: break
      }
      #expect(table.count == model.count)
      if step % 20 == 0 { #expect(table.rows == model.sorted { $0.key < $1.key }.map(\.value)) }
    }
    #expect(table.columns[1].dictionary!.count <= 350)
  }

  @Test func memoryComesBack() throws {
    let table = try TableCore([("k", .int64), ("s", .string)], index: "k")
    try table.write((0..<20_000).map { ["k": .integer($0), "s": .text("text \($0)")] })
    try table.remove(BatchColumn("", (0..<19_990).map { .integer($0) }, kind: .int64))
    table.poll()
    #expect(table.slotCount == 10 && table.columns[0].slotCapacity < 100 && table.columns[1].dictionary!.count == 10)
    #expect(table.rows.map { $0[1] } == (19_990..<20_000).map { .text("text \($0)") })
    try table.write([["k": .integer(5), "s": .text("five")], ["k": .integer(19_995), "s": .null]])
    #expect(table.rows.first == [.integer(5), .text("five")] && table.rows[6] == [.integer(19_995), .null])
  }
}
