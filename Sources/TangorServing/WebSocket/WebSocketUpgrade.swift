package import Hummingbird
import HTTPTypes
package import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket
import TangorCore

/// An endpoint that takes WebSockets: the handshake of RFC 6455 inside an ordinary route.
///
/// The route runs behind the middleware like any other. Its 101 response makes the connection's pipeline change hands in the very
/// turn of the event loop in which the response is written, so that no byte of the client's first frame can reach the HTTP parser.
package struct WebSocketUpgrade: Sendable {
  /// Makes what handles a new socket; called on the socket's event loop.
  package typealias MakeDelegate = @Sendable (_ eventLoop: any EventLoop) -> any WebSocketDelegate

  package let configuration: WebSocketConfiguration
  private let loops: WebSocketEventLoops

  package init(configuration: WebSocketConfiguration, loops: WebSocketEventLoops) {
    self.configuration = configuration
    self.loops = loops
  }

  /// Answers the handshake.
  ///
  /// - Throws: `upgrade_required` for a plain request or another version of the protocol, `origin_refused` for a page of another
  ///   origin, `invalid_request` for a handshake that is malformed.
  package func response(
    to request: Request, channel: any Channel, makeDelegate: @escaping MakeDelegate
  ) async throws -> Response {
    guard Self.isUpgrade(request) else {
      throw TangorError(.upgradeRequired, "This is a WebSocket endpoint: connect with the ws: or wss: scheme.")
    }
    guard request.headers[.secWebSocketVersion] == "13" else {
      throw TangorError(.upgradeRequired, "Only version 13 of the WebSocket protocol is spoken here.")
    }
    try OriginPolicy(configuration.origins).check(request)
    var headers: HTTPFields = [
      .upgrade: "websocket", .connection: "upgrade", .secWebSocketAccept: try await acceptValue(request, channel: channel),
    ]
    let offered = request.headers[values: .secWebSocketProtocol].flatMap { $0.split(separator: ",").map { String($0.trimmed) } }
    headers[.secWebSocketProtocol] = configuration.subprotocols.first { offered.contains($0) }
    let deflate =
      configuration.compression.isEnabled
      ? DeflateParameters.negotiate(
        request.headers[values: .secWebSocketExtensions], contextTakeover: configuration.compression.contextTakeover) : nil
    headers[.secWebSocketExtensions] = deflate?.headerValue
    let configuration = self.configuration
    let loops = self.loops
    try await channel.eventLoop.submit {
      let codec = try channel.pipeline.syncOperations.handler(type: HTTP1ToHTTPServerCodec.self)
      let trigger = UpgradeTrigger {
        let shared = loops.of(channel.eventLoop)
        let handler = WebSocketHandler(
          configuration: configuration, deflate: deflate, shared: shared, delegate: makeDelegate(channel.eventLoop))
        try Self.handOver(channel, to: handler)
      }
      try channel.pipeline.syncOperations.addHandler(trigger, position: .after(codec))
    }.get()
    // The body ends at once without an end of the response: the connection belongs to the WebSocket from the head on, and the
    // server's task for it sleeps until the channel closes.
    return Response(status: .switchingProtocols, headers: headers, body: .init { _ in })
  }

  private static func isUpgrade(_ request: Request) -> Bool {
    request.method == .get && request.headers[.upgrade]?.lowercased() == "websocket"
      && request.headers[values: .connection].contains { $0.lowercased().split(separator: ",").contains { $0.trimmed == "upgrade" } }
  }

  /// The answer to `Sec-WebSocket-Key`, as NIO computes it.
  private func acceptValue(_ request: Request, channel: any Channel) async throws -> String {
    let upgrader = NIOTypedWebSocketServerUpgrader<Void>(
      shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
      upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
    var headers = HTTPHeaders()
    for value in request.headers[values: .secWebSocketKey] { headers.add(name: "Sec-WebSocket-Key", value: value) }
    headers.add(name: "Sec-WebSocket-Version", value: "13")
    let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: headers)
    do {
      let response = try await upgrader.buildUpgradeResponse(channel: channel, upgradeRequest: head, initialResponseHeaders: [:]).get()
      guard let value = response.first(name: "Sec-WebSocket-Accept") else {
        throw TangorError(.internalError)
      }
      return value
    } catch {
      throw TangorError(.invalidRequest, "The WebSocket handshake needs one Sec-WebSocket-Key.", underlying: error)
    }
  }

  /// Puts the WebSocket's handler in the place of HTTP's. The types are those of Hummingbird's HTTP/1 pipeline.
  private static func handOver(_ channel: any Channel, to handler: WebSocketHandler) throws {
    let pipeline = channel.pipeline.syncOperations
    let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
    let encoder = try pipeline.handler(type: HTTPResponseEncoder.self)
    let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
    try pipeline.addHandler(handler, position: .after(codec))
    pipeline.removeHandler(codec, promise: nil)
    pipeline.removeHandler(encoder, promise: nil)
    pipeline.removeHandler(decoder, promise: nil)
  }
}

/// Waits in the pipeline for the head of the 101 response, lets it pass and changes the pipeline in the same turn.
private final class UpgradeTrigger: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let handOver: () throws -> Void

  init(_ handOver: @escaping () throws -> Void) { self.handOver = handOver }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .head(let head) = Self.unwrapOutboundIn(data), head.status == .switchingProtocols {
      context.writeAndFlush(data, promise: promise)
      do { try handOver() } catch { context.close(promise: nil) }
    } else {
      // Middleware put another response in the place of ours.
      context.write(data, promise: promise)
    }
    context.pipeline.syncOperations.removeHandler(self, promise: nil)
  }
}
