import NIOCore
import TangorServing

/// One of the two connections of a relayed socket: takes what comes on it to the other, and slows it down as the other does.
///
/// Both connections live on one event loop, where all of this happens. A frame that comes whole costs a look at its header, one read
/// and one write.
final class RelayLeg: ChannelDuplexHandler, UpgradedHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = Never
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  let side: RelaySide
  /// What decides; nil before the socket is open and after its end.
  var tunnel: RelayTunnel?
  /// The other connection.
  var other: RelayLeg?
  private(set) var context: ChannelHandlerContext?
  /// Follows what comes on this connection.
  var tracker: FrameTracker
  /// What has come and cannot be passed on yet: the beginning of a header or of a control frame, or what came before the socket was open.
  var withheld = ByteBuffer()
  /// Whether bytes pass as they come. Otherwise the tunnel looks at each piece.
  var isPlain = false
  /// Whether anything was heard since the last look.
  var hasHeard = true
  private var mustFlush = false
  private var isReadPending = false
  /// Whether the channel takes more; as the channel would say, which is asked for each message.
  private var isWritable = true
  /// Whether this connection's close frame is out.
  private(set) var isClosed = false
  /// Frames of the relay's own that wait for the end of a frame.
  private var ownClose: CloseFrame?
  private var ownPing: [UInt8]?
  private var isFinishing = false
  private(set) var isInputClosed = false
  private(set) var isInactive = false

  init(_ side: RelaySide, maximumSize: Int) {
    self.side = side
    tracker = FrameTracker(from: side, maximumSize: maximumSize)
  }

  // MARK: The channel's life

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    isWritable = context.channel.isWritable
    // One piece at a time, so that the other side is looked at between them; busy connections grow it to the size of a picture.
    try? context.channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
    try? context.channel.syncOptions?.setOption(
      .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 2_048, maximum: 262_144))
    if side == .page { tunnel?.opened() }
  }

  func handedOver() { tunnel?.begin() }

  func handlerRemoved(context: ChannelHandlerContext) {
    hasEnded()
    self.context = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    hasEnded()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  /// The HTTP server closes the page's connection when it lets go of it; the socket lives on. What is closed from here starts from this
  /// handler's own place and does not come by.
  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    if side == .page { promise?.succeed() } else { context.close(mode: mode, promise: promise) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case let event as ChannelEvent where event == .inputClosed:
      isInputClosed = true
      // A client may end its sending side with its close frame and still wait for the answer.
      if tunnel?.state.pageAwaitsClose != true { context.close(promise: nil) }
    // Not passed on: HTTP's handlers behind would close the connection without a word.
    case is ChannelShouldQuiesceEvent: tunnel?.close(.goingAway, "the server is going down")
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  private func hasEnded() {
    guard !isInactive else { return }
    isInactive = true
    isPlain = false
    tunnel?.ended(self)
  }

  // MARK: Reading

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    hasHeard = true
    let received = Self.unwrapInboundIn(data)
    if isPlain, let other, let outlet = other.context {
      var position = 0
      var tracker = self.tracker
      let step = received.withUnsafeReadableBytes { tracker.follow($0, &position, stopsAtBoundary: false) }
      self.tracker = tracker
      guard case .end = step else { return tunnel?.take(received, passing: position, then: step, from: self) ?? () }
      // A buffer that was not filled is the last one of this turn of reading.
      if received.writableBytes > 0, !other.mustFlush { return outlet.writeAndFlush(data, promise: nil) }
      other.mustFlush = true
      outlet.write(data, promise: nil)
    } else if let tunnel {
      tunnel.take(received, from: self)
    } else if !isInactive {
      var received = received
      withheld.writeBuffer(&received)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    guard let other else { return }
    if other.mustFlush { other.flush() }
    if mustFlush { flush() }
    if isPlain, other.isWritable {
      context.read()
    } else {
      read()
    }
  }

  /// Asks for more, unless the other connection has not taken what it was given.
  func read() {
    guard let context, let tunnel, tunnel.hasBegun else { return }
    isReadPending = !tunnel.state.isDone(side) && other?.isWritable == false
    if !isReadPending { context.read() }
  }

  /// Whether nothing is read because the other connection is full.
  var isHeld: Bool { isReadPending }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    isWritable = context.channel.isWritable
    if isWritable, let other, other.isReadPending { other.read() }
    context.fireChannelWritabilityChanged()
  }

  // MARK: Writing

  /// Sends what came on the other connection.
  func pass(_ bytes: ByteBuffer) {
    guard !isClosed, let context else { return }
    mustFlush = true
    context.write(Self.wrapOutboundOut(bytes), promise: nil)
  }

  /// Sends a close frame that came on the other connection; nothing follows it.
  func passClose(_ frame: ByteBuffer) {
    pass(frame)
    isClosed = true
  }

  /// Sends a close frame of the relay's own, as soon as no frame is under way.
  func sendClose(_ close: CloseFrame) {
    guard !isClosed else { return }
    ownClose = close
    ownPing = nil
    putOwnFrames()
  }

  /// Sends a ping of the relay's own, as soon as no frame is under way.
  func sendPing(_ payload: [UInt8]) {
    guard !isClosed, ownClose == nil else { return }
    ownPing = payload
    putOwnFrames()
  }

  /// Whether a frame waits for the end of another.
  var hasOwnFrame: Bool { ownClose != nil || ownPing != nil }

  /// Sends what waits for the end of a frame, if this is one.
  func putOwnFrames() {
    guard hasOwnFrame, let other, let context else { return }
    guard other.tracker.isBetweenFrames else {
      // That frame will never end, so nobody can be told why.
      if other.isInactive, ownClose != nil, !isClosed {
        isClosed = true
        closeWhenTaken(context)
      }
      return
    }
    if let ping = ownPing {
      pass(ByteBuffer(control: .ping, ping, to: side))
      tunnel?.pinged()
    }
    ownPing = nil
    guard let close = ownClose else { return }
    ownClose = nil
    passClose(ByteBuffer(control: .close, close.payload, to: side))
    if isFinishing { finish() }
  }

  func flush() {
    guard mustFlush, let context else { return }
    mustFlush = false
    context.flush()
  }

  /// Bytes that were written and not taken by the socket.
  var bufferedBytes: Int { context.flatMap { try? $0.channel.syncOptions?.getOption(ChannelOptions.bufferedWritableBytes) } ?? 0 }

  // MARK: Ending

  /// Ends the sending side behind the close frame and waits for the end of the other's, so that the frame is not lost to a reset.
  func finish() {
    guard let context else { return }
    isFinishing = true
    guard ownClose == nil else { return }
    flush()
    if isInputClosed { return closeWhenTaken(context) }
    context.close(mode: .output, promise: nil)
    read()
  }

  private func closeWhenTaken(_ context: ChannelHandlerContext) {
    let taken = context.eventLoop.makePromise(of: Void.self)
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    taken.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
    context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer()), promise: taken)
  }

  /// Ends the connection, whatever waits.
  func cutOff() { if !isInactive { context?.close(promise: nil) } }

  /// Ends the connection with a reset.
  func cut() {
    guard let context else { return }
    _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
    context.close(promise: nil)
  }
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
