package import TangorCore
import Synchronization

/// A sequence that is pulled by key.
///
/// The face of a stream: a lock round its ``StreamStateMachine``, the sequence, and those who wait. A pull that finds its value without
/// waiting is answered by ``begin(_:)`` itself, on the caller's thread and without a task; any other gets a ``StreamTicket`` to wait with.
/// Steps of asynchronous sequences run in tasks of the stream, so that a caller's cancellation ends the caller's wait and nothing else.
package final class KeyedStream: Sendable {
  typealias Answer = StreamStateMachine.Answer

  /// What a pull gets at once.
  package enum Begin: Sendable {
    case answered(Pull)
    case waiting(StreamTicket)
  }

  /// One who waits: not yet suspended, suspended, or answered before it was.
  enum Slot {
    case suspended(UnsafeContinuation<Answer, Never>)
    case answered(Answer)
  }

  /// How the launch of an asynchronous step stands.
  enum Launch {
    case none
    case launching
    case done(StepOutcome)
  }

  struct State {
    var machine: StreamStateMachine
    var source: StreamSource?
    var slots: [Int: Slot] = [:]
    var nextID = 0
    var launch = Launch.none
    var task: Task<Void, Never>?
    var lastUse: Duration
    var holders = 0
    var isRetired = false
  }

  package let client: String
  let state: Mutex<State>
  let time: TimeSource
  let liveTasks: LiveTasks
  let pool: BlockingPool
  /// Called once at the most for each ending, outside the lock.
  let onEnding: @Sendable (KeyedStream, StreamStateMachine.Ending) -> Void

  /// - Parameters:
  ///   - client: Whose stream it is, for limits.
  ///   - source: The sequence.
  ///   - limits: The bounds of the stream.
  ///   - time: Where time comes from.
  ///   - liveTasks: Where the stream's tasks are counted.
  ///   - pool: Where blocking steps run.
  ///   - onEnding: Called when a reader has been told the end.
  package init(
    client: String, source: StreamSource, limits: StreamStateMachine.Limits, time: TimeSource, liveTasks: LiveTasks,
    pool: BlockingPool, onEnding: @escaping @Sendable (KeyedStream, StreamStateMachine.Ending) -> Void
  ) {
    self.client = client
    self.time = time
    self.liveTasks = liveTasks
    self.pool = pool
    self.onEnding = onEnding
    if case .asynchronous(let steps) = source.steps { steps.attach(liveTasks) }
    state = Mutex(State(machine: StreamStateMachine(limits: limits), source: source, lastUse: time.now()))
  }

  // MARK: Pulling

  /// Begins a pull: answers it where that needs no waiting, and otherwise gives out a ticket.
  ///
  /// - Throws: What the pull is answered with where that is an error.
  package func begin(_ request: PullRequest) throws -> Begin {
    let now = time.now()
    let (id, arrival) = state.withLock { state in
      state.lastUse = now
      state.nextID += 1
      return (state.nextID, state.machine.pull(state.nextID, request))
    }
    switch arrival {
    case .answered(let answer, let ending):
      if let ending { conclude(ending) }
      return .answered(try answer.get())
    case .waits(mustStep: true):
      if let answer = drive(for: id) { return .answered(try answer.get()) }
    case .waits(mustStep: false):
      break
    }
    if request.wait == .zero, let answer = timeOut(id, isOwn: true) { return .answered(try answer.get()) }
    return .waiting(StreamTicket(stream: self, id: id, deadline: request.wait.map { now + $0 }))
  }

  /// Pulls without waiting where the source is quick and nobody else is at it.
  ///
  /// - Returns: The answer; `nil` where the pull must take the usual way, and then nothing was taken.
  /// - Throws: What the pull is answered with where that is an error.
  package func beginQuick() throws -> Pull? {
    let isFree = state.withLock { state in
      state.source?.isQuick == true && !state.machine.isStepping && state.machine.waitingCount == 0
    }
    guard isFree else { return nil }
    switch try begin(PullRequest()) {
    case .answered(let pull): return pull
    case .waiting(let ticket):
      // Another came between; it is left alone. What this pull may have been given meanwhile is kept for the next.
      ticket.cancel()
      discard(ticket.id)
      return nil
    }
  }

  /// Pulls, and waits where that is needed.
  ///
  /// - Throws: What the pull is answered with where that is an error; `canceled` when the caller is cancelled while it waits.
  package func pull(_ request: PullRequest = PullRequest()) async throws -> Pull {
    switch try begin(request) {
    case .answered(let pull): pull
    case .waiting(let ticket): try await ticket.value
    }
  }

  /// Gives values back that could not be brought to the one who pulled them; the next pull gets them.
  package func putBack(_ values: [StreamValue]) {
    perform { $0.machine.putBack(values) }
  }

  /// Ends the stream: its task is cancelled, and all who wait get an error.
  package func close(_ error: TangorError) {
    let (task, source) = state.withLock { state in (state.task.take(), state.source.take()) }
    perform { $0.machine.close(error) }
    task?.cancel()
    // Outside the lock, as the source's end may run user code.
    source?.cancel()
  }

  /// A reader that did not take the end with its pull has told it.
  package func confirmEnd(positioned: Bool) {
    let ending = state.withLock { $0.machine.confirmEnd(positioned: positioned) }
    if let ending { conclude(ending) }
  }

  // MARK: Lease

  /// Keeps the lease alive while a response or subscription reads.
  package func hold() { state.withLock { $0.holders += 1 } }

  /// Ends a `hold`.
  package func release() {
    let now = time.now()
    state.withLock { state in
      state.holders -= 1
      state.lastUse = now
    }
  }

  /// The moment of the last use; nil while someone waits or reads.
  package var lastUse: Duration? {
    state.withLock { $0.holders > 0 || $0.machine.waitingCount > 0 ? nil : $0.lastUse }
  }

  /// The values up to an index, oldest first, as far as they are kept.
  ///
  /// - Parameters:
  ///   - index: The index of the last one.
  ///   - count: How many at the most.
  package func recent(upTo index: Int, count: Int) -> [StreamValue] { state.withLock { $0.machine.recent(upTo: index, count: count) } }

  /// Says why nothing can be read after a position, if that is so.
  ///
  /// - Throws: `stream_position_lost`, `stream_position_ahead`.
  package func check(after position: Int) throws {
    if let error = state.withLock({ $0.machine.positionError(position) }) { throw error }
  }

  /// How many pulls wait.
  package var waitingCount: Int { state.withLock { $0.machine.waitingCount } }
  /// How many pulls there have been.
  package var pullCount: Int { state.withLock { $0.nextID } }
  /// How many values have been given out.
  package var deliveredCount: Int { state.withLock { $0.machine.delivered } }

  // MARK: Waiting

  func wait(for id: Int) async -> Answer {
    await withUnsafeContinuation { continuation in
      let answer: Answer? = state.withLock { state in
        if case .answered(let answer) = state.slots.removeValue(forKey: id) { return answer }
        state.slots[id] = .suspended(continuation)
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }

  /// Ends a wait from outside; it throws `canceled` unless its answer is there.
  func cancelWait(_ id: Int) {
    perform { $0.machine.cancel(id) ?? StreamStateMachine.Actions() }
  }

  /// Takes a pull's answer that nobody waits for; values in it are given back.
  private func discard(_ id: Int) {
    let slot = state.withLock { $0.slots.removeValue(forKey: id) }
    if case .answered(.success(.values(let values))) = slot { putBack(values.all) }
  }

  func touch() {
    let now = time.now()
    state.withLock { $0.lastUse = now }
  }

  /// - Returns: The pull's answer, where `isOwn` says that its caller takes it here.
  @discardableResult
  func timeOut(_ id: Int, isOwn: Bool) -> Answer? {
    perform(for: isOwn ? id : nil) { $0.machine.timeOut(id) ?? StreamStateMachine.Actions() }.own
  }
}
