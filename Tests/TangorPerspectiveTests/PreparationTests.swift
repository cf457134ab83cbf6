import Synchronization
import TangorTables
import Testing

@testable import TangorPerspective

@Suite final class PreparationTests: Sendable {
  private struct Unready: Error, CustomStringConvertible { let description = "not yet" }

  private let server = PerspectiveServer()
  private let calls = Mutex(0)

  private func host(failures: Int = 0) throws -> Table {
    let table = try Table(schema: Schema([.init("x", .int64)]))
    try server.host(table, as: "t", isReadOnly: true) { [self] in
      let call = calls.withLock { count in
        count += 1
        return count
      }
      if call <= failures { throw Unready() }
      try await table.update(Batch(rowCount: 2, columns: [BatchColumn("x", .int64(Vector([1, 2])))]))
    }
    return table
  }

  private func size(_ client: TestClient) async throws -> Int? {
    guard case .tableSizeResp(let response) = try await client.ask("t", .tableSizeReq(.init())) else { return nil }
    return Int(response.size)
  }

  @Test func aTableIsMadeReadyForTheFirstRequestAboutItAndForNoOther() async throws {
    let table = try host()
    let client = TestClient(server)
    _ = try await client.ask("", .getHostedTablesReq(.init()))
    _ = try await client.makeTable("other", rows: #"[{"a":1}]"#)
    #expect(await table.count == 0 && calls.withLock { $0 } == 0)
    _ = try await client.makeView("v", of: "t")
    #expect(try await client.rows("v") == #"[{"x":1},{"x":2}]"#)
    #expect(try await size(client) == 2)
    #expect(calls.withLock { $0 } == 1)
  }

  @Test func whatFailsIsTriedAgain() async throws {
    let table = try host(failures: 1)
    let client = TestClient(server)
    #expect(try await client.failure("t", .tableSizeReq(.init()))?.message.isEmpty == false)
    #expect(await table.count == 0)
    #expect(try await size(client) == 2)
  }

  @Test func aWithdrawnTableIsNotMadeReady() async throws {
    _ = try host()
    server.withdraw("t")
    #expect(try await TestClient(server).failure("t", .tableSizeReq(.init())) != nil)
    #expect(calls.withLock { $0 } == 0)
  }

  @Test func viewersGetPortsOfReadOnlyTables() async throws {
    _ = try host()
    guard case .tableMakePortResp(let response) = try await TestClient(server).ask("t", .tableMakePortReq(.init())) else {
      Issue.record("no port")
      return
    }
    #expect(response.portID == 1)
  }
}
