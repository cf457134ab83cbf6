import Logging
import NIOCore
import NIOEmbedded
import TangorCore
import TangorJSON
import Testing

@testable import TangorServing

/// One live connection on a channel without a socket, and the peer at its other end.
struct LiveFixture {
  let channel: NIOAsyncTestingChannel
  let connection: LiveConnection
  private let peer = Peer()

  init(
    _ methods: [LiveMethod] = [], on loop: NIOAsyncTestingEventLoop = NIOAsyncTestingEventLoop(),
    change: (inout ServingConfiguration) -> Void = { _ in }
  ) async throws {
    channel = NIOAsyncTestingChannel(loop: loop)
    var configuration = ServingConfiguration()
    configuration.webSocket.compression.isEnabled = false
    change(&configuration)
    var table = LiveMethodTable()
    for method in methods { try table.add(method) }
    let dispatcher = try LiveDispatcher(
      methods: table, title: "Test", version: "1", maximumBatch: configuration.maximumBatch, logger: .silent)
    connection = LiveConnection(
      dispatcher: dispatcher, client: Client(address: "test"), configuration: configuration, eventLoop: channel.eventLoop)
    try await channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).get()
    let (channel, connection, webSocket) = (channel, connection, configuration.webSocket)
    try await channel.testingEventLoop.executeInContext {
      let shared = WebSocketEventLoop(eventLoop: channel.eventLoop)
      try channel.pipeline.syncOperations.addHandler(
        WebSocketHandler(configuration: webSocket, deflate: nil, shared: shared, delegate: connection))
    }
  }

  /// Sends text messages, all in one packet.
  func send(_ messages: String...) async throws {
    try await channel.writeInbound(ByteBuffer(bytes: messages.flatMap { clientFrame(1, Array($0.utf8)) }))
  }

  /// Sends a call.
  func call(_ id: Int, _ method: String, _ parameters: String = "{}") async throws {
    try await send(Self.request(id, method, parameters))
  }

  static func request(_ id: Int, _ method: String, _ parameters: String = "{}") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(parameters)}"#
  }

  /// The next message from the server; a close frame as its code.
  func next() async throws -> String {
    while true {
      if let frame = await peer.popFrame() { return frame }
      await peer.add(try await channel.waitForOutboundWrite(as: ByteBuffer.self))
    }
  }

  /// Lets the peer read, or not.
  func set(writable: Bool) async throws {
    let channel = channel
    try await channel.testingEventLoop.executeInContext {
      channel.isWritable = writable
      channel.pipeline.fireChannelWritabilityChanged()
    }
  }

  /// The connection breaks.
  func breakOff() async throws {
    let channel = channel
    try await channel.testingEventLoop.executeInContext { channel.pipeline.fireChannelInactive() }
  }

  private actor Peer {
    private var bytes = ByteBuffer()

    func add(_ buffer: ByteBuffer) { bytes.writeImmutableBuffer(buffer) }

    func popFrame() -> String? {
      guard let first: UInt8 = bytes.getInteger(at: bytes.readerIndex), let short: UInt8 = bytes.getInteger(at: bytes.readerIndex + 1)
      else {
        return nil
      }
      var header = 2
      var length = Int(short)
      if short == 126, let long: UInt16 = bytes.getInteger(at: bytes.readerIndex + 2) { (header, length) = (4, Int(long)) }
      guard bytes.readableBytes >= header + length else { return nil }
      bytes.moveReaderIndex(forwardBy: header)
      let payload = bytes.readBytes(length: length) ?? []
      return first == 0x88 ? "close \(Int(payload[0]) << 8 | Int(payload[1]))" : String(decoding: payload, as: UTF8.self)
    }
  }
}

extension Logger {
  /// Says nothing. It is no `SwiftLogNoOpLogHandler`, which forgets the metadata in which Hummingbird keeps a request's id.
  static var silent: Logger {
    var logger = Logger(label: "test") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .critical
    return logger
  }
}
