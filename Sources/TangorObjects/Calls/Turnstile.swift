import Synchronization
package import TangorCore

/// Lets a number of callers in at a time, first come first in. Nobody who waits holds a thread.
package final class Turnstile: Sendable {
  /// The time for going in has passed.
  struct TooLate: Error {}

  private let state: Mutex<TurnstileState<CheckedContinuation<Void, any Error>>>

  /// - Parameter capacity: How many may be inside at a time.
  package init(capacity: Int = 1) { state = Mutex(TurnstileState(capacity: capacity)) }

  /// How many are inside, and how many wait.
  package var counts: (inside: Int, waiting: Int) { state.withLock { ($0.inside, $0.waitingCount) } }

  /// Goes in if that is possible at once. Each entry is followed by one ``leave()``.
  package func tryEnter() -> Bool { state.withLock { $0.tryEnter() } }

  /// Goes in, and waits for it if need be.
  ///
  /// - Parameters:
  ///   - deadline: The moment after which it is too late; `nil` for never.
  ///   - time: Where time comes from.
  /// - Throws: `TooLate`, or `CancellationError` when the task is cancelled; it is outside then.
  package func enter(until deadline: Duration?, _ time: TimeSource) async throws {
    if tryEnter() { return }
    let number = state.withLock { $0.arrive() }
    let timer = deadline.map { deadline in
      Task {
        try await time.sleep(deadline)
        self.giveUp(number, TooLate())
      }
    }
    defer { timer?.cancel() }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        switch state.withLock({ $0.enter(number, continuation) }) {
        case .entered: continuation.resume()
        case .gaveUp(let error): continuation.resume(throwing: error)
        case .waits: break
        }
      }
    } onCancel: {
      giveUp(number, CancellationError())
    }
  }

  private func giveUp(_ number: Int, _ error: any Error) {
    state.withLock { $0.giveUp(number, error) }?.resume(throwing: error)
  }

  /// Goes out, and lets the next one in.
  package func leave() { state.withLock { $0.leave() }?.resume() }
}
