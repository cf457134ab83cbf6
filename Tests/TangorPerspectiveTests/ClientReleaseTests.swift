import SwiftProtobuf
import Testing

@testable import TangorPerspective

@Suite struct ClientReleaseTests {
  @Test func extremesAreScalarsForWhoeverIsNotKnown() async throws {
    let client = try await prepared()
    #expect(try await extremes(client) == .scalars(1, 3))
  }

  @Test func extremesAreTextForWhoeverAsksAsOnlyOldClientsDo() async throws {
    let client = try await prepared()
    _ = try await extremes(client)
    _ = try await client.ask("t", .tableValidateExprReq(.init()))
    #expect(try await extremes(client) == .texts("1.0", "3.0"))
    #expect(try await extremes(client, "name") == .texts("\"a\\\"b\"", "\"c\""))
    #expect(try await extremes(client, "nothing") == .texts("null", "null"))
  }

  @Test(arguments: [
    WireRequest.OneOf_ClientReq.tableMakeViewReq(
      .with {
        $0.viewID = "flat"
        $0.config.groupRollupMode = .flat
      }),
    .viewToColumnsStringReq(.with { $0.viewport.machineColumnNames = false }),
    .tableDescribeReq(.init()), .viewOnRemoveReq(.init()),
  ])
  func whoeverSaysSomethingNewerIsNotTakenForOld(_ request: WireRequest.OneOf_ClientReq) async throws {
    let client = try await prepared()
    _ = try await extremes(client)
    _ = try await client.ask("t", .tableValidateExprReq(.init()))
    try await client.send("t", request)
    _ = try client.received()
    #expect(try await extremes(client) == .scalars(1, 3))
  }

  /// A client with a table `t` and a view `v` of it.
  private func prepared() async throws -> TestClient {
    let client = TestClient(PerspectiveServer())
    _ = try await client.makeTable("t", rows: #"[{"x":1.0,"name":"c","nothing":null},{"x":3.0,"name":"a\"b","nothing":null}]"#)
    _ = try await client.makeView("v", of: "t")
    return client
  }

  private enum Extremes: Equatable {
    case scalars(Double, Double)
    case texts(String, String)
  }

  /// Asks, and reads the bytes of the answer as the one kind of client or the other would.
  private func extremes(_ client: TestClient, _ column: String = "x") async throws -> Extremes? {
    try await client.send("v", .viewGetMinMaxReq(.with { $0.columnName = column }))
    let bytes = try #require(client.session.outbox.takeAll().last)
    let parts = try #require(body(bytes))
    #expect(parts.count == 2)
    if let response = try? WireResponse(serializedBytes: bytes), case .viewGetMinMaxResp(let found) = response.clientResp {
      return .scalars(found.min.float, found.max.float)
    }
    return .texts(String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))
  }

  /// The fields of a response's body.
  private func body(_ bytes: [UInt8]) -> [[UInt8]]? {
    bytes.withUnsafeBufferPointer { bytes in
      guard let body = WireBytes.fields(bytes, 0..<bytes.count)?.first(where: { $0.number == 20 }) else { return nil }
      return WireBytes.fields(bytes, body.contents)?.map { Array(bytes[$0.contents]) }
    }
  }
}
