import TangorTables
import Testing

@Suite struct TableInputTests {
  @Test func tablesBeginWithAnyForm() async throws {
    let csv = try Table(.csv("id,price\n2,1.5\n1,\n"), index: "id")
    #expect(csv.index == "id")
    let bytes = try await csv.query().arrow()
    let json = #"[{"id": 2, "price": 1.5}, {"id": 1, "price": null}]"#
    let tables = [
      csv, try Table(.json(json), index: "id"), try Table(.json(#" {"id": [2, 1], "price": [1.5, null]}"#), index: "id"),
      try Table(.ndjson("{\"id\": 2, \"price\": 1.5}\n{\"id\": 1}\n"), index: "id"), try Table(.arrow(bytes), index: "id"),
      try Table(.columns(["id": [2, 1], "price": [1.5, nil]]), index: "id"), try Table(.json(Array(json.utf8)), index: "id"),
    ]
    for table in tables {
      #expect(try await table.query()["id", as: Int.self] == [1, 2])
      #expect(try await table.query()["price", as: Double.self] == [nil, 1.5])
    }
  }

  @Test func updatesTakeAnyForm() async throws {
    let table = try Table(.columns(["id": [1, 2], "v": [1.0, 2.0], "s": ["a", "b"]]), index: "id")
    try await table.update(.csv("id,v\n1,10\n"))
    try await table.update(.json(#"[{"id": 2, "s": null, "unknown": 1}]"#))
    try await table.update(.ndjson("{\"id\": 3}\n{\"id\": 4, \"v\": 4}"))
    try await table.update(.columns([("id", [5]), ("v", TableColumn([5]))]))
    try await table.update(.arrow(try await Table(.columns(["id": [6], "v": [6.5]])).query().arrow()))
    let result = try await table.query()
    #expect(try result["v", as: Double.self] == [10, 2, nil, 4, 5, 6.5])
    #expect(try result["s", as: String.self] == ["a", nil, nil, nil, nil, nil])
    try await table.replace(.columns(["id": [2, 9], "s": ["x", "y"]]))
    #expect(try await table.query()["v", as: Double.self] == [nil, nil])
    #expect(try await table.query()["s", as: String.self] == ["x", "y"])
  }

  @Test func keysAreNumbersTextsAndMoments() async throws {
    let numbers = try Table(.columns(["id": [1, 2, 3]]), index: "id")
    try await numbers.remove(keys: [1, 9])
    try await numbers.remove(keys: ["3"])
    #expect(try await numbers.query()["id", as: Int.self] == [2])
    let texts = try Table(.columns(["id": ["a", "b", nil]]), index: "id")
    try await texts.remove(keys: ["a", "zz"])
    #expect(try await texts.query()["id", as: String.self] == [nil, "b"])
    let large = try Table(.columns(["id": TableColumn([UInt64.max - 1, 5])]), index: "id")
    try await large.remove(keys: [UInt64.max - 1])
    #expect(try await large.query()["id", as: UInt64.self] == [5])
    let moments = [Timestamp(milliseconds: 0), Timestamp(milliseconds: 1)]
    let times = try Table(.columns(["at": TableColumn(moments)]), index: "at")
    try await times.remove(keys: moments.prefix(1).map { $0 })
    #expect(try await times.query()["at", as: Timestamp.self] == [moments[1]])
    struct At: Decodable, Equatable { var at: Timestamp }
    #expect(try await times.row(forKey: moments[1], as: At.self) == At(at: moments[1]))
    let counted = try Table(.columns(["id": [1]]))
    await #expect(throws: TableError.self) { try await counted.remove(keys: [1]) }
    await #expect(throws: TableError("The table has no index to find rows by; make it with `index:`")) {
      try await counted.row(forKey: 1, as: At.self)
    }
  }

  @Test func columnsOfSwiftArrays() async throws {
    enum Side: String, CellConvertible { case buy, sell }
    let floats: [Float] = [1, 2]
    let table = try Table(
      .columns([
        "d": TableColumn([1.5, 2.5]), "i": TableColumn([1, 2]), "w": TableColumn([Int32.min, Int32.max]), "f": TableColumn(floats),
        "n": TableColumn([1, nil]), "e": TableColumn([Side.buy, nil]), "b": TableColumn([true, false]),
        "on": TableColumn([CalendarDate(days: 1), CalendarDate(days: 2)]), "m": [1, 2.5], "c": TableColumn(cells: [.date(3), .null]),
      ]))
    let kinds: [ColumnKind] = [.float64, .int64, .int32, .float32, .int64, .string, .boolean, .date, .float64, .date]
    #expect(table.schema.columns.map(\.kind) == kinds)
    let result = try await table.query()
    #expect(try result["e", as: Side.self] == [.buy, nil])
    #expect(try result["w", as: Int.self] == [-2_147_483_648, 2_147_483_647])
    #expect(try result["c", as: CalendarDate.self] == [CalendarDate(days: 3), nil])
    #expect(try result["on", as: Timestamp.self] == [Timestamp(milliseconds: 86_400_000), Timestamp(milliseconds: 172_800_000)])
  }

  @Test func whatDoesNotFitIsRefusedAndLeavesTheTable() async throws {
    let table = try Table(.columns(["id": [1], "v": [1.5], "on": TableColumn([CalendarDate(days: 0)])]), index: "id")
    func refusal(_ input: TableInput) async -> String? {
      do throws(TableError) {
        try await table.update(input)
        return nil
      } catch {
        return error.message
      }
    }
    #expect(
      await refusal(.columns(["id": [1], "v": ["x"]]))
        == "Column `v` of the table has floating-point numbers and gets texts; convert them first")
    #expect(
      await refusal(.columns(["id": [1], "on": ["2024-01-01"]])) == "Column `on` of the table has dates and gets texts; convert them first")
    #expect(await refusal(.columns(["id": [1, 2], "v": [1]])) == "Column `v` has 1 values and `id` has 2; give all columns as many")
    #expect(await refusal(.columns(["id": [1], "id": [1]])) == "Column `id` is there twice; give each column once")
    #expect(await refusal(.columns(["v": [1, "x"]])) == "Column `v` gets both whole numbers and texts; give all of its values one type")
    #expect(await refusal(.json("7"))?.hasPrefix("The JSON of a table is a list of rows") == true)
    #expect(await refusal(.json(""))?.hasPrefix("The JSON of a table is a list of rows") == true)
    for broken in [TableInput.csv("id,v\n1\n"), .ndjson("{"), .arrow([1, 2, 3]), .json("[{"), .csv("")] {
      #expect(await refusal(broken) != nil)
    }
    do throws(TableError) { try await table.update(.columns(["id": [7]]), port: 4) } catch {
      #expect(error.message == "Unknown port 4; make one first")
    }
    #expect(await table.count == 1)
    #expect(throws: TableError.self) { try Table(.columns([:])) }
    #expect(throws: TableError.self) { try Table(.columns(["a": [1]]), index: "b") }
    #expect(throws: TableError.self) { try Table(.columns(["a": [1]]), index: "a", limit: 1) }
  }

  @Test func emptyCellsOfCSVHaveNoValueOrAreTheEmptyText() async throws {
    let table = try Table(.columns(["id": [1], "v": [1], "s": ["a"]]), index: "id")
    try await table.update(.csv("id,v,s\n1,,\n"))
    let result = try await table.query()
    #expect(result[0, "v"] == .null && result[0, "s"] == "")
  }

  @Test func aLimitHoldsFromTheBeginning() async throws {
    let table = try Table(.columns(["v": [1, 2, 3]]), limit: 2)
    #expect(try await table.query()["v", as: Int.self] == [2, 3])
  }

  @Test func listsBecomeWhatIsAskedFor() async throws {
    let text = #"[{"a": 1, "l": ["x", "y"]}]"#
    #expect(try await Table(.json(text)).query()["l", as: String.self] == ["x", "y"])
    #expect(try await Table(.json(text, lists: .stringify)).query()["l", as: String.self] == [#"["x","y"]"#])
  }
}
