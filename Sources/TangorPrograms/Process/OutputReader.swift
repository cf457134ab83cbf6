import NIOCore
import NIOPosix

/// Reads what a child prints to one of its streams, within a budget, and hands it on.
final class OutputReader: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias Sink = @Sendable (OutputStream, ByteBuffer) -> Void

  private let stream: OutputStream
  private let sink: Sink
  /// Set when nothing follows.
  private let end: Once<Void>
  private var budget = ReadBudget()

  init(_ stream: OutputStream, end: Once<Void>, _ sink: @escaping Sink) {
    self.stream = stream
    self.end = end
    self.sink = sink
  }

  func handlerRemoved(context: ChannelHandlerContext) { end.set(()) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    let pause = budget.take(buffer.readableBytes, at: .nanoseconds(Int64(clamping: context.eventLoop.now.uptimeNanoseconds)))
    sink(stream, buffer)
    if let pause { self.pause(context, for: pause) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A pipe that cannot be read has nothing more to say; the process's end is told by the system.
    context.close(promise: nil)
  }

  private func pause(_ context: ChannelHandlerContext, for time: Duration) {
    // Setting the option fails on a closed channel alone, which reads nothing anyway.
    try? context.channel.syncOptions?.setOption(.autoRead, value: false)
    let channel = NIOLoopBound(context.channel, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: TimeAmount(time)) {
      try? channel.value.syncOptions?.setOption(.autoRead, value: true)
    }
  }

  /// Begins to read a pipe.
  ///
  /// - Parameters:
  ///   - pipe: The end to read from, which is the channel's from now on.
  ///   - stream: What the child prints to it.
  ///   - eventLoop: Where it is read.
  ///   - end: Set when nothing follows.
  ///   - sink: What gets the bytes, on the event loop.
  /// - Returns: The channel, which closes at the end of the pipe.
  static func open(
    _ pipe: Descriptor, _ stream: OutputStream, on eventLoop: any EventLoop, end: Once<Void>, sink: @escaping Sink
  ) async throws -> any Channel {
    guard let descriptor = pipe.take() else { throw ChannelError.alreadyClosed }
    do {
      return try await NIOPipeBootstrap(group: eventLoop)
        .channelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1 << 10, initial: 4 << 10, maximum: 64 << 10))
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(OutputReader(stream, end: end, sink)) }
        }
        .takingOwnershipOfDescriptor(input: descriptor).get()
    } catch {
      // The descriptor is the bootstrap's only when it succeeds.
      Descriptor(descriptor).close()
      throw error
    }
  }
}
