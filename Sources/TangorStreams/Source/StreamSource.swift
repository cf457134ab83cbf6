/// A sequence with its type erased, whose elements are taken one at a time by one stream.
///
/// Sources are made from synchronous and asynchronous sequences and from a ``Generator``. Elements are computed only when they are asked
/// for; nothing runs ahead.
///
/// A synchronous sequence is stepped on the thread that asks, without a task. It should be quick: one that computes for long or blocks
/// belongs behind ``blocking()``, and one whose step never returns can only be left behind, never ended.
public struct StreamSource: Sendable {
  package enum Steps: Sendable {
    case synchronous(any SynchronousSteps)
    case asynchronous(any AsynchronousSteps)
  }

  package let steps: Steps
  /// Whether steps run on the pool for blocking work instead of the thread that asks.
  package private(set) var isBlocking = false

  /// Whether pulls may be answered on an event loop.
  package private(set) var isQuick = false

  package init(_ steps: Steps) { self.steps = steps }

  /// The same source, marked as one whose every step takes microseconds and never blocks. Plain pulls of it are then answered on the
  /// event loop, at half the cost.
  ///
  /// Only synchronous sequences are changed by it.
  public func quick() -> Self {
    guard case .synchronous = steps, !isBlocking else { return self }
    var source = self
    source.isQuick = true
    return source
  }

  func cancel() {
    if case .asynchronous(let steps) = steps { steps.cancel() }
  }

  /// The same source with its steps on a small pool of threads, for synchronous sequences that block or compute for long.
  ///
  /// Asynchronous sequences are not changed by it: they must not block.
  public func blocking() -> Self {
    var source = self
    source.isBlocking = true
    return source
  }
}
