import TangorCore
import Synchronization

/// How the sequence is stepped.
///
/// One driver at a time: the state machine says who begins, and that driver goes on while the machine wants a step. A driver that works for
/// a pull of its own stops once that pull is answered, and hands over to a task if others wait, so that nobody's answer waits for another's
/// value.
extension KeyedStream {
  /// Elements in a row that a driver takes without answering its own pull before it makes way for others.
  private static var turn: Int { 64 }
  /// How long a driver goes on to fill an answer that has a value already.
  private static var fillTime: Duration { .milliseconds(20) }

  /// Steps the sequence while the machine wants it.
  ///
  /// - Parameter own: The pull that the caller waits for; nil for a driver that serves whoever waits.
  /// - Returns: The answer of the caller's own pull if it came.
  @discardableResult
  func drive(for own: Int?, onPool: Bool = false) -> Answer? {
    guard let source = state.withLock({ $0.source }) else { return takeAnswer(own) }
    switch source.steps {
    case .asynchronous(let steps):
      return driveAsynchronously(for: own, steps)
    case .synchronous where source.isBlocking && !onPool:
      liveTasks.begin()
      pool.submit {
        self.drive(for: nil, onPool: true)
        self.liveTasks.end()
      }
      return nil
    case .synchronous(let steps):
      return driveSynchronously(for: own, onPool: onPool, steps)
    }
  }

  private func driveSynchronously(for own: Int?, onPool: Bool, _ steps: any SynchronousSteps) -> Answer? {
    var start: Duration?
    var count = 0
    while true {
      var (answer, next) = absorb(StepOutcome(steps.next), for: own)
      if case .fill = next {
        if let start {
          if time.now() - start > Self.fillTime { (answer, next) = settle(for: own, stepRuns: false) }
        } else {
          start = time.now()
        }
      }
      if case .rest = next { return answer }
      count += 1
      if answer != nil || (!onPool && count >= Self.turn && start == nil) {
        handOver()
        return answer
      }
    }
  }

  /// Lets a task go on as the driver.
  private func handOver() {
    liveTasks.begin()
    Task {
      self.drive(for: nil)
      self.liveTasks.end()
    }
  }

  /// Each step is a task of the stream that begins on this thread: one that need not wait costs no hop, and one that waits goes on when
  /// the caller has gone.
  private func driveAsynchronously(for own: Int?, _ steps: any AsynchronousSteps) -> Answer? {
    var start: Duration?
    var found: Answer?
    while true {
      guard let outcome = launch(steps) else {
        let (answer, _) = settle(for: own, stepRuns: true)
        return found ?? answer ?? takeAnswer(own)
      }
      var (answer, next) = absorb(outcome, for: own)
      if case .fill = next {
        if let start {
          if time.now() - start > Self.fillTime { (answer, next) = settle(for: own, stepRuns: false) }
        } else {
          start = time.now()
        }
      }
      found = found ?? answer
      if case .rest = next { return found }
      if found != nil {
        handOver()
        return found
      }
    }
  }

  /// Starts a step.
  ///
  /// - Returns: Its outcome if it ended without waiting; otherwise its task goes on as the driver when it ends.
  private func launch(_ steps: any AsynchronousSteps) -> StepOutcome? {
    state.withLock { $0.launch = .launching }
    liveTasks.begin()
    let task = Task.immediate {
      let outcome: StepOutcome
      do {
        outcome = try await steps.next().map { .element($0) } ?? .end
      } catch {
        outcome = .failure(error)
      }
      self.liveTasks.end()
      let isInline = self.state.withLock { state in
        guard case .launching = state.launch else {
          state.task = nil
          return false
        }
        state.launch = .done(outcome)
        return true
      }
      if isInline { return }
      if case .rest = self.absorb(outcome, for: nil).next { return }
      self.drive(for: nil)
    }
    let (outcome, isOver) = state.withLock { state -> (StepOutcome?, Bool) in
      defer { state.launch = .none }
      if case .done(let outcome) = state.launch { return (outcome, false) }
      state.task = task
      return (nil, state.machine.isOver)
    }
    if isOver { task.cancel() }
    return outcome
  }

  /// Tells the machine how a step ended.
  private func absorb(_ outcome: StepOutcome, for own: Int?) -> (answer: Answer?, next: StreamStateMachine.Next) {
    let result = perform(for: own) { state in
      switch outcome {
      case .element(.value(let value)): state.machine.receive(value)
      case .element(.progress(let progress)): state.machine.receive(progress)
      case .end: state.machine.finish(nil)
      case .failure(let error): state.machine.finish(TangorError(.streamFailed, error.publicText, underlying: error))
      }
    }
    switch outcome {
    case .element: break
    case .end, .failure:
      // Outside the lock, as the source's end may run user code.
      state.withLock { $0.source.take() }?.cancel()
    }
    return (result.own, result.next)
  }

  private func settle(for own: Int?, stepRuns: Bool) -> (answer: Answer?, next: StreamStateMachine.Next) {
    let result = perform(for: own) { $0.machine.settle(stepRuns: stepRuns) }
    return (result.own, result.next)
  }

  private func takeAnswer(_ own: Int?) -> Answer? {
    guard let own else { return nil }
    return state.withLock { state in
      guard case .answered(let answer) = state.slots[own] else { return nil }
      state.slots[own] = nil
      return answer
    }
  }

  /// Lets an event happen to the machine and brings the answers to those who wait.
  ///
  /// - Parameter own: The pull whose answer is returned instead.
  @discardableResult
  func perform(
    for own: Int? = nil, _ event: (inout State) -> StreamStateMachine.Actions
  ) -> (own: Answer?, next: StreamStateMachine.Next) {
    var found: Answer?
    var woken: [(UnsafeContinuation<Answer, Never>, Answer)] = []
    let (next, ending) = state.withLock { state in
      let actions = event(&state)
      for (id, answer) in actions.answers {
        if id == own {
          found = answer
        } else if case .suspended(let continuation) = state.slots.removeValue(forKey: id) {
          woken.append((continuation, answer))
        } else {
          state.slots[id] = .answered(answer)
        }
      }
      return (actions.next, actions.ending)
    }
    for (continuation, answer) in woken { continuation.resume(returning: answer) }
    if let ending { conclude(ending) }
    return (found, next)
  }

  /// A reader was told the end.
  func conclude(_ ending: StreamStateMachine.Ending) {
    let isNews = state.withLock { state in
      defer { if ending == .retired { state.isRetired = true } }
      return ending == .removed || !state.isRetired
    }
    if isNews { onEnding(self, ending) }
  }
}
