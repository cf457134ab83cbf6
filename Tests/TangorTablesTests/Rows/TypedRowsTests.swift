import TangorTables
import Testing

private enum Side: String, Codable { case buy, sell }
private enum Level: Int, CellConvertible, Codable {
  case low = 1
  case high = 2
}

private struct Trade: Codable, Equatable {
  var id: Int
  var symbol: String
  var price: Double?
  var side: Side?
  var level: Level = .low
  var opened = Timestamp(milliseconds: 0)
  var day: CalendarDate?
  var isOpen = true
}

private struct Widths: Codable, Equatable {
  var a: Int8
  var b: Int16
  var c: Int32
  var d: Int64
  var e: UInt8
  var f: UInt16
  var g: UInt32
  var h: UInt64
  var i: Float
  var j: UInt

  static let least = Widths(a: .min, b: .min, c: .min, d: .min, e: 0, f: 0, g: 0, h: 0, i: -.greatestFiniteMagnitude, j: 0)
  static let greatest = Widths(
    a: .max, b: .max, c: .max, d: .max, e: .max, f: .max, g: .max, h: .max, i: .greatestFiniteMagnitude, j: .max)
}

/// Says what it is told to say.
private struct Patch: Encodable {
  enum Cell {
    case unsaid, null
    case value(Int)
  }
  var id: Int
  var v: Cell

  private enum CodingKeys: CodingKey { case id, v }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    switch v {
    case .unsaid: break
    case .null: try container.encodeNil(forKey: .v)
    case .value(let value): try container.encode(value, forKey: .v)
    }
  }
}

private struct Cell: Codable, Equatable {
  var id: Int
  var v: Int?
}

private func message(_ body: () async throws -> Void) async -> String? {
  do {
    try await body()
    return nil
  } catch {
    return "\(error)"
  }
}

@Suite struct TypedRowsTests {
  @Test func rowsComeBackAsTheyWereWritten() async throws {
    let rows = [
      Trade(id: 2, symbol: "B", price: nil, side: .sell, level: .high, day: CalendarDate(year: 2024, month: 2, day: 29), isOpen: false),
      Trade(id: 1, symbol: "", price: -0.5, side: nil, opened: Timestamp(milliseconds: -1), day: nil),
    ]
    let table = try Table(.rows(rows), index: "id")
    #expect(
      table.schema
        == Schema([
          .init("id", .int64), .init("symbol", .string), .init("price", .float64), .init("side", .string), .init("level", .int64),
          .init("opened", .datetime), .init("day", .date), .init("isOpen", .boolean),
        ]))
    #expect(try await table.query().rows(as: Trade.self) == rows.reversed())
    #expect(try await table.row(forKey: 2, as: Trade.self) == rows[0])
    #expect(try await table.row(forKey: 3, as: Trade.self) == nil)
  }

  @Test func everyWidthKeepsItsBounds() async throws {
    let rows = [Widths.least, .greatest]
    let table = try Table(.rows(rows))
    let kinds: [ColumnKind] = [.int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float32, .uint64]
    #expect(table.schema.columns.map(\.kind) == kinds)
    #expect(try await table.query().rows(as: Widths.self) == rows)
    #expect(try await table.query()["h", as: UInt64.self] == [0, .max])
  }

  @Test func aNarrowerColumnTakesTheNearestNumber() async throws {
    let table = try Table(schema: Schema([.init("a", .int8), .init("b", .uint32), .init("c", .float64)]))
    try await table.update(.rows([["a": 300, "b": -1, "c": 7]]))
    #expect(try await table.query()[0, "a"] == 127)
    #expect(try await table.query()[0, "b"] == 0)
    #expect(try await table.query()[0, "c"] == 7.0)
  }

  @Test func nilClearsOrKeeps() async throws {
    let table = try Table(.rows([Cell(id: 1, v: 1), Cell(id: 2, v: 2), Cell(id: 3, v: 3)]), index: "id")
    try await table.update(.rows([Cell(id: 1, v: nil)], nils: .keeps))
    #expect(try await table.query()["v", as: Int.self] == [1, 2, 3])
    try await table.update(.rows([Cell(id: 1, v: nil)]))
    #expect(try await table.query()["v", as: Int.self] == [nil, 2, 3])
    try await table.update(.rows([Cell(id: 4, v: nil), Cell(id: 3, v: 30)], nils: .keeps))
    #expect(try await table.query()["v", as: Int.self] == [nil, 2, 30, nil])
  }

  @Test(arguments: [NilMeaning.clears, .keeps]) func whatIsUnsaidStaysAndEncodedNilGoes(_ nils: NilMeaning) async throws {
    let table = try Table(.rows([Cell(id: 1, v: 1), Cell(id: 2, v: 2), Cell(id: 3, v: 3)]), index: "id")
    try await table.update(.rows([Patch(id: 1, v: .unsaid), Patch(id: 2, v: .null), Patch(id: 3, v: .value(9))], nils: nils))
    #expect(try await table.query()["v", as: Int.self] == [1, nil, 9])
  }

  @Test func typesOfOptionalsAreKnownWithoutValues() async throws {
    struct Row: Codable {
      var i: Int16?
      var s: Side?
      var l: Level?
      var t: Timestamp?
      var d: Double?
    }
    let expected = Schema([.init("i", .int16), .init("s", .string), .init("l", .int64), .init("t", .datetime), .init("d", .float64)])
    for nils in [NilMeaning.clears, .keeps] { #expect(try Table(.rows([Row()], nils: nils)).schema == expected) }
    #expect(try Schema(of: Row.self) == expected)
    let empty = try Table(.rows([Row]()))
    #expect(empty.schema == expected)
    #expect(await empty.count == 0)
  }

  @Test func schemasOfTypes() throws {
    enum Color: String, Codable, CaseIterable { case red, green }
    struct Row: Codable { var id: UInt8, color: Color, at: Timestamp, on: CalendarDate, name: String?, f: Float, yes: Bool }
    #expect(
      try Schema(of: Row.self)
        == Schema([
          .init("id", .uint8), .init("color", .string), .init("at", .datetime), .init("on", .date), .init("name", .string),
          .init("f", .float32), .init("yes", .boolean),
        ]))
    struct Unlisted: Codable { var side: Side }
    #expect(throws: TableError.self) { try Schema(of: Unlisted.self) }
    struct Nested: Codable { var id: Int, tags: [String] }
    #expect(
      throws: TableError(
        "`tags` is a list or has properties of its own, and a cell holds one value; leave it out of `CodingKeys`, or flatten it")
    ) {
      try Schema(of: Nested.self)
    }
    #expect(throws: TableError.self) { try Schema(of: Int.self) }
  }

  @Test func rowsOfPartsAreRefusedByName() async throws {
    struct Inner: Codable { var x = 1 }
    struct Empty: Codable {}
    struct Row<Value: Encodable>: Encodable { var id = 1, part: Value }
    for input in [
      { try TableInput.rows([Row(part: Inner())]) }, { try TableInput.rows([Row(part: [1, 2])]) },
      { try TableInput.rows([Row(part: Empty())]) }, { try TableInput.rows([Row(part: [Int]())]) },
      { try TableInput.rows([Row(part: Row(part: 1))]) }, { try TableInput.rows([Row(part: Optional(Inner()))]) },
    ] {
      #expect(await message { _ = try input() }?.hasPrefix("`part` is a list or has properties of its own") == true)
    }
    for input in [{ try TableInput.rows([1, 2]) }, { try TableInput.rows([[1], [2]]) }, { try TableInput.rows(["a"]) }] {
      #expect(await message { _ = try input() } == "A row is a struct whose properties are columns; give rows of such a type")
    }
  }

  @Test func valuesOfSeveralTypesAreRefused() async throws {
    struct Loose: Encodable {
      var value: any Encodable & Sendable
      private enum CodingKeys: CodingKey { case v }
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(value, forKey: .v)
      }
    }
    #expect(
      await message { _ = try TableInput.rows([Loose(value: 1), Loose(value: "x")]) }
        == "Column `v` gets both whole numbers and texts; give all of its values one type")
    #expect(await message { _ = try TableInput.rows([Loose(value: -1), Loose(value: UInt64.max)]) }?.contains("unsigned 64-bit") == true)
    let widened = try Table(.rows([Loose(value: 1), Loose(value: 2.5), Loose(value: Int8(3)), Loose(value: UInt64.max)]))
    #expect(widened.schema["v"] == .float64)
    #expect(try await widened.query()["v", as: Double.self] == [1, 2.5, 3, 0x1p64])
  }

  @Test func whatDoesNotFitThePropertyIsToldWithItsPlace() async throws {
    let table = try Table(.columns(["id": [1, 2], "v": [1, nil], "s": ["buy", "hold"], "f": [1.0, 1.5]]))
    let result = try await table.query()
    struct V: Codable { var v: Int }
    #expect(await message { _ = try result.rows(as: V.self) } == "Row 1 has no value in column `v`; make the property optional (`Int?`)")
    struct S: Codable { var s: Side }
    #expect(await message { _ = try result.rows(as: S.self) }?.hasPrefix("Row 1: `s`: ") == true)
    struct F: Codable { var f: Int }
    #expect(await message { _ = try result.rows(as: F.self) } == "Row 1 has 1.5 in column `f`, which is no value of `Int`")
    struct N: Codable { var s: Double }
    #expect(await message { _ = try result.rows(as: N.self) } == "Row 0 has the text `buy` in column `s`, which is no value of `Double`")
    struct M: Codable { var missing: Int }
    #expect(
      await message { _ = try result.rows(as: M.self) } == "There is no column `missing`; the columns are `id`, `v`, `s`, `f`")
    struct O: Codable, Equatable { var id: Double, missing: Int? }
    #expect(try result.rows(as: O.self) == [O(id: 1, missing: nil), O(id: 2, missing: nil)])
  }

  @Test func columnsBelongToTheirNamesWhateverTheOrder() async throws {
    struct Turned: Encodable {
      var turned: Bool
      private enum CodingKeys: CodingKey { case a, b, c }
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        for key in turned ? [CodingKeys.c, .b, .a] : [.a, .b, .c] { try container.encode(key.stringValue + "!", forKey: key) }
        // The last word counts.
        try container.encode("again", forKey: .b)
      }
    }
    let table = try Table(.rows([Turned(turned: false), Turned(turned: true)]))
    let result = try await table.query()
    #expect(try result["a", as: String.self] == ["a!", "a!"])
    #expect(try result["b", as: String.self] == ["again", "again"])
    #expect(try result["c", as: String.self] == ["c!", "c!"])
  }
}
