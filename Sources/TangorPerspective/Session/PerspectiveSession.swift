import SwiftProtobuf
import Synchronization
package import TangorTables

/// The server's side of one client's connection.
///
/// Messages are handed to `receive` one by one, by one task; what is to be sent comes out of `outbox`. Answers come in the order of the
/// requests. A request that cannot be understood or answered is told why, and the session lives on.
package final class PerspectiveSession: Sendable {
  /// What is to be sent to the client, in order.
  package let outbox: Outbox

  let server: PerspectiveServer
  let id: Registry.SessionID
  let processorTime = ProcessorTime()
  private let release = Mutex(ClientRelease())

  init(server: PerspectiveServer, id: Registry.SessionID, outbox: Outbox) {
    self.server = server
    self.id = id
    self.outbox = outbox
  }

  /// Answers a request. Returns when the answer is in the outbox, and the client is not too far behind in reading.
  ///
  /// - Parameter message: The bytes of one message, which are kept as long as data is read from them.
  package func receive(_ message: Vector<UInt8>) async {
    await outbox.room()
    if Task.isCancelled || outbox.isFinished { return }
    do {
      let incoming = try IncomingRequest(message)
      let exchange = Exchange(incoming, self)
      do {
        try await answer(exchange)
      } catch {
        outbox.send(Reply.failure(exchange.message, exchange.entity, RequestError(error)))
      }
    } catch {
      outbox.send(Reply.failure(0, "", error))
    }
  }

  /// Ends the session: its views go, nobody is told anything for it any more. Tables stay.
  package func close() async { await server.close(id) }

  /// What is known of the client by now.
  var clientRelease: ClientRelease { release.withLock { $0 } }

  private func answer(_ exchange: Exchange) async throws {
    release.withLock { $0.note(exchange.request.clientReq) }
    try await server.prepare(exchange.entity)
    switch exchange.request.clientReq {
    case .getFeaturesReq: exchange.reply(.getFeaturesResp(Features.response))
    case .getHostedTablesReq(let request): listTables(request, exchange)
    case .removeHostedTablesUpdateReq(let request):
      try server.modify { registry throws(RequestError) in registry.unsubscribeFromList(exchange.subscriber(request.id)) }
      exchange.reply(.removeHostedTablesUpdateResp(.init()))
    case .serverSystemInfoReq: exchange.reply(.serverSystemInfoResp(processorTime.response()))
    case .makeTableReq(let request): try await makeTable(request, exchange)
    case .makeJoinTableReq: throw RequestError.unsupported("Joins")
    case .tableMakePortReq: try await makePort(exchange)
    case .tableMakeViewReq(let request): try await makeView(request, exchange)
    case .tableSchemaReq: try describeSchema(exchange)
    case .tableSizeReq: try await countRows(exchange)
    case .tableValidateExprReq(let request): try validateExpressions(request, exchange)
    case .tableDescribeReq(let request): try await describe(request, exchange)
    case .tableUpdateReq(let request): try await update(request, exchange)
    case .tableRemoveReq(let request): try await remove(request, exchange)
    case .tableReplaceReq(let request): try await replace(request, exchange)
    case .tableDeleteReq(let request): try deleteTable(request, exchange)
    case .tableOnDeleteReq, .tableRemoveDeleteReq, .viewOnDeleteReq, .viewRemoveDeleteReq: try followDeletion(exchange)
    case .viewOnUpdateReq(let request): try await subscribe(request.hasMode ? .updatesWithRows : .updates, exchange)
    case .viewOnRemoveReq: try await subscribe(.removals, exchange)
    case .viewRemoveOnUpdateReq(let request): try await unsubscribe(request.id, isOfRemovals: false, exchange)
    case .viewRemoveOnRemoveReq(let request): try await unsubscribe(request.id, isOfRemovals: true, exchange)
    case .viewDeleteReq: try await deleteView(exchange)
    case .viewColumnPathsReq(let request): try await listColumns(request, exchange)
    case .viewDimensionsReq: try await measure(exchange)
    case .viewExpressionSchemaReq:
      _ = try exchange.view()
      exchange.reply(.viewExpressionSchemaResp(.init()))
    case .viewGetConfigReq: try await describeConfiguration(exchange)
    case .viewSchemaReq: try await describeViewSchema(exchange)
    case .viewGetMinMaxReq(let request): try await findExtremes(request, exchange)
    case .viewExpandReq(let request): try await expand(Int(request.rowIndex), exchange)
    case .viewCollapseReq(let request): try await collapse(Int(request.rowIndex), exchange)
    case .viewSetDepthReq(let request): try await setDepth(Int(request.depth), exchange)
    case .viewToArrowReq(let request):
      let codec = try codec(request.compression)
      try await write(ResultRequest(.arrow(machineNames: request.viewport.machineColumnNames, codec), request.viewport), exchange)
    case .viewToCsvReq(let request): try await write(ResultRequest(.csv, request.viewport), exchange)
    case .viewToColumnsStringReq(let request):
      try await write(
        ResultRequest(.columns, request.viewport, ids: request.id, index: request.index, isFormatted: request.formatted), exchange)
    case .viewToRowsStringReq(let request):
      try await write(
        ResultRequest(.rows, request.viewport, ids: request.id, index: request.index, isFormatted: request.formatted), exchange)
    case .viewToNdjsonStringReq(let request): try await write(ResultRequest(.lines, request.viewport), exchange)
    case nil: throw RequestError("Unhandled request type 2")
    }
  }
}

/// A request and who it came from.
struct Exchange: Sendable {
  let request: WireRequest
  /// The data set that came with it, where it was large.
  let payload: Vector<UInt8>?
  let session: PerspectiveSession

  init(_ incoming: IncomingRequest, _ session: PerspectiveSession) {
    request = incoming.request
    payload = incoming.payload
    self.session = session
  }

  var message: UInt32 { request.msgID }
  var entity: String { request.entityID }
  var subscriber: Registry.Subscriber { subscriber(message) }

  /// - Parameter message: The number of an earlier request of the same session.
  func subscriber(_ message: UInt32) -> Registry.Subscriber { Registry.Subscriber(session: session.id, message: message) }

  func reply(_ body: WireResponse.OneOf_ClientResp) { session.outbox.send(Reply.bytes(message, entity, body)) }

  /// The table that the request is about.
  ///
  /// - Throws: When it is not there.
  func hosted() throws(RequestError) -> HostedTable {
    try session.server.read { registry throws(RequestError) in try registry.table(entity) }
  }

  /// The table that the request is about, to be written to.
  ///
  /// - Throws: When it is not there, or clients may not write to it.
  func writable() throws(RequestError) -> HostedTable {
    let hosted = try hosted()
    if hosted.isReadOnly { throw RequestError("Table \"\(hosted.name)\" is read-only: the server alone changes it.") }
    return hosted
  }

  /// The view that the request is about.
  ///
  /// - Throws: When it is not there.
  func view() throws(RequestError) -> (hosted: HostedTable, id: Table.ViewID) {
    try session.server.read { registry throws(RequestError) in try registry.view(entity) }
  }

  /// Asks the view that the request is about.
  func withView<Result: Sendable>(_ body: @Sendable (any TableView) throws -> Result) async throws -> Result {
    let (hosted, id) = try view()
    return try await hosted.table.withView(id, body)
  }
}
