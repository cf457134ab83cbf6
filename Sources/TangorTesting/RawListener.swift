import NIOCore
import NIOPosix

/// A server on a free port of this machine that leaves all it does to the test.
public final class RawListener: Sendable {
  private let channel: any Channel
  private let accepted: AsyncStream<RawConnection>

  /// Listens on 127.0.0.1.
  ///
  /// - Parameter takesBytes: Whether anything is read from its connections.
  public init(takesBytes: Bool = true) async throws {
    let (stream, continuation) = AsyncStream<RawConnection>.makeStream()
    accepted = stream
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.autoRead, value: takesBytes)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let collector = RawConnection.Collector()
          try channel.pipeline.syncOperations.addHandler(collector)
          continuation.yield(RawConnection(channel: channel, collector: collector))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    channel.closeFuture.whenComplete { _ in continuation.finish() }
  }

  /// The port.
  public var port: Int { channel.localAddress?.port ?? 0 }

  /// The next connection; nil when it listens no more. To be called by one task at a time.
  public func accept() async -> RawConnection? { await accepted.first { _ in true } }

  /// Listens no more.
  public func close() async { try? await channel.close().get() }
}
