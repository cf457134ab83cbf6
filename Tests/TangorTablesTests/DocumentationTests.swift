import Foundation
import Testing

@testable import TangorTables

private struct Page {
  let lines: [String]

  init() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().resolvingSymlinksInPath()
    lines = try String(contentsOf: tests.appending(path: "../../docs/tables.md").standardized, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The Swift code, each fence's lines without what indents them.
  var code: [[String]] {
    var fences: [[String]] = []
    var isInside = false
    for line in lines {
      if line.hasPrefix("```") {
        isInside = line == "```swift"
        if isInside { fences.append([]) }
      } else if isInside {
        fences[fences.count - 1].append(line.trimmingCharacters(in: .whitespaces))
      }
    }
    return fences
  }

  /// What stands in code quotes in the first columns of the tables below a heading.
  func names(below heading: String, columns: Int) -> [String] {
    var names: [String] = []
    let section = lines.drop { $0 != heading }.dropFirst().prefix { !$0.hasPrefix("#") }
    for line in section where line.hasPrefix("| `") || line.hasPrefix("| .") {
      for cell in line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().prefix(columns) {
        names += cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map {
          String($0.element)
        }
      }
    }
    return names
  }
}

/// The page's examples, as they stand there, and that it lists what there is.
@Suite(.timeLimit(.minutes(1))) struct DocumentationTests {
  @Test func theExamplesOfThePageAreTheseAndWork() async throws {
    struct Trade: Codable, Equatable {
      var id: Int
      var symbol: String
      var price: Double?
    }

    let trades = try Table(.rows([Trade(id: 1, symbol: "A", price: 9.5), Trade(id: 2, symbol: "B", price: 4)]), index: "id")
    let view = try await trades.view(.init(columns: ["price"], groupBy: ["symbol"], aggregates: ["price": ["mean"]]))
    try await trades.update(.rows([Trade(id: 3, symbol: "A", price: 10.5)]))
    let means = try await view.result()["price", as: Double.self]  // the total, A, B: 8, 10, 4
    #expect(means == [8, 10, 4])

    let declared = try Table(schema: Schema([.init("id", .int64), .init("symbol", .string), .init("price", .float64)]), index: "id")
    let ofType = try Table(schema: Schema(of: Trade.self), index: "id")
    let ofRows = try Table(.rows([Trade(id: 1, symbol: "A", price: nil)]), index: "id")
    let ofColumns = try Table(.columns(["id": [1, 2, 3], "price": [1.5, nil, 2]]), index: "id")
    let ofText = try Table(.csv("id,price\n1,9.5\n"), limit: 1_000)
    #expect(declared.schema == ofType.schema && ofType.schema == ofRows.schema)
    #expect(await ofColumns.count == 3)
    #expect(await ofText.count == 1)

    try await trades.update(.columns(["id": [1, 2], "price": [9.75, nil]]))
    try await trades.update(.json(#"[{"id": 3, "symbol": "C"}]"#))
    try await trades.remove(keys: [1, 2])
    try await trades.replace(.rows([Trade(id: 7, symbol: "D", price: 1)]))
    await trades.clear()
    #expect(await trades.count == 0)

    try await trades.update(.rows([Trade(id: 7, symbol: "A", price: 7), Trade(id: 6, symbol: "D", price: 9)]))
    let large = try await trades.view(
      .init(
        columns: ["symbol", "price"],
        filter: [.init("price", ">=", 5), .init("symbol", "in", "A", "B")],
        sort: [.init("price", .descending)]))
    let page = try await large.result(rows: 0..<200)
    let prices = try page["price", as: Double.self]
    let typed = try await trades.query().rows(as: Trade.self)
    let one = try await trades.row(forKey: 7, as: Trade.self)
    #expect(prices == [7] && typed.map(\.id) == [6, 7] && one == typed[1])

    let updates = try await large.updates()
    let reader = Task {
      for await _ in updates { return try await large.count }
      return 0
    }
    try await trades.update(.columns(["id": [8], "symbol": ["A"], "price": [6]]))
    let rows = try await reader.value  // the loop saw the write
    #expect(rows == 2)

    let own = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
    let fences = try Page().code
    #expect(fences.count > 4)
    for fence in fences { #expect(own.contains(fence.joined(separator: "\n")), "this example is not the one that is tested") }
  }

  @Test func thePageListsEveryOperatorAndOrder() throws {
    let page = try Page()
    let listed = page.names(below: "### Filters", columns: 1)
    #expect(Set(listed) == Set(FilterOperator.allCases.map(\.rawValue)) && listed.count == FilterOperator.allCases.count)
    let orders = page.names(below: "### Sorting", columns: 1)
    #expect(Set(orders) == Set(SortOrder.allCases.map { ".\($0)" }))
    let rollups = page.names(below: "### Groups and splits", columns: 1).filter { $0.hasPrefix(".") }
    #expect(rollups == GroupRollup.allCases.map { ".\($0)" } + SplitRollup.allCases.map { ".\($0)" })
    let kinds = page.names(below: "## Making", columns: 1)
    #expect(Set(kinds) == Set(ColumnKind.allCases.map(\.rawValue)))
  }

  @Test func thePageListsEveryAggregateWithItsOtherNames() throws {
    let page = try Page()
    let listed = page.names(below: "### Aggregates", columns: 1)
    #expect(Set(listed) == Set(Aggregate.allCases.map(\.rawValue)) && listed.count == Aggregate.allCases.count)
    let all = page.names(below: "### Aggregates", columns: 2)
    for name in all { #expect(Aggregate(name: name) != nil, "\(name) is no aggregate") }
  }
}
