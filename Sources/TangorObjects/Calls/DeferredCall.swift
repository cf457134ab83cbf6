import Synchronization
import TangorCore
package import TangorJSON

/// A call of synchronous code that could not be answered at once. It waits for its turns, runs, and tells its outcome, without a task of
/// its own.
package final class DeferredCall: Sendable {
  /// Gets the outcome, once, on any thread and with no lock held; must be quick.
  package typealias Completion = @Sendable (Result<JSONFragment, any Error>) -> Void

  private struct State {
    var completion: Completion?
    var isAnswered = false
    /// How many turnstiles have let it in.
    var passed = 0
    /// The number under which it waits before the next one.
    var number: Int?
    var result: Result<JSONFragment, any Error>?
    var timer: Task<Void, Never>?
  }

  private let runner: CallRunner
  /// What it must go through before it begins, in this order. They are kept until the work has ended.
  private let turns: [Turnstile]
  private let deadline: Duration
  private let timeLimit: Duration?
  /// Whether it may run on whichever thread its last turn comes; otherwise it runs on a thread of the pool.
  private let isQuick: Bool
  private let path: String
  private let body: @Sendable () throws -> JSONFragment
  private let state = Mutex(State())

  /// - Parameters:
  ///   - runner: Has the pool.
  ///   - turns: What the call must go through before it begins, in this order, beside a place on the pool.
  ///   - deadline: The moment by which it must have begun.
  ///   - timeLimit: How long it may run on the pool.
  ///   - isQuick: Whether it needs no thread of the pool.
  ///   - path: What is called, for messages.
  ///   - body: What it does.
  init(
    _ runner: CallRunner, turns: [Turnstile], deadline: Duration, timeLimit: Duration?, isQuick: Bool, path: String,
    _ body: @escaping @Sendable () throws -> JSONFragment
  ) {
    self.runner = runner
    self.turns = isQuick ? turns : turns + [runner.places]
    self.deadline = deadline
    self.timeLimit = timeLimit
    self.isQuick = isQuick
    self.path = path
    self.body = body
  }

  /// Begins. Called once, where no lock is held.
  ///
  /// - Parameter completion: Gets the outcome, perhaps before this returns.
  package func start(_ completion: @escaping Completion) {
    let isCancelled = state.withLock { state in
      if !state.isAnswered { state.completion = completion }
      return state.isAnswered
    }
    guard !isCancelled else { return completion(.failure(TangorError(calling: path, CancellationError()))) }
    guard runner.time.now() <= deadline else { return answer(.failure(TangorError.callNotStarted)) }
    _ = proceed(from: 0)
  }

  /// Ends it for its caller: when it has not begun to run, it never will; what runs already goes on in vain.
  package func cancel() {
    answer(.failure(CancellationError()))
    // Who gets its number later finds it answered, and gives up itself.
    let waiting = state.withLock { state in state.number.map { (turn: state.passed, number: $0) } }
    if let waiting { turns[waiting.turn].giveUp(waiting.number) }
  }

  // MARK: Turns

  /// Goes through the turnstiles from one on, and runs when the last one has let it in.
  ///
  /// - Returns: Whether it is over for the turnstile before; the others have been left then.
  private func proceed(from first: Int) -> Turnstile.Stay {
    for index in first..<turns.count {
      guard let number = turns[index].enter(until: deadline, runner.time, { self.admitted(to: index, $0) }) else { continue }
      let hasGone = state.withLock { state in
        // It may have been let in since, and may be anywhere by now.
        guard state.passed <= index else { return false }
        state.passed = index
        state.number = number
        return state.isAnswered
      }
      if hasGone { turns[index].giveUp(number) }
      return .goesOn
    }
    guard isQuick else {
      runner.threads.submit(self)
      return .goesOn
    }
    perform()
    leave(turns.count, except: first - 1)
    finishAnswering()
    return .isOver
  }

  private func admitted(to index: Int, _ admission: Turnstile.Admission) -> Turnstile.Stay {
    let isAnswered = state.withLock { state in
      state.passed = index + 1
      state.number = nil
      return state.isAnswered
    }
    if admission == .entered, !isAnswered, runner.time.now() <= deadline { return proceed(from: index + 1) }
    leave(index, helping: admission == .entered)
    if admission != .gaveUp { answer(.failure(TangorError.callNotStarted)) }
    return .isOver
  }

  /// Leaves the first ones of the turnstiles.
  private func leave(_ count: Int, except kept: Int? = nil, helping: Bool = true) {
    for index in turns[..<count].indices.reversed() where index != kept { turns[index].leave(helping: helping) }
  }

  // MARK: Outcome

  private func finishAnswering() {
    if let result = state.withLock({ $0.result }) { answer(result) }
  }

  /// Tells the outcome. The first one counts; the others are dropped.
  private func answer(_ result: Result<JSONFragment, any Error>) {
    let (completion, timer) = state.withLock { state -> (Completion?, Task<Void, Never>?) in
      guard !state.isAnswered else { return (nil, nil) }
      state.isAnswered = true
      defer { (state.completion, state.timer, state.result) = (nil, nil, nil) }
      return (state.completion, state.timer)
    }
    timer?.cancel()
    completion?(result.mapError { TangorError(calling: path, $0) })
  }
}

extension DeferredCall: WorkerJob {
  func perform() {
    guard !state.withLock({ $0.isAnswered }) else { return }
    if let timeLimit, !isQuick { limit(to: timeLimit) }
    let result = Result { try body() }
    state.withLock { $0.result = result }
  }

  func finish() {
    leave(turns.count)
    finishAnswering()
  }

  private func limit(to timeLimit: Duration) {
    let end = runner.time.now() + timeLimit
    let timer = Task { [weak self, time = runner.time] in
      guard (try? await time.sleep(end)) != nil else { return }
      self?.answer(.failure(TangorError.timeout(after: timeLimit)))
    }
    state.withLock { $0.timer = timer }
  }
}

extension DeferredCall {
  /// Runs it in a task; cancelling the task cancels it.
  ///
  /// - Throws: The call's error.
  package func callAsFunction() async throws -> JSONFragment {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        start { continuation.resume(with: $0) }
      }
    } onCancel: {
      cancel()
    }
  }
}
