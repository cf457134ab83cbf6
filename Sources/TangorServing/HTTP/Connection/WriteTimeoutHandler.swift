import Logging
import NIOCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Cuts off a connection whose client does not take what was written to it.
///
/// It stands nearest to the socket, so it sees the bytes as they travel. What the kernel takes counts as taken; a connection where
/// nothing waits costs a look at a counter for each flush and no timer.
final class WriteTimeoutHandler: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = IOData
  typealias OutboundOut = IOData

  /// Bytes a second that a client takes at least, beyond the time-out.
  static let minimumRate = 1_024

  private let timeout: TimeAmount
  private let logger: Logger
  /// Bytes written since the last flush.
  private var unflushed = 0
  /// Bytes that waited for the client when that was last looked at.
  private var waiting = 0
  /// What the client may still take; nil while nothing waits for it.
  private var pace: TransferPace?
  private var timer: Scheduled<Void>?

  /// - Parameters:
  ///   - timeout: How long the client may take nothing while something waits for it.
  ///   - logger: Where it is told that a client was cut off.
  init(timeout: TimeAmount, logger: Logger) {
    self.timeout = timeout
    self.logger = logger
  }

  func handlerAdded(context: ChannelHandlerContext) {
    // It may come to a connection where something waits already.
    count(Self.buffered(context.channel))
    if pace != nil { schedule(context) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    pace = nil
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    unflushed += Self.unwrapOutboundIn(data).readableBytes
    context.write(data, promise: promise)
  }

  func flush(context: ChannelHandlerContext) {
    if pace != nil { count(Self.buffered(context.channel) - unflushed) }
    waiting += unflushed
    unflushed = 0
    context.flush()
    count(Self.buffered(context.channel))
    if pace != nil, timer == nil { schedule(context) }
  }

  /// Notes how much waits for the client now; what waits no more was taken.
  private func count(_ buffered: Int) {
    let taken = waiting - buffered
    waiting = buffered
    guard buffered > 0 else {
      pace = nil
      return
    }
    let now = NIODeadline.now()
    if pace == nil { pace = TransferPace(patience: timeout, rate: Self.minimumRate, now: now) } else { pace?.moved(taken, at: now) }
  }

  private func schedule(_ context: ChannelHandlerContext) {
    guard let pace else { return }
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: pace.deadline(at: .now())) {
      self.timer = nil
      self.check(context)
    }
  }

  private func check(_ context: ChannelHandlerContext) {
    guard pace != nil else { return }
    count(Self.buffered(context.channel) - unflushed)
    guard let pace else { return }
    guard NIODeadline.now() >= pace.deadline(at: .now()) else { return schedule(context) }
    logger.info(
      "A client was cut off, because it does not take its response",
      metadata: ["client": "\(Client(channel: context.channel).address)", "bytes": "\(waiting)"])
    // A reset: the kernel must not go on offering what it holds, and the client sees that this was no end.
    _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
    context.close(promise: nil)
  }

  /// Bytes that were written to a channel and not taken by its socket.
  static func buffered(_ channel: any Channel) -> Int {
    (try? channel.syncOptions?.getOption(ChannelOptions.bufferedWritableBytes)) ?? 0
  }
}
