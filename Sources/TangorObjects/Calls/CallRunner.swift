package import TangorCore
import TangorJSON

/// Runs calls that cannot be answered at once: each begins in its turn or not at all, and ends in time or is left behind.
package final class CallRunner: Sendable {
  let time: TimeSource
  let places: Turnstile
  let threads: WorkerThreads

  /// - Parameters:
  ///   - maximumWorkers: How many calls may run at a time.
  ///   - time: Where time comes from.
  package init(maximumWorkers: Int, time: TimeSource) {
    self.time = time
    places = Turnstile(capacity: maximumWorkers)
    threads = WorkerThreads(maximum: maximumWorkers)
  }

  /// Runs asynchronous code.
  ///
  /// - Parameters:
  ///   - turns: What it must go through before it begins, in this order. They are kept until the work has ended.
  ///   - deadline: The moment by which it must have begun.
  ///   - timeLimit: How long it may run.
  ///   - work: What it does.
  /// - Throws: `call_not_started`, `timeout`, `CancellationError`, or what the work throws.
  func run(turns: [Turnstile], deadline: Duration, timeLimit: Duration?, _ work: @escaping AsynchronousCall) async throws -> JSONFragment {
    let passed = try await enter(turns + [places], until: deadline)
    let leave: @Sendable () -> Void = { for turn in passed.reversed() { turn.leave(helping: true) } }
    guard !Task.isCancelled else {
      leave()
      throw CancellationError()
    }
    let promise = CallPromise<JSONFragment>()
    let task = Task {
      let result: Result<JSONFragment, any Error>
      do { result = .success(try await work()) } catch { result = .failure(error) }
      leave()
      promise.settle(result)
    }
    let time = time
    let timer = timeLimit.map { limit in
      let end = time.now() + limit
      return Task {
        try await time.sleep(end)
        promise.settle(.failure(TangorError.timeout(after: limit)))
        task.cancel()
      }
    }
    defer { timer?.cancel() }
    return try await withTaskCancellationHandler {
      try await promise.value
    } onCancel: {
      promise.settle(.failure(CancellationError()))
      task.cancel()
    }
  }

  /// Does something quick once its turns have come, without a place on the pool.
  ///
  /// - Throws: `call_not_started`, `CancellationError`, or what the body throws.
  func inTurn<Value: Sendable>(_ turns: [Turnstile], until deadline: Duration, _ body: @Sendable () throws -> Value) async throws -> Value {
    let passed = try await enter(turns, until: deadline)
    defer { for turn in passed.reversed() { turn.leave() } }
    try Task.checkCancellation()
    return try body()
  }

  private func enter(_ turns: [Turnstile], until deadline: Duration) async throws -> [Turnstile] {
    var passed: [Turnstile] = []
    do {
      guard time.now() <= deadline else { throw Turnstile.TooLate() }
      for turn in turns {
        try await turn.enter(until: deadline, time)
        passed.append(turn)
      }
      return passed
    } catch {
      for turn in passed.reversed() { turn.leave() }
      guard error is Turnstile.TooLate else { throw error }
      throw TangorError.callNotStarted
    }
  }
}

extension TangorError {
  /// A call waited too long for its turn.
  static var callNotStarted: TangorError {
    TangorError(.callNotStarted, "The call could not begin in time, and will not begin any more. Try again.", retryAfter: .seconds(1))
  }

  /// A call ran too long.
  static func timeout(after limit: Duration) -> TangorError {
    TangorError(.timeout, "The call did not end within its time limit of \(limit.unitDescription).")
  }
}
