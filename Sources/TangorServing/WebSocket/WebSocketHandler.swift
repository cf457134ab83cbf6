package import NIOCore
import TangorCore

/// One WebSocket: frames, messages, control frames, compression, back-pressure and the closing handshake, in one channel handler.
///
/// Everything here happens on the connection's event loop. An idle socket holds no buffer, no timer and no compressor of its own;
/// what can be shared lies in ``WebSocketEventLoop``.
package final class WebSocketHandler: ChannelDuplexHandler, UpgradedHandler, LoopSocket {
  package typealias InboundIn = ByteBuffer
  package typealias InboundOut = Never
  package typealias OutboundIn = Never
  package typealias OutboundOut = ByteBuffer

  /// Where the closing handshake stands.
  enum Phase {
    case open
    /// Our close frame is out, the peer's has not come.
    case closing
    /// Both close frames have passed, or the peer broke the protocol; what still comes is thrown away until it ends.
    case draining
    case closed
  }

  let configuration: WebSocketConfiguration
  let deflate: DeflateParameters?
  let shared: WebSocketEventLoop
  private var delegate: (any WebSocketDelegate)?
  private(set) var context: ChannelHandlerContext?
  private var reader: MessageReader
  /// What has come and could not be used yet: the beginning of a frame, or what follows a message while reading is held.
  private var unread = ByteBuffer()
  var outbox: WebSocketOutbox
  private(set) var phase = Phase.open
  private var closeCode: WebSocketCloseCode = .abnormal
  private var isReading = false
  private var isFlushScheduled = false
  private var isFlushing = false
  /// Whether messages are sent that share a write.
  private var isGathering = false
  /// Whether frames that others share were refused, so that the delegate waits to hear of room.
  private var wantsRoom = false
  private var holds = 0
  private var isReadPending = false
  private var lastHeard = NIODeadline.uptimeNanoseconds(0)
  private var hasHeard = true
  /// When the closing handshake or the answer to a ping must be complete.
  private var deadline: NIODeadline?

  init(configuration: WebSocketConfiguration, deflate: DeflateParameters?, shared: WebSocketEventLoop, delegate: any WebSocketDelegate) {
    self.configuration = configuration
    self.deflate = deflate
    self.shared = shared
    self.delegate = delegate
    reader = MessageReader(maximumSize: configuration.maximumMessageSize.bytes, deflate: deflate)
    outbox = WebSocketOutbox(limit: configuration.bufferSize.bytes)
  }

  /// The connection's event loop.
  package var eventLoop: any EventLoop { shared.eventLoop }
  /// Whether messages can still be sent.
  package var isOpen: Bool { phase == .open && context != nil }
  /// Bytes that wait because the peer reads slowly.
  package var bufferedBytes: Int { outbox.waitingBytes }

  // MARK: The channel's life

  package func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    shared.add(self)
    delegate?.webSocketOpened(self)
    flush()
    read(context: context)
  }

  package func handedOver() { flush() }

  package func handlerRemoved(context: ChannelHandlerContext) {
    finish()
    self.context = nil
  }

  package func channelInactive(context: ChannelHandlerContext) {
    finish()
    context.fireChannelInactive()
  }

  /// Takes the closing that the HTTP server orders when it lets go of the connection; the socket lives on.
  ///
  /// What this handler closes itself starts from its own place in the pipeline and does not come by here.
  package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) { promise?.succeed() }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    // Hummingbird's server allows half-closed connections; a WebSocket has no use for one.
    case let event as ChannelEvent where event == .inputClosed: context.close(promise: nil)
    // Not passed on: the HTTP handlers behind would close the connection without a word.
    case is ChannelShouldQuiesceEvent: close(.goingAway, "the server is going down")
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  private func finish() {
    guard phase != .closed else { return }
    phase = .closed
    shared.remove(self)
    let delegate = self.delegate
    self.delegate = nil
    unread = ByteBuffer()
    outbox.removeAll()
    delegate?.webSocketClosed(self, closeCode)
  }

  /// Called each second: pings a silent peer, and gives up on one that does not answer.
  package func tick(_ now: NIODeadline) {
    if hasHeard {
      hasHeard = false
      lastHeard = now
    }
    if let deadline {
      guard now >= deadline else { return }
      if phase == .open {
        closeCode = .pingTimeout
        sendClose(.pingTimeout, "no pong came in time")
        drain()
      } else {
        context?.close(promise: nil)
      }
    } else if now >= lastHeard + TimeAmount(configuration.pingInterval) {
      deadline = now + TimeAmount(configuration.pingTimeout)
      outbox.appendControl(.ping, UnsafeRawBufferPointer(start: nil, count: 0))
      flush()
    }
  }

  // MARK: Reading

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    hasHeard = true
    if phase == .open { deadline = nil }
    guard phase != .draining, phase != .closed else { return }
    var received = Self.unwrapInboundIn(data)
    if unread.readableBytes > 0 {
      unread.writeBuffer(&received)
      parseUnread()
    } else {
      shared.withScratch { scratch in
        scratch.writeBuffer(&received)
        parse(&scratch)
        if scratch.readableBytes > 0, phase == .open || phase == .closing { unread.writeBuffer(&scratch) }
      }
    }
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    flush()
    read(context: context)
  }

  private func parseUnread() {
    var buffer = unread
    unread = ByteBuffer()
    parse(&buffer)
    if buffer.readableBytes > 0 {
      // Bytes that came in meanwhile (a delegate may have let reading go on) stand behind what is left.
      var later = unread
      buffer.discardReadBytes()
      buffer.writeBuffer(&later)
      unread = buffer
    }
  }

  private func parse(_ buffer: inout ByteBuffer) {
    isReading = true
    var consumed = 0
    buffer.withUnsafeMutableReadableBytes { bytes in
      while phase == .open || phase == .closing {
        // A peer that does not read, or work that is behind, stops the reading here, in the middle of a batch.
        if phase == .open, isHeld { break }
        do throws(WebSocketViolation) {
          let event = try reader.next(bytes, &consumed)
          if case .needsMore = event { break }
          handle(event)
        } catch {
          fail(error)
          consumed = bytes.count
        }
      }
    }
    isReading = false
    buffer.moveReaderIndex(forwardBy: consumed)
  }

  private func handle(_ event: MessageReader.Event) {
    switch event {
    case .needsMore, .pong: break
    case .message(let kind, let bytes):
      if phase == .open { delegate?.webSocket(self, received: kind, bytes) }
    case .ping(let payload): if phase == .open { outbox.appendControl(.pong, payload) }
    case .close(let code, _):
      if phase == .open {
        closeCode = code ?? .noStatus
        sendClose(code, "")
      }
      drain()
    }
  }

  private func fail(_ violation: WebSocketViolation) {
    closeCode = violation.code
    sendClose(violation.code, "\(violation.reason)")
    drain()
  }

  // MARK: Holding the peer back

  private var isHeld: Bool { holds > 0 || outbox.waitingBytes > 0 || context?.channel.isWritable == false }

  /// Stops taking messages from the peer until as many ``releaseReading()`` have followed.
  package func holdReading() { holds += 1 }

  /// Takes one ``holdReading()`` back.
  package func releaseReading() {
    holds -= 1
    if holds == 0, !isReading { resumeReading() }
  }

  package func read(context: ChannelHandlerContext) {
    if phase == .open, isHeld { isReadPending = true } else { context.read() }
  }

  package func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      flush()
      if outbox.waitingBytes == 0, wantsRoom, context.channel.isWritable { tellOfRoom() }
      if !isReading { resumeReading() }
    }
    context.fireChannelWritabilityChanged()
  }

  private func resumeReading() {
    if unread.readableBytes > 0, phase == .open, !isHeld {
      parseUnread()
      flush()
    }
    if isReadPending, phase != .open || !isHeld, let context {
      isReadPending = false
      context.read()
    }
  }

  // MARK: Writing

  /// Sends a message.
  ///
  /// - Returns: Whether it was sent or waits to be; `false` when the connection is closed or has just been closed by the policy.
  @discardableResult
  package func send(_ kind: WebSocketMessageKind, _ bytes: UnsafeRawBufferPointer, policy: SlowReaderPolicy) -> Bool {
    guard phase == .open, let context else { return false }
    if outbox.waitingBytes == 0, context.channel.isWritable {
      if isLong(bytes.count) { outbox.begin(kind, ByteBuffer(bytes: bytes)) } else { encode(kind, bytes) }
      if outbox.encodedBytes >= 65_536 { write() }
    } else {
      switch outbox.wait(kind, bytes, policy: policy) {
      case .waits: break
      case .dropped(let count): delegate?.webSocket(self, dropped: count)
      case .full:
        close(.tryAgainLater, "the peer reads too slowly")
        return false
      }
    }
    flushSoon()
    return true
  }

  /// Sends messages that other sockets of this event loop get too, without copying them, in one write.
  ///
  /// - Returns: Whether they were sent. They are not when the connection is closed, nor while the peer has not taken what was sent
  ///   before; then the delegate hears of room by ``WebSocketDelegate/webSocketDrained(_:)``.
  package func send(_ frames: SharedFrames) -> Bool {
    guard phase == .open, let context else { return false }
    guard outbox.waitingBytes == 0, context.channel.isWritable else {
      wantsRoom = true
      return false
    }
    let bytes: ByteBuffer
    if let deflate, frames.hasMessage(from: configuration.compression.minimumSize.bytes) {
      bytes = frames.compressed(configuration.compression, windowBits: deflate.serverWindowBits, shared)
      // The peer's window has moved on without our own compressor, which begins anew therefore.
      outbox.deflater = nil
    } else {
      bytes = frames.plain
    }
    if let own = outbox.takeEncoded() { context.write(Self.wrapOutboundOut(own), promise: nil) }
    context.writeAndFlush(Self.wrapOutboundOut(bytes), promise: nil)
    return true
  }

  /// Hands what is encoded to the channel without flushing.
  private func write() {
    guard let context, let bytes = outbox.takeEncoded() else { return }
    context.writeAndFlush(Self.wrapOutboundOut(bytes), promise: nil)
  }

  /// Writes all there is to write, as far as the peer takes it.
  func flush() {
    // The channel tells of room while it is written to; what writes goes on by itself then.
    guard let context, !isFlushing else { return }
    isFlushing = true
    let waited = outbox.waitingBytes > 0
    repeat {
      write()
      while context.channel.isWritable, let (header, payload) = outbox.popFrame() {
        context.write(Self.wrapOutboundOut(header), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(payload), promise: nil)
      }
      while context.channel.isWritable, !outbox.isInsideMessage, outbox.encodedBytes < 65_536, let (kind, buffer) = outbox.popWaiting() {
        if isLong(buffer.readableBytes) { outbox.begin(kind, buffer) } else { buffer.withUnsafeReadableBytes { encode(kind, $0) } }
      }
      write()
    } while context.channel.isWritable && outbox.waitingBytes > 0
    isFlushing = false
    // Who waited must hear of it now, even when the channel is full again: nothing may wait at the next turn.
    if waited, outbox.waitingBytes == 0 {
      tellOfRoom()
      if !isReading { resumeReading() }
    }
  }

  private func tellOfRoom() {
    wantsRoom = false
    delegate?.webSocketDrained(self)
  }

  /// Sends several messages in one write.
  ///
  /// - Parameter body: Sends them.
  package func gather(_ body: () -> Void) {
    isGathering = true
    body()
    isGathering = false
    if !isReading { flush() }
  }

  /// Writes at the end of this turn of the event loop, so that all that is sent in one turn shares a write.
  private func flushSoon() {
    guard !isReading, !isGathering, !isFlushScheduled else { return }
    isFlushScheduled = true
    let me = NIOLoopBound(self, eventLoop: eventLoop)
    eventLoop.execute {
      me.value.isFlushScheduled = false
      me.value.flush()
    }
  }

  // MARK: Closing

  /// Begins the closing handshake. What waits for a slow reader is dropped.
  package func close(_ code: WebSocketCloseCode, _ reason: String = "") {
    guard phase == .open, context != nil else { return }
    closeCode = code
    sendClose(code, reason)
    phase = .closing
    if !isReading {
      flush()
      resumeReading()
    }
  }

  /// Ends the connection without a word.
  package func abort() { context?.close(promise: nil) }

  private func sendClose(_ code: WebSocketCloseCode?, _ reason: String) {
    guard phase == .open else { return }
    deadline = .now() + TimeAmount(configuration.closeTimeout)
    outbox.dropWaiting()
    var payload = ByteBuffer()
    if let code {
      payload.writeInteger(code.rawValue)
      payload.writeString(String(decoding: reason.utf8.prefix(123), as: UTF8.self))
    }
    payload.withUnsafeReadableBytes { outbox.appendControl(.close, $0) }
  }

  /// Ends our side and waits for the end of the peer's, so that the close frame is not lost to a reset connection.
  private func drain() {
    guard phase == .open || phase == .closing, let context else { return }
    phase = .draining
    deadline = deadline ?? .now() + TimeAmount(configuration.closeTimeout)
    flush()
    unread = ByteBuffer()
    context.close(mode: .output, promise: nil)
    if isReadPending {
      isReadPending = false
      context.read()
    }
  }
}
