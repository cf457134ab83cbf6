import NIOConcurrencyHelpers

/// The senders that wait until a peer has taken what was sent to it before.
final class RoomWaiters: Sendable {
  private struct State {
    var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
    var last = 0
    var isClosed = false
  }

  private let state = NIOLockedValueBox(State())

  /// Waits until ``resumeAll()``.
  ///
  /// - Parameter listed: Called once the waiter is listed, to look again whether there is room: nobody may come by later to say so.
  /// - Throws: `CancellationError` after ``close()`` and when the task is cancelled.
  func wait(_ listed: () -> Void) async throws {
    let id = state.withLockedValue { state in
      state.last += 1
      return state.last
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let waits = state.withLockedValue { state in
          guard !state.isClosed, !Task.isCancelled else { return false }
          state.waiters[id] = continuation
          return true
        }
        guard waits else { return continuation.resume(throwing: CancellationError()) }
        listed()
      }
    } onCancel: {
      state.withLockedValue { $0.waiters.removeValue(forKey: id) }?.resume(throwing: CancellationError())
    }
  }

  /// Lets all who wait go on.
  func resumeAll() {
    for waiter in takeAll() { waiter.resume() }
  }

  /// Turns all who wait away, and those who come later.
  func close() {
    state.withLockedValue { $0.isClosed = true }
    for waiter in takeAll() { waiter.resume(throwing: CancellationError()) }
  }

  private func takeAll() -> [CheckedContinuation<Void, any Error>] {
    state.withLockedValue { state in
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
  }
}
