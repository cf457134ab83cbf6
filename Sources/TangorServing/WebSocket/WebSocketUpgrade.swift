import Foundation
import HTTPTypes
package import Hummingbird
package import Logging
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
  private let sockets: WebSocketRegistry

  package init(configuration: WebSocketConfiguration, sockets: WebSocketRegistry) {
    self.configuration = configuration
    self.sockets = sockets
  }

  /// Answers the handshake.
  ///
  /// - Throws: `upgrade_required` for a plain request or another version of the protocol, `origin_refused` for a page of another
  ///   origin, `invalid_request` for a handshake that is malformed.
  package func response(
    to request: Request, channel: any Channel, makeDelegate: @escaping MakeDelegate
  ) async throws -> Response {
    let headers = try await prepare(request, channel: channel, makeDelegate: makeDelegate)
    return Response(status: .switchingProtocols, headers: headers, body: .init { _ in throw HandedOver() })
  }

  /// Answers the handshake and then runs a function for as long as the socket lives.
  ///
  /// - Parameters:
  ///   - parameters: The elements of the path by name.
  ///   - perform: The endpoint's function. It runs in the request's task, is cancelled when the socket goes, and the
  ///   socket is closed when it returns or throws.
  /// - Throws: As ``response(to:channel:makeDelegate:)``.
  package func response(
    to request: Request, channel: any Channel, client: Client, parameters: [String: String], logger: Logger,
    perform: @escaping @Sendable (WebSocket) async throws -> Void
  ) async throws -> Response {
    let socket = WebSocket(
      eventLoop: channel.eventLoop, client: client, uri: request.uri.description, parameters: parameters,
      bufferSize: configuration.bufferSize)
    let headers = try await prepare(request, channel: channel) { _ in socket }
    return Response(
      status: .switchingProtocols, headers: headers,
      body: .init { _ in
        channel.closeFuture.whenComplete { _ in socket.begin() }
        await socket.waitForBeginning()
        let task = Task { try await perform(socket) }
        socket.onClose { task.cancel() }
        do {
          try await withTaskCancellationHandler {
            try await task.value
          } onCancel: {
            task.cancel()
          }
          socket.close(.normal)
        } catch is CancellationError {
          socket.close(.goingAway)
        } catch {
          logger.error("WebSocket endpoint failed", metadata: ["error": "\(error)"])
          socket.close(.internalError, reason: "the endpoint failed")
        }
        throw HandedOver()
      })
  }

  /// Answers the handshake for a socket of another kind, whose handler is made before the answer is.
  ///
  /// Nothing is read from the client while that goes on; what it has sent already is kept.
  ///
  /// - Parameter makeSuccessor: Makes what the connection is handed to, with the subprotocols that the client offers. What it throws
  ///   is the answer.
  /// - Throws: As ``response(to:channel:makeDelegate:)``.
  package func response(
    to request: Request, channel: any Channel, makeSuccessor: (_ offered: [String]) async throws -> UpgradeSuccessor
  ) async throws -> Response {
    let accept = try await accept(request, channel: channel)
    try await channel.setOption(ChannelOptions.autoRead, value: false).get()
    let successor: UpgradeSuccessor
    do {
      successor = try await makeSuccessor(Self.offeredProtocols(request))
    } catch {
      try? await channel.setOption(ChannelOptions.autoRead, value: true).get()
      throw error
    }
    let headers = try await prepare(successor, accept: accept, channel: channel)
    return Response(status: .switchingProtocols, headers: headers, body: .init { _ in throw HandedOver() })
  }

  private func prepare(_ request: Request, channel: any Channel, makeDelegate: @escaping MakeDelegate) async throws -> HTTPFields {
    let accept = try await accept(request, channel: channel)
    let offered = Self.offeredProtocols(request)
    let deflate =
      configuration.compression.isEnabled
      ? DeflateParameters.negotiate(
        request.headers[values: .secWebSocketExtensions], contextTakeover: configuration.compression.contextTakeover) : nil
    let configuration = self.configuration
    let successor = UpgradeSuccessor(
      subprotocol: configuration.subprotocols.first { offered.contains($0) }, extensions: deflate?.headerValue
    ) { shared in
      WebSocketHandler(configuration: configuration, deflate: deflate, shared: shared, delegate: makeDelegate(shared.eventLoop))
    }
    return try await prepare(successor, accept: accept, channel: channel)
  }

  /// Checks the handshake.
  ///
  /// - Returns: The answer to its key.
  private func accept(_ request: Request, channel: any Channel) async throws -> String {
    guard Self.isUpgrade(request) else {
      throw TangorError(.upgradeRequired, "This is a WebSocket endpoint: connect with the ws: or wss: scheme.")
    }
    guard request.headers[.secWebSocketVersion] == "13" else {
      throw TangorError(.upgradeRequired, "Only version 13 of the WebSocket protocol is spoken here.")
    }
    try OriginPolicy(configuration.origins).check(request)
    return try await acceptValue(request, channel: channel)
  }

  /// Sees to it that the connection changes hands with the 101.
  ///
  /// - Returns: The headers of the 101.
  private func prepare(_ successor: UpgradeSuccessor, accept: String, channel: any Channel) async throws -> HTTPFields {
    var headers: HTTPFields = [.upgrade: "websocket", .connection: "upgrade", .secWebSocketAccept: accept]
    headers[.secWebSocketProtocol] = successor.subprotocol
    headers[.secWebSocketExtensions] = successor.extensions
    let sockets = self.sockets
    do {
      try await channel.eventLoop.submit {
        let codec = try channel.pipeline.syncOperations.handler(type: HTTP1ToHTTPServerCodec.self)
        let trigger = UpgradeTrigger(abandoned: successor.abandoned) {
          try Self.handOver(channel) { successor.makeHandler(sockets.shared(on: channel.eventLoop)) }
        }
        try channel.pipeline.syncOperations.addHandler(trigger, position: .after(codec))
      }.get()
    } catch {
      successor.abandoned()
      throw error
    }
    return headers
  }

  private static func offeredProtocols(_ request: Request) -> [String] {
    request.headers[values: .secWebSocketProtocol].flatMap { $0.split(separator: ",").map { String($0.trimmed) } }
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
    let keys = request.headers[values: .secWebSocketKey]
    guard keys.count == 1, Data(base64Encoded: keys[0])?.count == 16 else {
      throw TangorError(.invalidRequest, "The WebSocket handshake needs one Sec-WebSocket-Key: 16 bytes in base64.")
    }
    headers.add(name: "Sec-WebSocket-Key", value: keys[0])
    headers.add(name: "Sec-WebSocket-Version", value: "13")
    let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: headers)
    do {
      let response = try await upgrader.buildUpgradeResponse(channel: channel, upgradeRequest: head, initialResponseHeaders: [:]).get()
      guard let value = response.first(name: "Sec-WebSocket-Accept") else {
        throw TangorError(.internalError)
      }
      return value
    } catch {
      throw TangorError(.invalidRequest, "The WebSocket handshake is not valid.", underlying: error)
    }
  }

  /// Puts the WebSocket's handler in the place of HTTP's. The types are those of Hummingbird's HTTP/1 pipeline.
  private static func handOver(_ channel: any Channel, makeHandler: () -> any UpgradedHandler) throws {
    let pipeline = channel.pipeline.syncOperations
    let connection = try? pipeline.handler(type: HTTPConnectionHandler.self)
    // The news that the client has gone would not come again.
    if connection?.isGone == true { throw ChannelError.eof }
    let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
    let encoder = try pipeline.handler(type: HTTPResponseEncoder.self)
    let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
    // The channel asks for more at the pipeline's tail, where the HTTP server's handlers will stop passing it on; from here on the
    // socket asks, and so does TLS for the rest of a record. It must come first, since it takes what was asked for back.
    try channel.syncOptions?.setOption(ChannelOptions.autoRead, value: false)
    let handler = makeHandler()
    try pipeline.addHandler(handler, position: .after(codec))
    if let connection { pipeline.removeHandler(connection, promise: nil) }
    // A socket has its own policies for peers that read slowly.
    if let timeout = try? pipeline.handler(type: WriteTimeoutHandler.self) { pipeline.removeHandler(timeout, promise: nil) }
    pipeline.removeHandler(codec, promise: nil)
    pipeline.removeHandler(encoder, promise: nil)
    // Last, because it passes what it has not parsed on to the handler behind it, and outside a turn of reading.
    let passedOn = channel.eventLoop.makePromise(of: Void.self)
    let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    passedOn.futureResult.whenSuccess { bound.value.handedOver() }
    pipeline.removeHandler(decoder, promise: passedOn)
  }
}

/// Ends the server's task for a connection that belongs to a WebSocket now.
///
/// The task would sleep until the connection closes and hold 12 kB of its stack meanwhile. Ending it makes the server close the
/// channel from behind, which ``WebSocketHandler`` does not let through.
private struct HandedOver: Error {}

/// Waits in the pipeline for the head of the 101 response, lets it pass and changes the pipeline in the same turn.
private final class UpgradeTrigger: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let handOver: () throws -> Void
  private var abandoned: (() -> Void)?

  /// - Parameter abandoned: Called when it comes to nothing.
  init(abandoned: @escaping () -> Void, handOver: @escaping () throws -> Void) {
    self.abandoned = abandoned
    self.handOver = handOver
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    abandoned?()
    abandoned = nil
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .head(let head) = Self.unwrapOutboundIn(data), head.status == .switchingProtocols {
      context.writeAndFlush(data, promise: promise)
      do {
        try handOver()
        abandoned = nil
      } catch {
        context.close(promise: nil)
      }
    } else {
      // Middleware put another response in the place of ours.
      context.write(data, promise: promise)
    }
    context.pipeline.syncOperations.removeHandler(self, promise: nil)
  }
}
