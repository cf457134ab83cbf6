import NIOCore
import NIOEmbedded
import TangorCore
import Testing

@testable import TangorServing

/// Keeps what a socket reported.
private final class Recorder: WebSocketDelegate {
  var messages: [String] = []
  var closed: UInt16?
  var dropped = 0
  var drained = 0
  var onMessage: (WebSocketHandler, String) -> Void = { _, _ in }

  func webSocketOpened(_ socket: WebSocketHandler) {}
  func webSocket(_ socket: WebSocketHandler, received kind: WebSocketMessageKind, _ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    messages.append(text)
    onMessage(socket, text)
  }
  func webSocketDrained(_ socket: WebSocketHandler) { drained += 1 }
  func webSocket(_ socket: WebSocketHandler, dropped count: Int) { dropped += count }
  func webSocketClosed(_ socket: WebSocketHandler, _ code: WebSocketCloseCode) { closed = code.rawValue }
}

/// A channel that can take no more after each write.
private final class FillingHandler: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    context.write(data, promise: promise)
  }

  func flush(context: ChannelHandlerContext) {
    context.flush()
    (context.channel as? EmbeddedChannel)?.isWritable = false
  }
}

@Suite struct WebSocketHandlerTests {
  private let channel = EmbeddedChannel()
  private let recorder = Recorder()
  private let socket: WebSocketHandler

  init() throws {
    var configuration = WebSocketConfiguration()
    configuration.bufferSize = .init(bytes: 64)
    configuration.compression.isEnabled = false
    let shared = WebSocketEventLoop(eventLoop: channel.eventLoop)
    socket = WebSocketHandler(configuration: configuration, deflate: nil, shared: shared, delegate: recorder)
    try channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).wait()
    try channel.pipeline.syncOperations.addHandler(socket)
  }

  private func receive(_ bytes: [UInt8]) throws { try channel.writeInbound(ByteBuffer(bytes: bytes)) }

  private func sent() throws -> [UInt8] {
    channel.embeddedEventLoop.run()
    var bytes: [UInt8] = []
    while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += Array(buffer.readableBytesView) }
    return bytes
  }

  private func send(_ text: String, _ policy: SlowReaderPolicy) -> Bool {
    Array(text.utf8).withUnsafeBytes { socket.send(.text, $0, policy: policy) }
  }

  @Test func answersPings() throws {
    try receive(clientFrame(9, [1, 2, 3]))
    #expect(try sent() == [0x8A, 3, 1, 2, 3])
  }

  @Test func gathersAllThatIsSentInOneRead() throws {
    recorder.onMessage = { socket, text in _ = Array(text.utf8).withUnsafeBytes { socket.send(.text, $0, policy: .wait) } }
    try receive(clientFrame(1, [65]) + clientFrame(1, [66]) + clientFrame(9, []))
    let first = try channel.readOutbound(as: ByteBuffer.self)
    #expect(first.map { Array($0.readableBytesView) } == [0x81, 1, 65, 0x81, 1, 66, 0x8A, 0])
    #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
  }

  @Test func echoesTheCloseFrameAndLetsGo() throws {
    try receive(clientFrame(8, [0x03, 0xE8] + Array("done".utf8)))
    #expect(try sent() == [0x88, 2, 0x03, 0xE8])
    channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    #expect(recorder.closed == 1000)
    #expect(!channel.isActive)
  }

  @Test func saysWhyItCloses() throws {
    try receive(clientFrame(1, [65], isMasked: false))
    let bytes = try sent()
    #expect(Array(bytes.prefix(4)) == [0x88, UInt8(bytes.count - 2), 0x03, 0xEA])
    #expect(String(decoding: bytes.dropFirst(4), as: UTF8.self) == "frame without mask")
    try receive(clientFrame(1, [66]))
    #expect(recorder.messages == [])
    #expect(try sent() == [])
  }

  @Test func closesWithGoingAwayWhenTheServerGoesDown() throws {
    channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    #expect(Array(try sent().prefix(4).suffix(2)) == [0x03, 0xE9])
    #expect(!send("too late", .wait))
    try receive(clientFrame(1, [65]) + clientFrame(8, [0x03, 0xE9]))
    #expect(recorder.messages == [])
    channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    #expect(recorder.closed == 1001)
  }

  @Test func holdsTheServersOwnClosingBack() throws {
    try channel.close().wait()
    #expect(channel.isActive)
    #expect(send("still here", .wait))
  }

  @Test func stopsTakingMessagesWhileHeld() throws {
    recorder.onMessage = { socket, text in if text == "A" { socket.holdReading() } }
    try receive(clientFrame(1, [65]) + clientFrame(1, [66]) + Array(clientFrame(1, [67]).prefix(3)))
    #expect(recorder.messages == ["A"])
    try receive(Array(clientFrame(1, [67]).dropFirst(3)))
    #expect(recorder.messages == ["A"])
    socket.releaseReading()
    #expect(recorder.messages == ["A", "B", "C"])
  }

  @Test func waitsWhileThePeerDoesNotRead() throws {
    channel.isWritable = false
    #expect(send("first", .wait))
    #expect(socket.bufferedBytes == 5)
    try receive(clientFrame(1, [65]))
    #expect(recorder.messages == [], "a peer that does not read is not read from")
    #expect(try sent() == [])
    channel.isWritable = true
    channel.pipeline.fireChannelWritabilityChanged()
    #expect(try sent() == [0x81, 5] + Array("first".utf8))
    #expect(recorder.drained == 1)
    #expect(recorder.messages == ["A"])
  }

  @Test func sendsALongMessageInFramesAsThePeerTakesThem() throws {
    let text = String(repeating: "long", count: WebSocketOutbox.frameSize / 2)
    let size = UInt8(WebSocketOutbox.frameSize >> 16)
    #expect(send("before", .wait) && send(text, .wait) && send("after", .wait))
    try receive(clientFrame(9, [1]))
    var bytes = ArraySlice(try sent())
    #expect(Array(bytes.prefix(8)) == [0x81, 6] + Array("before".utf8))
    bytes = bytes.dropFirst(8)
    var payload: [UInt8] = []
    // The first frame says what the message is, the last one that it ends.
    for first in [0x01, 0x80] as [UInt8] {
      #expect(Array(bytes.prefix(10)) == [first, 127, 0, 0, 0, 0, 0, size, 0, 0])
      payload += bytes.dropFirst(10).prefix(WebSocketOutbox.frameSize)
      bytes = bytes.dropFirst(10 + WebSocketOutbox.frameSize)
    }
    #expect(payload == Array(text.utf8))
    #expect(Array(bytes) == [0x81, 5] + Array("after".utf8) + [0x8A, 1, 1])
    #expect(socket.bufferedBytes == 0)
  }

  @Test func stopsBetweenTheFramesOfALongMessage() throws {
    channel.isWritable = false
    let text = String(repeating: "x", count: WebSocketOutbox.frameSize + 1)
    #expect(send(text, .wait) && send("after", .wait))
    #expect(socket.bufferedBytes == text.utf8.count + 5)
    // As a channel that is full again after each frame.
    try channel.pipeline.syncOperations.addHandler(FillingHandler(), position: .first)
    for expected in [WebSocketOutbox.frameSize + 10, 3, 7] {
      channel.isWritable = true
      channel.pipeline.fireChannelWritabilityChanged()
      #expect(try sent().count == expected)
    }
    #expect(recorder.drained == 1)
  }

  @Test func closesInTheMiddleOfALongMessage() throws {
    channel.isWritable = false
    #expect(send(String(repeating: "x", count: 3 * WebSocketOutbox.frameSize), .wait))
    socket.close(.goingAway)
    #expect(socket.bufferedBytes == 0)
    channel.isWritable = true
    channel.pipeline.fireChannelWritabilityChanged()
    #expect(try sent() == [0x88, 2, 0x03, 0xE9])
  }

  @Test func dropsOrClosesAsThePolicySays() throws {
    channel.isWritable = false
    #expect(send(String(repeating: "a", count: 60), .dropOldest))
    #expect(send(String(repeating: "b", count: 60), .dropOldest))
    #expect(recorder.dropped == 1)
    #expect(!send(String(repeating: "c", count: 60), .close))
    channel.isWritable = true
    channel.pipeline.fireChannelWritabilityChanged()
    #expect(Array(try sent().prefix(4).suffix(2)) == [0x03, 0xF5])
  }

  @Test func pingsASilentPeerAndGivesUpOnADeadOne() throws {
    let start = NIODeadline.now()
    socket.tick(start)
    #expect(try sent() == [])
    socket.tick(start + .seconds(21))
    #expect(try sent() == [0x89, 0])
    try receive(clientFrame(10, []))
    socket.tick(start + .seconds(22))
    #expect(socket.isOpen)
    socket.tick(start + .seconds(43))
    #expect(try sent() == [0x89, 0])
    socket.tick(start + .seconds(64))
    #expect(Array(try sent().prefix(4).suffix(2)) == [0x11, 0x38])
    socket.tick(start + .seconds(90))
    #expect(recorder.closed == 4408)
    #expect(!channel.isActive)
  }

  @Test func reportsAnAbruptEnd() throws {
    channel.pipeline.fireChannelInactive()
    #expect(recorder.closed == 1006)
  }
}
