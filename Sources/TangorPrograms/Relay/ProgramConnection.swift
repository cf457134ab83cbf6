import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import TangorCore
import TangorServing

/// A program's side of a socket that is being opened: connected, its handshake done, nothing passed on yet.
struct ProgramConnection: Sendable {
  let channel: any Channel
  /// The program's end of the relay, which keeps what the program sends meanwhile.
  let leg: NIOLoopBound<RelayLeg>
  /// What the program chose of the subprotocols that the page offers.
  let subprotocol: String?

  /// Connects to a program and does the client's part of the WebSocket handshake.
  ///
  /// - Parameters:
  ///   - port: The program's port at 127.0.0.1.
  ///   - path: The path with its query.
  ///   - headers: What the page sent, as far as it is passed on.
  ///   - subprotocols: Those that the page offers.
  ///   - eventLoop: The page's own.
  /// - Throws: `bad_gateway`, `timeout`.
  static func open(
    port: Int, path: String, headers: ForwardedHeaders, subprotocols: [String], on eventLoop: any EventLoop,
    configuration: RelayConfiguration
  ) async throws -> ProgramConnection {
    let key = NIOWebSocketClientUpgrader.randomRequestKey()
    var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path.isEmpty ? "/" : path)
    head.headers.add(name: "Host", value: "127.0.0.1:\(port)")
    for field in headers.fields { head.headers.add(name: field.name, value: field.value) }
    head.headers.add(name: "Connection", value: "Upgrade")
    head.headers.add(name: "Upgrade", value: "websocket")
    head.headers.add(name: "Sec-WebSocket-Version", value: "13")
    head.headers.add(name: "Sec-WebSocket-Key", value: key)
    if !subprotocols.isEmpty { head.headers.add(name: "Sec-WebSocket-Protocol", value: subprotocols.joined(separator: ", ")) }
    let limit = TimeAmount(configuration.connectTimeout)
    let opened = eventLoop.makePromise(of: ProgramConnection.self)
    let size = configuration.maximumMessageSize.bytes
    let request = head
    do {
      _ = try await ClientBootstrap(group: eventLoop)
        .connectTimeout(limit)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let decoder = ByteToMessageHandler(HTTPResponseDecoder())
            let cut = HeadCut()
            let handshake = ProgramHandshake(
              request, key: key, subprotocols: subprotocols, cut: cut, limit: limit, maximumSize: size, opened: opened)
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandlers([cut, HTTPRequestEncoder(), decoder, handshake])
          }
        }
        .connect(host: "127.0.0.1", port: port).get()
    } catch {
      opened.fail(TangorError(.badGateway, "The program does not accept connections on its port.", underlying: error))
    }
    return try await opened.futureResult.get()
  }
}

/// Does the client's part of a WebSocket handshake with a program, and leaves the connection to a ``RelayLeg``.
private final class ProgramHandshake: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let request: HTTPRequestHead
  private let key: String
  private let subprotocols: [String]
  private let cut: HeadCut
  private let limit: TimeAmount
  private let maximumSize: Int
  private let opened: EventLoopPromise<ProgramConnection>
  private var isOver = false
  private var answer: HTTPResponseHead?
  private var timer: Scheduled<Void>?

  init(
    _ request: HTTPRequestHead, key: String, subprotocols: [String], cut: HeadCut, limit: TimeAmount, maximumSize: Int,
    opened: EventLoopPromise<ProgramConnection>
  ) {
    self.request = request
    self.key = key
    self.subprotocols = subprotocols
    self.cut = cut
    self.limit = limit
    self.maximumSize = maximumSize
    self.opened = opened
  }

  func channelActive(context: ChannelHandlerContext) {
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) {
      self.fail(context, TangorError(.timeout, "The program did not answer the WebSocket handshake in time."))
    }
    context.write(Self.wrapOutboundOut(.head(request)), promise: nil)
    context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isOver else { return }
    switch Self.unwrapInboundIn(data) {
    case .head(let head):
      guard head.status == .switchingProtocols else {
        return fail(context, TangorError(.badGateway, "The program answered the WebSocket handshake with \(head.status.code)."))
      }
      answer = head
    case .body: break
    case .end:
      guard let answer else { return }
      do {
        try succeed(context, answer)
      } catch let error as TangorError {
        fail(context, error)
      } catch {
        fail(context, TangorError(.badGateway, underlying: error))
      }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    fail(context, TangorError(.badGateway, "The program ended the connection instead of answering the WebSocket handshake."))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(context, TangorError(.badGateway, "The program's answer to the WebSocket handshake is no HTTP.", underlying: error))
  }

  private func succeed(_ context: ChannelHandlerContext, _ answer: HTTPResponseHead) throws {
    let upgrader = NIOTypedWebSocketClientUpgrader<Void>(
      requestKey: key, upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
    guard answer.headers[canonicalForm: "upgrade"].contains(where: { $0.lowercased() == "websocket" }),
      upgrader.shouldAllowUpgrade(upgradeResponse: answer)
    else { throw TangorError(.badGateway, "The program's answer to the WebSocket handshake is not valid.") }
    guard answer.headers["Sec-WebSocket-Extensions"].isEmpty else {
      throw TangorError(.badGateway, "The program uses an extension of WebSockets that was not offered to it.")
    }
    let chosen = answer.headers["Sec-WebSocket-Protocol"]
    guard chosen.count <= 1, chosen.allSatisfy({ subprotocols.contains($0) }) else {
      throw TangorError(.badGateway, "The program chose a subprotocol that was not offered to it.")
    }
    let pipeline = context.pipeline.syncOperations
    try context.channel.syncOptions?.setOption(ChannelOptions.autoRead, value: false)
    let leg = RelayLeg(.program, maximumSize: maximumSize)
    leg.withheld = cut.rest
    try pipeline.addHandler(leg, position: .after(self))
    isOver = true
    timer?.cancel()
    cut.leg = leg
    pipeline.removeHandler(self, promise: nil)
    pipeline.removeHandler(try pipeline.handler(type: HTTPRequestEncoder.self), promise: nil)
    // The decoder takes until the next turn of the event loop to leave, and nothing may reach it any more.
    let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
    let left = context.eventLoop.makePromise(of: Void.self)
    left.futureResult.assumeIsolated().whenComplete { [cut] _ in pipeline.removeHandler(cut, promise: nil) }
    pipeline.removeHandler(decoder, promise: left)
    opened.succeed(
      ProgramConnection(channel: context.channel, leg: NIOLoopBound(leg, eventLoop: context.eventLoop), subprotocol: chosen.first))
  }

  private func fail(_ context: ChannelHandlerContext, _ error: TangorError) {
    guard !isOver else { return }
    isOver = true
    timer?.cancel()
    opened.fail(error)
    context.close(promise: nil)
  }
}

/// Shows HTTP's decoder the head of the program's answer and keeps what follows it.
///
/// The decoder could pass that on when it leaves the pipeline, but it forgets it when the connection ends before.
private final class HeadCut: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  /// What has come behind the head.
  private(set) var rest = ByteBuffer()
  /// What gets all that still comes, once the handshake is done.
  var leg: RelayLeg?
  private var isOver = false
  /// Whether nothing has come since the end of a line.
  private var hasLineEnded = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var received = Self.unwrapInboundIn(data)
    guard !isOver else {
      if let leg { leg.withheld.writeBuffer(&received) } else { rest.writeBuffer(&received) }
      return
    }
    let view = received.readableBytesView
    var end = view.startIndex
    // The head ends with an empty line, whether its lines end as they should or with a line feed alone.
    while end < view.endIndex, !isOver {
      switch view[end] {
      case UInt8(ascii: "\r"): break
      case UInt8(ascii: "\n"):
        isOver = hasLineEnded
        hasLineEnded = true
      default: hasLineEnded = false
      }
      end += 1
    }
    let head = received.readSlice(length: end - view.startIndex) ?? ByteBuffer()
    rest = ByteBuffer(bytes: received.readableBytesView)
    context.fireChannelRead(Self.wrapInboundOut(head))
  }
}
