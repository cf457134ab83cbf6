import NIOCore
import NIOEmbedded
import TangorCore
import TangorTesting
import Testing

@testable import TangorPrograms
@testable import TangorServing

/// Two connections without sockets, glued together.
@Suite struct RelayLegTests {
  /// Counts what is asked for, as a socket would be asked.
  private final class Reads: ChannelOutboundHandler {
    typealias OutboundIn = Any
    var count = 0
    func read(context: ChannelHandlerContext) { count += 1 }
  }

  private final class Fixture {
    let loop = EmbeddedEventLoop()
    let page: EmbeddedChannel
    let program: EmbeddedChannel
    let pageReads = Reads()
    let programReads = Reads()
    let tunnel: RelayTunnel
    var isEnded = false

    init(maximumMessageSize: Int = 1 << 20) throws {
      var configuration = RelayConfiguration()
      configuration.maximumMessageSize = .init(bytes: maximumMessageSize)
      let shared = WebSocketEventLoop(eventLoop: loop)
      let leg = RelayLeg(.program, maximumSize: maximumMessageSize)
      program = EmbeddedChannel(handlers: [programReads, leg], loop: loop)
      let ended = Flag()
      tunnel = RelayTunnel(program: leg, configuration: configuration, shared: shared) { ended.isSet = true }
      page = EmbeddedChannel(handlers: [pageReads, tunnel.page], loop: loop)
      self.ended = ended
      try page.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
      try program.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 2)).wait()
      tunnel.page.handedOver()
    }

    private final class Flag { var isSet = false }
    private let ended: Flag
    var hasEnded: Bool { ended.isSet }

    /// All that a side was sent.
    func taken(_ channel: EmbeddedChannel) throws -> [UInt8] {
      var bytes: [UInt8] = []
      while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
      return bytes
    }

    deinit {
      _ = try? page.finish(acceptAlreadyClosed: true)
      _ = try? program.finish(acceptAlreadyClosed: true)
    }
  }

  @Test func aWholeFrameIsPassedOnAsTheBufferItCameIn() throws {
    let fixture = try Fixture()
    let sent = ByteBuffer(bytes: programFrame(2, Array(repeating: 1, count: 5_000)) + programFrame(1, [65]))
    let address = sent.withUnsafeReadableBytes { $0.baseAddress }
    try fixture.program.writeInbound(sent)
    let received = try #require(try fixture.page.readOutbound(as: ByteBuffer.self))
    #expect(received == sent)
    #expect(received.withUnsafeReadableBytes { $0.baseAddress } == address, "it is not copied")
    #expect(try fixture.page.readOutbound(as: ByteBuffer.self) == nil)
  }

  @Test func nothingIsReadForASideThatTakesNothing() throws {
    let fixture = try Fixture()
    #expect((fixture.pageReads.count, fixture.programReads.count) == (1, 1))
    fixture.page.isWritable = false
    fixture.page.pipeline.fireChannelWritabilityChanged()
    try fixture.program.writeInbound(ByteBuffer(bytes: programFrame(2, [1])))
    #expect(fixture.programReads.count == 1, "the program is not asked for more")
    try fixture.page.writeInbound(ByteBuffer(bytes: pageFrame(2, [1])))
    #expect(fixture.pageReads.count == 2, "the other direction goes on")
    fixture.page.isWritable = true
    fixture.page.pipeline.fireChannelWritabilityChanged()
    #expect(fixture.programReads.count == 2)
    fixture.program.isWritable = false
    fixture.program.pipeline.fireChannelWritabilityChanged()
    try fixture.page.writeInbound(ByteBuffer(bytes: pageFrame(2, [1])))
    #expect(fixture.pageReads.count == 2)
    fixture.program.isWritable = true
    fixture.program.pipeline.fireChannelWritabilityChanged()
    #expect(fixture.pageReads.count == 3)
  }

  @Test func whatIsThrownAwayIsReadOn() throws {
    let fixture = try Fixture()
    fixture.program.isWritable = false
    fixture.program.pipeline.fireChannelWritabilityChanged()
    try fixture.page.writeInbound(ByteBuffer(bytes: pageFrame(2, [1])))
    #expect(fixture.pageReads.count == 1)
    fixture.tunnel.close(.goingAway, "")
    try fixture.page.writeInbound(ByteBuffer(bytes: pageFrame(8, closing(1001))))
    #expect(fixture.pageReads.count > 1)
  }

  @Test func anEmptyTurnOfReadingIsFollowedByAnother() throws {
    // TLS takes turns of reading that bring no bytes to the relay.
    let fixture = try Fixture()
    fixture.page.pipeline.fireChannelReadComplete()
    #expect(fixture.pageReads.count == 2)
  }

  /// Frames of the relay's own stand between frames, whichever pieces these come in.
  @Test func anOwnCloseFrameStandsBehindTheFrameThatIsUnderWay() throws {
    let frames = [programFrame(1, Array("one".utf8), isFinal: false), programFrame(0, Array("two".utf8)), programFrame(2, [3])]
    let bytes = frames.flatMap { $0 }
    for cut in 0...bytes.count {
      let fixture = try Fixture()
      if cut > 0 { try fixture.program.writeInbound(ByteBuffer(bytes: bytes[..<cut])) }
      fixture.tunnel.close(.goingAway, "x")
      if cut < bytes.count { try fixture.program.writeInbound(ByteBuffer(bytes: bytes[cut...])) }
      var end = 0
      // A header that has come in part has not been passed on, so its frame need not be waited for.
      for frame in frames where cut > end + 1 { end += frame.count }
      #expect(try fixture.taken(fixture.page) == bytes[..<end] + programFrame(8, closing(1001, "x")), "cut at \(cut)")
    }
  }

  @Test func aTunnelWhoseConnectionsAreGoneLeavesNothing() throws {
    let fixture = try Fixture()
    weak let tunnel = fixture.tunnel
    #expect(tunnel != nil)
    fixture.page.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    #expect(!fixture.hasEnded)
    #expect(try fixture.taken(fixture.program).first == 0x88)
    try fixture.program.close().wait()
    fixture.loop.run()
    #expect(fixture.hasEnded)
    #expect(fixture.tunnel.page.tunnel == nil && fixture.tunnel.program.other == nil)
  }

  @Test func aSocketThatIsAbandonedLeavesNothing() throws {
    let loop = EmbeddedEventLoop()
    let leg = RelayLeg(.program, maximumSize: 100)
    let program = EmbeddedChannel(handlers: [leg], loop: loop)
    try program.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 2)).wait()
    var hasEnded = false
    let tunnel = RelayTunnel(program: leg, configuration: RelayConfiguration(), shared: WebSocketEventLoop(eventLoop: loop)) {
      hasEnded = true
    }
    try program.close().wait()
    #expect(hasEnded && tunnel.page.tunnel == nil)
  }
}
