import TangorTables
import Testing

private struct Trade: Codable, Equatable {
  var id: Int
  var symbol: String?
  var price: Double?
}

@Suite struct ViewTests {
  private func table() throws -> Table {
    try Table(
      .columns(["id": [1, 2, 3, 4], "symbol": ["A", "B", "A", nil], "price": [1.0, 2.0, 5.0, nil]]), index: "id")
  }

  @Test func aViewShowsWhatItWasAskedFor() async throws {
    let table = try table()
    let view = try await table.view(
      .init(columns: ["price", "id"], filter: [.init("price", ">", 1)], sort: [.init("price", .descending)]))
    #expect(try await view.count == 2)
    #expect(try await view.columnCount == 2)
    #expect(try await view.schema.map(\.name) == ["price", "id"])
    let result = try await view.result()
    #expect(result.rowCount == 2 && result.rowPaths == nil)
    #expect(try result["price", as: Double.self] == [5, 2])
    #expect(result[0, "id"] == 3)
    #expect(result[0, "symbol"] == nil)
    #expect(result.columns.map(\.name) == ["price", "id"])
    #expect(result.columns.map(\.type) == [.float, .integer])
    try await table.update(.columns(["id": [9], "price": [3.5]]))
    #expect(try await view.result(rows: 1..<2, columns: 0..<1)["price", as: Double.self] == [3.5])
    #expect(try await view.result(rows: 5..<9).rowCount == 0)
    let (least, greatest) = try await view.minMax(of: "price")
    #expect(least == 2.0 && greatest == 5.0)
    #expect(try result["price", as: Double.self] == [5, 2])
  }

  @Test func aConfigurationThatDoesNotFitIsRefused() async throws {
    let table = try table()
    await #expect(throws: TableError("Invalid column 'zz' found in View columns.\n")) { try await table.view(.init(columns: ["zz"])) }
    await #expect(throws: TableError.self) { try await table.query(.init(filter: [.init("price", "like", 1)])) }
    let view = try await table.view()
    await #expect(throws: TableError.self) { try await view.minMax(of: "zz") }
    let result = try await view.result()
    #expect(throws: TableError("There is no column `zz`; the columns are `id`, `symbol`, `price`")) { try result["zz", as: Int.self] }
    #expect(throws: TableError("Column `symbol` has texts, and `A` is no value of `Int`")) { try result["symbol", as: Int.self] }
  }

  @Test func groupsAreColumnsAndPaths() async throws {
    let table = try table()
    let view = try await table.view(.init(columns: ["price", "symbol"], groupBy: ["symbol"], aggregates: ["price": ["mean"]]))
    let result = try await view.result()
    #expect(result.rowPaths == [[], [.null], ["A"], ["B"]])
    #expect(result.columns.map(\.name) == ["symbol", "price", "symbol (count)"])
    #expect(result.columns.map(\.isGroup) == [true, false, false])
    #expect(try result["symbol", as: String.self] == [nil, nil, "A", "B"])
    #expect(try result["price", as: Double.self] == [8.0 / 3, nil, 3, 2])
    struct Mean: Decodable, Equatable { var symbol: String?, price: Double? }
    #expect(try result.rows(as: Mean.self)[2] == Mean(symbol: "A", price: 3))
    #expect(try await view.collapse(row: 0) == 3)
    #expect(try await view.count == 1)
    #expect(try await view.expand(row: 0) == 3)
    try await view.setDepth(0)
    #expect(try await view.count == 4)
  }

  @Test func splitsAreNamedByTheirPaths() async throws {
    let table = try table()
    let result = try await table.query(.init(columns: ["price"], groupBy: ["id"], splitBy: ["symbol"], groupRollup: .total))
    #expect(result.columns.filter { !$0.isGroup }.map(\.name) == ["null|price", "A|price", "B|price"])
    #expect(result.columns.last?.path == ["B"])
    #expect(try result["A|price", as: Double.self] == [6])
  }

  @Test func resultsAreTextAndArrow() async throws {
    let result = try await table().query(.init(columns: ["id", "price"]), rows: 0..<2)
    #expect(String(decoding: result.json(), as: UTF8.self) == #"[{"id":1,"price":1.0},{"id":2,"price":2.0}]"#)
    #expect(String(decoding: result.json(.columns), as: UTF8.self) == #"{"id":[1,2],"price":[1.0,2.0]}"#)
    #expect(String(decoding: result.json(.lines), as: UTF8.self) == "{\"id\":1,\"price\":1.0}\n{\"id\":2,\"price\":2.0}")
    #expect(String(decoding: result.csv(), as: UTF8.self).hasPrefix("\"id\",\"price\"\n"))
    #expect(try await Table(.arrow(result.arrow())).query()["price", as: Double.self] == [1, 2])
  }

  @Test func filtersTakeSwiftValues() async throws {
    let table = try Table(.columns(["at": TableColumn([Timestamp("2024-01-01T00:00:00Z"), Timestamp("2024-01-02T00:00:00Z")])]))
    func count(_ filter: ViewConfiguration.Filter) async throws -> Int { try await table.query(.init(filter: [filter])).rowCount }
    let second = try #require(Timestamp("2024-01-02T00:00:00Z"))
    #expect(try await count(.init("at", ">=", FilterValue(second))) == 1)
    #expect(try await count(.init("at", "<", "2024-01-02")) == 1)
    #expect(try await count(.init("at", "is not null")) == 2)
    let symbols = try self.table()
    #expect(try await symbols.query(.init(filter: [.init("symbol", "in", "A", "B")])).rowCount == 3)
    #expect(try await symbols.query(.init(filter: [.init("symbol", "==", nil)])).rowCount == 0)
  }

  // MARK: Lifetimes

  @Test(.timeLimit(.minutes(1))) func viewsThatNobodyHasAreForgotten() async throws {
    let table = try table()
    var views: [View] = []
    for _ in 0..<10 { views.append(try await table.view(.init(groupBy: ["symbol"]))) }
    #expect(await table.viewCount == 10)
    views.removeLast(9)
    while await table.viewCount > 1 { await Task.yield() }
    #expect(try await views[0].count == 4)
    views = []
    while await table.viewCount > 0 { await Task.yield() }
  }

  @Test func closedViewsSaySo() async throws {
    let table = try table()
    let view = try await table.view()
    await view.close()
    await view.close()
    #expect(await table.viewCount == 0)
    let error = TableError("The view is closed; make another one of its table")
    await #expect(throws: error) { try await view.result() }
    await #expect(throws: error) { try await view.count }
    await #expect(throws: error) { try await view.updates() }
    await #expect(throws: error) { try await view.expand(row: 0) }
  }

  @Test func queriesLeaveNoViews() async throws {
    let table = try table()
    for _ in 0..<3 { _ = try await table.query() }
    #expect(await table.viewCount == 0)
    #expect(try await table.query().rows(as: Trade.self).map(\.id) == [1, 2, 3, 4])
  }
}
