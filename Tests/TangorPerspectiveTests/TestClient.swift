import Foundation
import SwiftProtobuf
import TangorTables

@testable import TangorPerspective

/// A client of a session, which speaks in bytes.
final class TestClient {
  let session: PerspectiveSession
  private var messages: UInt32 = 4_000_000_000

  init(_ server: PerspectiveServer) { session = server.makeSession() }

  /// Sends a request.
  ///
  /// - Returns: its number
  @discardableResult
  func send(_ entity: String, _ body: WireRequest.OneOf_ClientReq) async throws -> UInt32 {
    messages &+= 7
    var request = WireRequest()
    request.msgID = messages
    request.entityID = entity
    request.clientReq = body
    await session.receive(Vector(try request.serializedBytes() as [UInt8]))
    return messages
  }

  /// What came since it was asked last.
  func received() throws -> [WireResponse] {
    try session.outbox.takeAll().map { try WireResponse(serializedBytes: $0) }
  }

  /// Sends a request that has one answer.
  func ask(_ entity: String, _ body: WireRequest.OneOf_ClientReq) async throws -> WireResponse.OneOf_ClientResp {
    let number = try await send(entity, body)
    let answers = try received().filter { $0.msgID == number }
    guard answers.count == 1, let body = answers[0].clientResp, answers[0].entityID == entity else { throw Unanswered(answers: answers) }
    return body
  }

  struct Unanswered: Error {
    let answers: [WireResponse]
  }

  // MARK: Requests

  func makeTable(_ name: String, rows: String, index: String? = nil) async throws -> WireResponse.OneOf_ClientResp {
    try await ask(
      name,
      .makeTableReq(
        .with {
          $0.data = .rows(rows)
          if let index { $0.options.makeIndexTable = index }
        }))
  }

  func makeView(_ name: String, of table: String, _ config: WireViewConfig = .init()) async throws -> WireResponse.OneOf_ClientResp {
    try await ask(
      table,
      .tableMakeViewReq(
        .with {
          $0.viewID = name
          $0.config = config
        }))
  }

  func update(_ table: String, rows: String, port: UInt32 = 0) -> WireRequest.OneOf_ClientReq {
    .tableUpdateReq(
      .with {
        $0.data = .rows(rows)
        $0.portID = port
      })
  }

  func rows(_ view: String) async throws -> String {
    guard case .viewToRowsStringResp(let response) = try await ask(view, .viewToRowsStringReq(.init())) else { return "" }
    return String(decoding: response.jsonString, as: UTF8.self)
  }

  func failure(_ entity: String, _ body: WireRequest.OneOf_ClientReq) async throws -> WireServerError? {
    if case .serverError(let error) = try await ask(entity, body) { error } else { nil }
  }
}

extension WireMakeTableData {
  static func rows(_ text: String) -> WireMakeTableData { .with { $0.fromRows = .init(text.utf8) } }
}

extension WireResponse {
  /// The numbers of the field that the body is, and of the request.
  var form: [UInt32] {
    let field: UInt32 =
      switch clientResp {
      case .tableUpdateResp: 33
      case .tableRemoveResp: 31
      case .tableReplaceResp: 32
      case .viewOnUpdateResp: 21
      case .viewOnRemoveResp: 39
      case .viewDeleteResp: 11
      case .viewOnDeleteResp: 34
      case .tableDeleteResp: 28
      case .tableOnDeleteResp: 29
      case nil: 0
      default: .max
      }
    return [field, msgID]
  }
}
