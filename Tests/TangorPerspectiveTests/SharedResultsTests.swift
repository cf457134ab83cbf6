import SwiftProtobuf
import TangorTables
import Testing

@testable import TangorPerspective

@Suite struct SharedResultsTests {
  private let server = PerspectiveServer()
  private let page = ResultRequest(.columns, .with { $0.endRow = 10 })

  /// A view on `t`, its shape, and its table.
  private func shape(_ name: String) async throws -> ResultShape? {
    let (hosted, id) = try server.read { registry throws(RequestError) in try registry.view(name) }
    return try await hosted.table.withView(id) { $0.shape }
  }

  private func known(_ name: String) async throws -> [UInt8]? {
    let hosted = try #require(server.tables.first)
    return try await shape(name).flatMap { hosted.results[SharedResults.Key(shape: $0, request: page)] }
  }

  private func columns(_ client: TestClient, _ view: String) async throws -> String {
    guard
      case .viewToColumnsStringResp(let response) = try await client.ask(
        view, .viewToColumnsStringReq(.with { $0.viewport.endRow = 10 }))
    else { return "" }
    return String(decoding: response.jsonString, as: UTF8.self)
  }

  @Test func whatOneAskedForIsThereForOthersUntilTheTableChanges() async throws {
    let (one, other) = (TestClient(server), TestClient(server))
    _ = try await one.makeTable("t", rows: #"[{"g":"a","x":1},{"g":"b","x":2}]"#, index: "x")
    let grouped = WireViewConfig.with { $0.groupBy = ["g"] }
    _ = try await one.makeView("v", of: "t", grouped)
    _ = try await other.makeView("w", of: "t", grouped)
    #expect(try await known("w") == nil)
    let first = try await columns(one, "v")
    #expect(try await known("w").map { String(decoding: $0, as: UTF8.self) } == first)
    #expect(try await columns(other, "w") == first)
    _ = try await one.ask("t", one.update("t", rows: #"[{"g":"a","x":5}]"#))
    #expect(try await known("w") == nil)
    let second = try await columns(other, "w")
    #expect(second != first && second.contains("8"))
    #expect(try await columns(one, "v") == second)
  }

  @Test func openGroupsOfOneAreNotShownToOthers() async throws {
    let (one, other) = (TestClient(server), TestClient(server))
    _ = try await one.makeTable("t", rows: #"[{"g":"a","h":"c","x":1},{"g":"b","h":"d","x":2}]"#)
    let grouped = WireViewConfig.with { ($0.groupBy, $0.groupByDepth) = (["g", "h"], 1) }
    _ = try await one.makeView("v", of: "t", grouped)
    _ = try await other.makeView("w", of: "t", grouped)
    let closed = try await columns(one, "v")
    _ = try await one.ask("v", .viewExpandReq(.with { $0.rowIndex = 1 }))
    #expect(try await shape("v") == nil)
    #expect(try await columns(one, "v") != closed)
    #expect(try await columns(other, "w") == closed)
    _ = try await one.ask("v", .viewSetDepthReq(.with { $0.depth = 1 }))
    #expect(try await columns(one, "v") != closed)
    #expect(try await columns(other, "w") == closed)
  }

  @Test func whatDependsOnWhenAViewWasMadeIsItsOwn() async throws {
    let client = TestClient(server)
    _ = try await client.makeTable("t", rows: #"[{"g":"a","x":9}]"#, index: "g")
    let highest = WireViewConfig.with {
      $0.groupBy = ["g"]
      $0.aggregates = ["x": .with { $0.aggregations = ["high"] }]
    }
    _ = try await client.makeView("v", of: "t", highest)
    _ = try await client.ask("t", client.update("t", rows: #"[{"g":"a","x":1}]"#))
    _ = try await client.makeView("w", of: "t", highest)
    #expect(try await shape("v") == nil)
    #expect(try await columns(client, "v").contains("9"))
    #expect(try await !columns(client, "w").contains("9"))
  }

  @Test func onlySoMuchIsKept() async throws {
    let client = TestClient(server)
    _ = try await client.makeTable("t", rows: #"[{"x":1}]"#)
    _ = try await client.makeView("v", of: "t")
    let shape = try #require(try await shape("v"))
    let results = SharedResults()
    func key(_ row: UInt32) -> SharedResults.Key {
      SharedResults.Key(shape: shape, request: ResultRequest(.rows, .with { $0.startRow = row }))
    }
    results.keep([UInt8](repeating: 0, count: SharedResults.largestResult + 1), for: key(0))
    #expect(results[key(0)] == nil)
    for row in 1...4 as ClosedRange<UInt32> { results.keep([UInt8](repeating: 0, count: SharedResults.largestResult), for: key(row)) }
    #expect(results[key(1)] != nil && results[key(4)] != nil)
    results.keep([1], for: key(5))
    #expect(results[key(1)] == nil && results[key(5)] == [1])
    // What was computed before a change and comes late is not for those who ask after it.
    _ = try await client.ask("t", client.update("t", rows: #"[{"x":2}]"#))
    let changed = SharedResults.Key(shape: try #require(try await self.shape("v")), request: key(5).request)
    results.keep([2], for: changed)
    results.keep([3], for: key(6))
    #expect(results[key(6)] == nil && results[changed] == [2] && results[key(5)] == nil)
  }
}
