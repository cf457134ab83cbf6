import Synchronization

/// The result of a task, which may be waited for by many: a value once it is there, and a line of those who wait.
final class TaskResult<Value: Sendable>: Sendable, TaskEnding {
  private struct State {
    var result: Result<Value, any Error>?
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    var lastID = 0
    /// Why nobody can wait any more, though the task goes on.
    var refusal: TangorError?
  }

  private let state = Mutex(State())

  var result: Result<Value, any Error>? { state.withLock { $0.result } }

  /// Sets the result, once, and lets those who wait go on.
  func set(_ result: Result<Value, any Error>) {
    let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      guard state.result == nil else { return [] }
      state.result = result
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.resume() }
  }

  func fail(_ error: any Error) { set(.failure(error)) }

  func refuse(_ error: TangorError) {
    let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      state.refusal = error
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Waits for the result.
  ///
  /// - Throws: The task's error; `CancellationError` when who waits is cancelled; what `refuse(_:)` was given.
  func get() async throws -> Value {
    await ready()
    let (result, refusal) = state.withLock { ($0.result, $0.refusal) }
    if let result { return try result.get() }
    throw refusal ?? CancellationError()
  }

  /// Returns once there is a result, when it is refused, or when the task that waits is cancelled.
  func ready() async {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          guard state.result == nil, state.refusal == nil, !Task.isCancelled else { return false }
          state.waiters[id] = continuation
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
    }
  }
}

/// A result of some type.
protocol TaskEnding: AnyObject, Sendable {
  /// Ends it with an error, unless it has ended.
  func fail(_ error: any Error)
  /// Lets nobody wait for it any more: what waits gets the error, unless the result is there.
  func refuse(_ error: TangorError)
}
