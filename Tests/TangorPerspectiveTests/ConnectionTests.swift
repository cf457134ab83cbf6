import Foundation
import SwiftProtobuf
import TangorTables
import Testing

@testable import TangorPerspective

@Suite struct ConnectionTests {
  let server = PerspectiveServer()

  private func request(_ number: UInt32, _ entity: String, _ body: WireRequest.OneOf_ClientReq) throws -> [UInt8] {
    try WireRequest.with { ($0.msgID, $0.entityID, $0.clientReq) = (number, entity, body) }.serializedBytes()
  }

  @Test func aConnectionIsServedUntilTheClientGoes() async throws {
    let (messages, client) = AsyncStream<[UInt8]>.makeStream()
    let (answers, sent) = AsyncStream<[UInt8]>.makeStream()
    let session = server.makeSession()
    let serving = Task {
      await session.run(messages) { messages, done in
        for message in messages { sent.yield(message) }
        done(true)
      }
    }
    client.yield(try request(1, "t", .makeTableReq(.with { $0.data = .rows(#"[{"a":1}]"#) })))
    client.yield(try request(2, "t", .tableMakeViewReq(.with { $0.viewID = "v" })))
    client.yield(try request(3, "v", .viewOnUpdateReq(.init())))
    client.yield(try request(4, "t", .tableUpdateReq(.with { $0.data = .rows(#"[{"a":2}]"#) })))
    var numbers: [UInt32] = []
    for await answer in answers.prefix(4) { numbers.append(try WireResponse(serializedBytes: answer).msgID) }
    #expect(numbers == [1, 2, 4, 3])
    #expect(await server.tables[0].table.viewCount == 1)
    client.finish()
    #expect(await serving.value == .ended)
    #expect(await server.tables[0].table.viewCount == 0)
    #expect(server.sessionCount == 0)
  }

  @Test func aConnectionThatCannotBeWrittenToIsOver() async throws {
    let (messages, client) = AsyncStream<[UInt8]>.makeStream()
    let session = server.makeSession()
    client.yield(try request(1, "", .getFeaturesReq(.init())))
    let ending = await session.run(messages) { _, done in done(false) }
    #expect(ending == .ended && server.sessionCount == 0)
  }

  @Test func aClientThatDoesNotReadChangedRowsIsSeenOff() async throws {
    let (messages, client) = AsyncStream<[UInt8]>.makeStream()
    let (begun, began) = AsyncStream<Void>.makeStream()
    let table = try Table(schema: Schema([.init("s", .string)]))
    try server.host(table, as: "t")
    let session = server.makeSession()
    client.yield(try request(1, "t", .tableMakeViewReq(.with { $0.viewID = "v" })))
    client.yield(try request(2, "v", .viewOnUpdateReq(.with { $0.mode = .row })))
    client.yield(try request(3, "", .getFeaturesReq(.init())))
    let serving = Task {
      await session.run(messages) { answers, done in
        // From the third answer on nothing is taken any more.
        if answers.contains(where: { (try? WireResponse(serializedBytes: $0).msgID) == 3 }) { began.yield() } else { done(true) }
      }
    }
    for await _ in begun.prefix(1) {}
    let text = String(repeating: "x", count: 1 << 20)
    let batch = Batch(rowCount: 1, columns: [BatchColumn("s", .text(TextVector([text])))])
    var writes = 0
    while !session.outbox.isOverrun, writes < 1000 {
      try await table.update(batch)
      try await table.replace(Batch(rowCount: 0, columns: []))
      writes += 1
    }
    #expect(session.outbox.isOverrun && writes < 200)
    #expect(await serving.value == .overrun)
    #expect(await table.viewCount == 0)
  }
}
