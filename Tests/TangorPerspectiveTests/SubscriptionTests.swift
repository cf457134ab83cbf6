import SwiftProtobuf
import TangorTables
import Testing

@testable import TangorPerspective

@Suite struct SubscriptionTests {
  let server = PerspectiveServer()

  @Test func anUpdateIsAnsweredThenRemovalsThenUpdates() async throws {
    let client = TestClient(server)
    _ = try await client.makeTable("t", rows: #"[{"x":1},{"x":2},{"x":3}]"#, index: "x")
    _ = try await client.makeView("v", of: "t")
    let updates = try await client.send("v", .viewOnUpdateReq(.init()))
    let removals = try await client.send("v", .viewOnRemoveReq(.init()))
    #expect(try client.received().isEmpty)
    let remove = try await client.send("t", .tableRemoveReq(.with { $0.data = .rows("[1,1,2]") }))
    let answers = try client.received()
    #expect(answers.map(\.form) == [[31, remove], [39, removals], [21, updates]])
    let keys = try ArrowReader.read(Vector(answers[1].viewOnRemoveResp.indices))
    #expect(keys.columns.map(\.name) == ["x"] && keys.rowCount == 2)
    #expect(answers[2].entityID == "v" && !answers[2].viewOnUpdateResp.hasDelta)

    let absent = try await client.send("t", .tableRemoveReq(.with { $0.data = .rows("[99]") }))
    #expect(try client.received().map(\.form) == [[31, absent], [21, updates]])
    let nothing = try await client.send("t", client.update("t", rows: "[]"))
    #expect(try client.received().map(\.form) == [[33, nothing]])
    let replace = try await client.send("t", .tableReplaceReq(.with { $0.data = .rows(#"[{"x":7}]"#) }))
    #expect(try client.received().map(\.form) == [[32, replace], [39, removals], [21, updates]])
  }

  @Test func rowsComeToWhoAsksForThemAlone() async throws {
    let client = TestClient(server)
    let other = TestClient(server)
    _ = try await client.makeTable("t", rows: #"[{"x":1,"y":"a"}]"#, index: "x")
    _ = try await client.makeView("v", of: "t")
    try await client.send("v", .viewOnUpdateReq(.with { $0.mode = .row }))
    try await other.send("v", .viewOnUpdateReq(.init()))
    guard case .tableMakePortResp(let port) = try await client.ask("t", .tableMakePortReq(.init())) else {
      throw TestClient.Unanswered(answers: [])
    }
    #expect(port.portID == 1)
    try await other.send("t", other.update("t", rows: #"[{"x":5,"y":"b"}]"#, port: 1))
    let mine = try client.received()
    #expect(mine.count == 1)
    let delta = try ArrowReader.read(Vector(mine[0].viewOnUpdateResp.delta))
    #expect(delta.rowCount == 1 && delta.columns.map(\.name) == ["x", "y"])
    #expect(mine[0].viewOnUpdateResp.portID == 1)
    let others = try other.received()
    #expect(others.count == 2)
    #expect(others.last?.viewOnUpdateResp.hasDelta == false)
    #expect(try await other.failure("t", other.update("t", rows: "[]", port: 9))?.message.contains("port") == true)
  }

  @Test func whoUnsubscribesHearsNoMore() async throws {
    let client = TestClient(server)
    _ = try await client.makeTable("t", rows: #"[{"x":1}]"#, index: "x")
    _ = try await client.makeView("v", of: "t")
    let updates = try await client.send("v", .viewOnUpdateReq(.init()))
    let removals = try await client.send("v", .viewOnRemoveReq(.init()))
    let list = try await client.send("", .getHostedTablesReq(.with { $0.subscribe = true }))
    let viewGone = try await client.send("v", .viewOnDeleteReq(.init()))
    let tableGone = try await client.send("t", .tableOnDeleteReq(.init()))
    for id in [updates, 77] {
      #expect(try await client.ask("v", .viewRemoveOnUpdateReq(.with { $0.id = id })) == .viewRemoveOnUpdateResp(.init()))
    }
    #expect(try await client.ask("v", .viewRemoveOnRemoveReq(.with { $0.id = removals })) == .viewRemoveOnRemoveResp(.init()))
    #expect(try await client.ask("v", .viewRemoveDeleteReq(.with { $0.id = viewGone })) == .viewRemoveDeleteResp(.init()))
    #expect(try await client.ask("t", .tableRemoveDeleteReq(.with { $0.id = tableGone })) == .tableRemoveDeleteResp(.init()))
    #expect(
      try await client.ask("", .removeHostedTablesUpdateReq(.with { $0.id = list })) == .removeHostedTablesUpdateResp(.init()))
    let remove = try await client.send("t", .tableRemoveReq(.with { $0.data = .rows("[1]") }))
    #expect(try client.received().map(\.form) == [[31, remove]])
    let view = try await client.send("v", .viewDeleteReq(.init()))
    let table = try await client.send("t", .tableDeleteReq(.with { $0.isImmediate = true }))
    #expect(try client.received().map(\.form) == [[11, view], [28, table]])
  }

  @Test func tablesThatComeAndGoAreToldOfOnce() async throws {
    let client = TestClient(server)
    let list = try await client.send("", .getHostedTablesReq(.with { $0.subscribe = true }))
    try await client.send("t", .makeTableReq(.with { $0.data = .rows("[]") }))
    let made = try client.received()
    #expect(made.count == 2)
    #expect(made.last == .with { $0.msgID = list })
    #expect(
      try await client.failure("t", .makeTableReq(.with { $0.data = .rows("[]") }))?.message == "Table \"t\" already exists")
    let gone = try await client.send("t", .tableOnDeleteReq(.init()))
    let delete = try await client.send("t", .tableDeleteReq(.with { $0.isImmediate = true }))
    #expect(try client.received().map(\.form) == [[29, gone], [28, delete], [0, list]])
  }

  @Test func aTableIsDeletedWithItsLastView() async throws {
    let client = TestClient(server)
    let other = TestClient(server)
    let list = try await client.send("", .getHostedTablesReq(.with { $0.subscribe = true }))
    _ = try await client.makeTable("t", rows: #"[{"x":1}]"#)
    _ = try await client.makeView("v", of: "t")
    let immediate = try await client.failure("t", .tableDeleteReq(.with { $0.isImmediate = true }))
    #expect(immediate?.message == "Cannot delete table with views")
    let gone = try await client.send("t", .tableOnDeleteReq(.init()))
    let delete = try await client.send("t", .tableDeleteReq(.init()))
    #expect(try client.received().map(\.form) == [[0, list]])
    #expect(server.tables.isEmpty)
    #expect(try await other.ask("t", other.update("t", rows: #"[{"x":2}]"#)) == .tableUpdateResp(.init()))
    _ = try await other.makeView("w", of: "t")
    #expect(try await other.rows("v") == #"[{"x":1},{"x":2}]"#)
    let first = try await client.send("v", .viewDeleteReq(.init()))
    #expect(try client.received().map(\.form) == [[11, first]])
    await other.session.close()
    #expect(try client.received().map(\.form) == [[29, gone], [28, delete], [0, list]])
    #expect(try await client.failure("t", .tableSizeReq(.init()))?.message == "Couldn't find key.")
  }

  @Test func aSessionTakesItsViewsWithIt() async throws {
    let client = TestClient(server)
    let other = TestClient(server)
    _ = try await client.makeTable("t", rows: #"[{"x":1}]"#)
    _ = try await client.makeView("mine", of: "t")
    _ = try await other.makeView("its", of: "t")
    try await client.send("its", .viewOnUpdateReq(.init()))
    try await client.send("its", .viewOnDeleteReq(.init()))
    try await other.send("mine", .viewOnUpdateReq(.init()))
    #expect(try await other.rows("mine") == #"[{"x":1}]"#)
    await client.session.close()
    #expect(try await other.failure("mine", .viewSchemaReq(.init()))?.statusCode == .viewNotFound)
    _ = try await other.ask("t", other.update("t", rows: #"[{"x":2}]"#))
    #expect(await server.tables[0].table.viewCount == 1)
    #expect(server.sessionCount == 1)
    await other.session.close()
    #expect(await server.tables[0].table.viewCount == 0)
    #expect(server.tables.map(\.name) == ["t"])
  }

  @Test func readOnlyTablesAreTheServersAlone() async throws {
    let client = TestClient(server)
    let table = try Table(schema: Schema([.init("x", .int64)]), index: "x")
    try server.host(table, as: "t", isReadOnly: true)
    for body: WireRequest.OneOf_ClientReq in [
      client.update("t", rows: "[]"), .tableReplaceReq(.with { $0.data = .rows("[]") }), .tableRemoveReq(.with { $0.data = .rows("[]") }),
      .tableDeleteReq(.with { $0.isImmediate = true }), .tableDeleteReq(.init()),
    ] {
      #expect(try await client.failure("t", body)?.message.contains("read-only") == true)
    }
    _ = try await client.makeView("v", of: "t")
    let list = try await client.send("v", .viewOnUpdateReq(.init()))
    try await table.update(Batch(rowCount: 1, columns: [BatchColumn("x", .int64(Vector([4])))]))
    #expect(try client.received().map(\.form) == [[21, list]])
    server.withdraw("t")
    #expect(server.tables.isEmpty)
    #expect(try await client.rows("v") == #"[{"x":4}]"#)
  }
}
