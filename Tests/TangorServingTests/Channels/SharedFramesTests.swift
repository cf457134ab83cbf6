import NIOCore
import NIOEmbedded
import TangorCore
import Testing

@testable import TangorServing

private final class Silent: WebSocketDelegate {
  func webSocketOpened(_ socket: WebSocketHandler) {}
  func webSocket(_ socket: WebSocketHandler, received kind: WebSocketMessageKind, _ bytes: UnsafeRawBufferPointer) {}
  func webSocketClosed(_ socket: WebSocketHandler, _ code: WebSocketCloseCode) {}
}

/// A peer that reads what a server sends, with one decompressor for the whole connection.
private struct Peer {
  private let inflater: Inflater
  private var bytes = ByteBuffer()
  private(set) var compressedCount = 0

  init(windowBits: Int) { inflater = Inflater(windowBits: windowBits) }

  mutating func read(_ channel: EmbeddedChannel) throws -> [String] {
    channel.embeddedEventLoop.run()
    while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes.writeImmutableBuffer(buffer) }
    var texts: [String] = []
    while let first: UInt8 = bytes.readInteger(), let short: UInt8 = bytes.readInteger() {
      var length = Int(short)
      if short == 126 {
        let long = bytes.readInteger(as: UInt16.self)
        length = Int(try #require(long))
      }
      let slice = bytes.readSlice(length: length)
      let payload = try #require(slice)
      guard first & 0x40 != 0 else {
        texts.append(String(buffer: payload))
        continue
      }
      compressedCount += 1
      var plain = ByteBuffer()
      #expect(payload.withUnsafeReadableBytes { inflater.inflate($0, into: &plain, limit: 1 << 20) } == .complete)
      #expect(inflater.finish(into: &plain, limit: 1 << 20) == .complete)
      texts.append(String(buffer: plain))
    }
    return texts
  }
}

@Suite struct SharedFramesTests {
  private func socket(_ loop: EmbeddedEventLoop, windowBits: Int?) throws -> (EmbeddedChannel, WebSocketHandler) {
    let channel = EmbeddedChannel(loop: loop)
    var deflate: DeflateParameters?
    if let windowBits {
      deflate = DeflateParameters()
      deflate?.serverWindowBits = windowBits
    }
    let socket = WebSocketHandler(
      configuration: WebSocketConfiguration(), deflate: deflate, shared: WebSocketEventLoop(eventLoop: loop), delegate: Silent())
    try channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).wait()
    try channel.pipeline.syncOperations.addHandler(socket)
    return (channel, socket)
  }

  private func send(_ text: String, to socket: WebSocketHandler) {
    #expect(Array(text.utf8).withUnsafeBytes { socket.send(.text, $0, policy: .wait) })
  }

  private func text(_ seed: Int) -> String { (0..<60).map { "value \($0 * seed % 17), " }.joined() }

  @Test(arguments: [15, 12, 10, 9])
  func sharedAndOwnMessagesAreReadByOneDecompressor(windowBits: Int) throws {
    let loop = EmbeddedEventLoop()
    let (channel, socket) = try socket(loop, windowBits: windowBits)
    var peer = Peer(windowBits: windowBits)
    var expected: [String] = []
    var read: [String] = []
    for round in 1...20 {
      // Own messages refer to those before; each shared one makes them begin anew.
      for _ in 0..<(round % 3) {
        send(text(round), to: socket)
        expected.append(text(round))
      }
      let shared = [text(round), "short", text(round + 1)]
      #expect(socket.send(SharedFrames(shared.map { Array($0.utf8) })))
      expected += shared
      read += try peer.read(channel)
    }
    #expect(read == expected)
    #expect(peer.compressedCount == expected.count - 20)
  }

  @Test func differentSocketsShareWhatTheyCan() throws {
    let loop = EmbeddedEventLoop()
    let sockets = try [nil, 15, 9, 15].map { try socket(loop, windowBits: $0) }
    let frames = SharedFrames([Array(text(3).utf8), Array("x".utf8)])
    for (_, socket) in sockets { #expect(socket.send(frames)) }
    for (index, (channel, _)) in sockets.enumerated() {
      var peer = Peer(windowBits: 15)
      #expect(try peer.read(channel) == [text(3), "x"])
      #expect(peer.compressedCount == (index == 0 ? 0 : 1))
    }
  }

  @Test func aPeerThatDoesNotReadIsLeftAndToldOfRoom() throws {
    final class Waiting: WebSocketDelegate {
      var drained = 0
      func webSocketOpened(_ socket: WebSocketHandler) {}
      func webSocket(_ socket: WebSocketHandler, received kind: WebSocketMessageKind, _ bytes: UnsafeRawBufferPointer) {}
      func webSocketDrained(_ socket: WebSocketHandler) { drained += 1 }
      func webSocketClosed(_ socket: WebSocketHandler, _ code: WebSocketCloseCode) {}
    }
    let channel = EmbeddedChannel()
    let waiting = Waiting()
    let socket = WebSocketHandler(
      configuration: WebSocketConfiguration(), deflate: nil, shared: WebSocketEventLoop(eventLoop: channel.eventLoop), delegate: waiting)
    try channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).wait()
    try channel.pipeline.syncOperations.addHandler(socket)
    channel.isWritable = false
    #expect(!socket.send(SharedFrames([[65]])))
    #expect(socket.bufferedBytes == 0, "nothing is kept for it")
    channel.isWritable = true
    channel.pipeline.fireChannelWritabilityChanged()
    #expect(waiting.drained == 1)
    channel.pipeline.fireChannelWritabilityChanged()
    #expect(waiting.drained == 1)
    #expect(socket.send(SharedFrames([[65]])))
    socket.close(.normal)
    #expect(!socket.send(SharedFrames([[65]])))
  }

  /// Senders that wait hear of the empty outbox although writing it has filled the channel again; nobody would tell them later.
  @Test func whoWaitsIsToldEvenWhenTheChannelIsFullAgain() throws {
    final class Waiting: WebSocketDelegate {
      var drained = 0
      func webSocketOpened(_ socket: WebSocketHandler) {}
      func webSocket(_ socket: WebSocketHandler, received kind: WebSocketMessageKind, _ bytes: UnsafeRawBufferPointer) {}
      func webSocketDrained(_ socket: WebSocketHandler) { drained += 1 }
      func webSocketClosed(_ socket: WebSocketHandler, _ code: WebSocketCloseCode) {}
    }
    /// Stands between the socket and the channel, which the first write fills.
    final class Filling: ChannelOutboundHandler {
      typealias OutboundIn = ByteBuffer
      let channel: EmbeddedChannel
      init(_ channel: EmbeddedChannel) { self.channel = channel }
      func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        channel.isWritable = false
        context.write(data, promise: promise)
      }
    }
    let channel = EmbeddedChannel()
    let waiting = Waiting()
    let socket = WebSocketHandler(
      configuration: WebSocketConfiguration(), deflate: nil, shared: WebSocketEventLoop(eventLoop: channel.eventLoop), delegate: waiting)
    try channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).wait()
    try channel.pipeline.syncOperations.addHandlers([Filling(channel), socket])
    channel.isWritable = false
    send("waits", to: socket)
    #expect(socket.bufferedBytes == 5)
    channel.isWritable = true
    channel.pipeline.fireChannelWritabilityChanged()
    #expect(!channel.isWritable && socket.bufferedBytes == 0)
    #expect(waiting.drained == 1)
  }
}
