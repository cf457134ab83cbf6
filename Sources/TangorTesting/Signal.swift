import Synchronization

/// Something that happens, once or more, and can be waited for: each waiting takes one happening.
public final class Signal: Sendable {
  private let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .unbounded)
  private let count = Mutex(0)

  public init() {}

  /// How often it happened beyond what was waited for.
  public var waitingCount: Int { count.withLock { $0 } }

  /// Says that it happened.
  public func fire() {
    count.withLock { $0 += 1 }
    continuation.yield()
  }

  /// Waits until it happens, or takes one time that it has; returns at once when the task is cancelled.
  public func wait() async {
    for await _ in stream {
      count.withLock { $0 -= 1 }
      return
    }
  }
}
