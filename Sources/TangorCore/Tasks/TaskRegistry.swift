import Synchronization

/// Work beside requests: tasks that run as long as the application does, that repeat, or that give a result.
///
/// ```swift
/// try app.tasks.start("feed", restart: .onFailure(BackOff())) { context in
///   for try await reading in feed { try app.channels.publish("readings", reading) }
/// }
/// try app.tasks.every(.seconds(60), "clean") { try await store.removeOld() }
/// let report = try app.tasks.spawn("report") { try await makeReport() }
/// let text = try await report.join()
/// ```
///
/// Tasks may be added at any time. They begin when the application runs, and are cancelled when it goes down. The registry is a face: the
/// table of tasks is a value behind a lock, which is held for its steps and never while a task's code runs.
public final class TaskRegistry: Sendable {
  /// What the registry holds, for health reports and tests.
  public struct Statistics: Sendable, Hashable {
    /// Tasks that have not ended.
    public var active: Int
    /// Tasks that have ended and are still known by their name.
    public var kept: Int
    /// Tasks added since the start.
    public var started: Int
    /// Runs that failed since the start.
    public var failed: Int
  }

  private struct Entry {
    let ending: any TaskEnding
    /// What is to run, until it does.
    var work: Work?
    var task: Task<Void, Never>?
  }

  private struct Work {
    let priority: TaskPriority?
    let body: @Sendable () async -> Void
  }

  private struct State {
    var table: TaskTable
    var entries: [Int: Entry] = [:]
    var isRunning = false

    /// Begins what waits to begin. The task takes the lock first of all, and so waits until this has let go of it.
    mutating func launch(_ id: Int) {
      guard let work = entries[id]?.work else { return }
      entries[id]?.work = nil
      entries[id]?.task = Task(priority: work.priority) { await work.body() }
    }

    mutating func end(_ id: Int, at now: Duration, state: TaskState) {
      entries[id]?.task = nil
      entries[id]?.work = nil
      for forgotten in table.end(id, at: now, state: state) { entries[forgotten] = nil }
    }
  }

  let time: TimeSource
  private let random: @Sendable () -> Double
  private let report: @Sendable (TaskFailure) -> Void
  private let state: Mutex<State>

  /// - Parameters:
  ///   - configuration: The limits.
  ///   - time: Where time comes from.
  ///   - random: Gives numbers from 0 up to 1, for the jitter.
  ///   - report: Told of each run that fails.
  public init(
    configuration: TasksConfiguration = TasksConfiguration(), time: TimeSource = .continuous,
    random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }, report: @escaping @Sendable (TaskFailure) -> Void = { _ in }
  ) {
    self.time = time
    self.random = random
    self.report = report
    state = Mutex(State(table: TaskTable(configuration)))
  }

  // MARK: Adding

  /// Begins a task that runs until it ends by itself or the application goes down.
  ///
  /// - Parameters:
  ///   - name: Its name, 1 to 128 bytes; no other task that goes on may have it.
  ///   - priority: Its priority; nil for that of the caller.
  ///   - restart: Whether it is begun again when it throws. Returning ends it in any case.
  ///   - body: What it does. It should return soon after its task was cancelled.
  /// - Throws: `invalid_parameters`, `invalid_request` when the name is taken, `too_many_requests`, `shutting_down`.
  @discardableResult
  public func start(
    _ name: String, priority: TaskPriority? = nil, restart: TaskRestart = .never,
    _ body: @escaping @Sendable (TaskContext) async throws -> Void
  ) throws -> TaskHandle<Void> {
    if case .onFailure(let backOff) = restart { try backOff.check() }
    return try add(name, .started, priority) { [self] id, result in
      var backOff: BackOffState? = if case .onFailure(let given) = restart { BackOffState(given) } else { nil }
      while true {
        let failures = backOff?.failures ?? 0
        switch await run(id, name, failures: failures, { try await body($0) }) {
        case .success: return conclude(id, result, .success(()))
        case .failure(let failure):
          let wait = failure.isCancellation ? nil : backOff?.fail(after: failure.length, random: random())
          note(failure, id, name, retryIn: wait)
          guard let wait, await sleep(id, until: time.now() + wait, as: .backingOff) else {
            return conclude(id, result, .failure(failure.error))
          }
        }
      }
    }
  }

  /// Runs something again and again, at moments that lie an interval apart. Runs never overlap. One that throws is noted, and the
  /// schedule goes on.
  ///
  /// - Parameters:
  ///   - interval: The time between two moments, from 1 ms.
  ///   - name: Its name, 1 to 128 bytes; no other task that goes on may have it.
  ///   - startsAtOnce: Whether the first run is at the start, and not an interval after it.
  ///   - jitter: The most that chance adds to each moment; below the interval.
  ///   - catchUp: What happens to moments that pass while a run still goes on.
  ///   - priority: Its priority; nil for that of the caller.
  ///   - body: What each run does.
  /// - Throws: `invalid_parameters`, `invalid_request` when the name is taken, `too_many_requests`, `shutting_down`.
  @discardableResult
  public func every(
    _ interval: Duration, _ name: String, startsAtOnce: Bool = false, jitter: Duration = .zero, catchUp: TaskCatchUp = .skip,
    priority: TaskPriority? = nil, _ body: @escaping @Sendable (TaskContext) async throws -> Void
  ) throws -> TaskHandle<Void> {
    let schedule = try Schedule(interval: interval, jitter: jitter, catchUp: catchUp, startsAtOnce: startsAtOnce)
    return try add(name, .repeated, priority) { [self] id, result in
      var schedule = ScheduleState(schedule, at: time.now())
      var failures = 0
      while true {
        let next = schedule.next(at: time.now(), random: random())
        guard await sleep(id, until: next.moment, as: .sleeping, missed: next.missed) else {
          return conclude(id, result, .failure(CancellationError()))
        }
        switch await run(id, name, failures: failures, missed: next.missed, { try await body($0) }) {
        case .success: failures = 0
        case .failure(let failure):
          failures += 1
          note(failure, id, name, retryIn: nil)
          if failure.isCancellation { return conclude(id, result, .failure(failure.error)) }
        }
      }
    }
  }

  /// Begins a task that gives a result.
  ///
  /// - Parameters:
  ///   - name: Its name, 1 to 128 bytes. Several may have the same; ``join(_:as:timeout:)`` takes the newest.
  ///   - priority: Its priority; nil for that of the caller.
  ///   - body: What it does.
  /// - Returns: The task; its result is there for whoever holds it.
  /// - Throws: `invalid_parameters`, `too_many_requests`, `shutting_down`.
  @discardableResult
  public func spawn<Value: Sendable>(
    _ name: String, priority: TaskPriority? = nil, _ body: @escaping @Sendable () async throws -> Value
  ) throws -> TaskHandle<Value> {
    try add(name, .spawned, priority) { [self] id, result in
      switch await run(id, name, { _ in try await body() }) {
      case .success(let value): conclude(id, result, .success(value))
      case .failure(let failure):
        note(failure, id, name, retryIn: nil)
        conclude(id, result, .failure(failure.error))
      }
    }
  }

  private func add<Value: Sendable>(
    _ name: String, _ kind: TaskKind, _ priority: TaskPriority?, _ work: @escaping @Sendable (Int, TaskResult<Value>) async -> Void
  ) throws -> TaskHandle<Value> {
    let result = TaskResult<Value>()
    let id = try state.withLock { state in
      let id = try state.table.add(name, kind)
      state.entries[id] = Entry(ending: result, work: Work(priority: priority) { await work(id, result) })
      if state.isRunning { state.launch(id) }
      return id
    }
    return TaskHandle(id: id, name: name, result: result, registry: self)
  }

  // MARK: Steps of a task; its own code calls these

  private struct RunFailure: Error {
    let error: any Error
    let run: Int
    let length: Duration
    let isCancellation: Bool
  }

  private func run<Value>(
    _ id: Int, _ name: String, failures: Int = 0, missed: Int = 0, _ body: (TaskContext) async throws -> Value
  ) async -> Result<Value, RunFailure> {
    let begin = time.now()
    let run = state.withLock { $0.table.begin(id, at: begin) }
    do {
      // Cancelled before it began: its code is spared a run that is to end at once.
      try Task.checkCancellation()
      let value = try await body(TaskContext(name: name, run: run, failures: failures, missed: missed))
      let now = time.now()
      state.withLock { $0.table.endRun(id, at: now) }
      return .success(value)
    } catch {
      let length = time.now() - begin
      return .failure(RunFailure(error: error, run: run, length: length, isCancellation: Task.isCancelled))
    }
  }

  private func note(_ failure: RunFailure, _ id: Int, _ name: String, retryIn: Duration?) {
    let now = time.now()
    state.withLock { $0.table.endRun(id, at: now, error: failure.isCancellation ? nil : failure.error.publicText) }
    guard !failure.isCancellation else { return }
    report(TaskFailure(name: name, run: failure.run, error: failure.error, retryIn: retryIn))
  }

  /// - Returns: Whether the moment came; false when the task was cancelled before.
  private func sleep(_ id: Int, until moment: Duration, as kind: TaskState, missed: Int = 0) async -> Bool {
    state.withLock { $0.table.sleep(id, until: moment, state: kind, missed: missed) }
    guard moment > time.now() else { return !Task.isCancelled }
    return (try? await time.sleep(moment)) != nil && !Task.isCancelled
  }

  private func conclude<Value>(_ id: Int, _ result: TaskResult<Value>, _ outcome: Result<Value, any Error>) {
    let now = time.now()
    var (outcome, ending) = (outcome, TaskState.finished)
    if case .failure(let error) = outcome {
      ending = Task.isCancelled ? .cancelled : .failed
      if Task.isCancelled, error is CancellationError { outcome = .failure(Self.cancelled) }
    }
    state.withLock { $0.end(id, at: now, state: ending) }
    result.set(outcome)
  }

  private static var cancelled: TangorError { TangorError(.canceled, "The task was cancelled.") }

  // MARK: Asking

  /// Waits for the end of the newest task of a name.
  ///
  /// - Parameters:
  ///   - name: The task's name.
  ///   - type: The type of its result; `Void` for tasks begun with `start` and `every`.
  ///   - timeout: How long to wait; nil without end.
  /// - Returns: Its result; that of a task that has ended at once, as long as it is kept (`tasks.kept_results`, `tasks.result_lease`).
  /// - Throws: As ``TaskHandle/join()``; `not_found` for a name that is unknown or forgotten, `invalid_parameters` for another type,
  ///   `timeout`.
  public func join<Value: Sendable>(_ name: String, as type: Value.Type = Value.self, timeout: Duration? = nil) async throws -> Value {
    let found = state.withLock { state in
      state.table.find(name).flatMap { task in state.entries[task.id].map { (task.id, $0.ending) } }
    }
    guard let (id, ending) = found else {
      throw TangorError(.notFound, "There is no task '\(name.prefix(128))'; it may have ended long ago.")
    }
    guard let result = ending as? TaskResult<Value> else {
      throw TangorError(.invalidParameters, "The result of the task '\(name)' is not of the type \(type).")
    }
    let handle = TaskHandle(id: id, name: name, result: result, registry: self)
    if let timeout { return try await handle.join(timeout: timeout) }
    return try await handle.join()
  }

  /// Asks the newest task of a name to end.
  ///
  /// - Returns: Whether there is one that has not ended.
  @discardableResult
  public func cancel(_ name: String) -> Bool {
    guard let task = info(name), !task.state.hasEnded else { return false }
    cancel(task.id)
    return true
  }

  func cancel(_ id: Int) {
    let now = time.now()
    let (task, ending) = state.withLock { state -> (Task<Void, Never>?, (any TaskEnding)?) in
      guard let entry = state.entries[id] else { return (nil, nil) }
      guard entry.work != nil else { return (entry.task, nil) }
      state.end(id, at: now, state: .cancelled)
      return (nil, entry.ending)
    }
    task?.cancel()
    ending?.fail(Self.cancelled)
  }

  /// How the newest task of a name fares; nil for a name that is unknown or forgotten.
  public func info(_ name: String) -> TaskInfo? { state.withLock { $0.table.find(name) } }

  func info(_ id: Int) -> TaskInfo? { state.withLock { $0.table[id] } }

  /// All tasks that go on or are kept, the oldest first.
  public var all: [TaskInfo] { state.withLock { $0.table.all } }

  /// What the registry holds.
  public var statistics: Statistics {
    state.withLock {
      Statistics(active: $0.table.liveCount, kept: $0.table.keptCount, started: $0.table.startedCount, failed: $0.table.failedCount)
    }
  }

  /// The moment now, by which the moments in ``TaskInfo`` go.
  package var now: Duration { time.now() }

  // MARK: Running

  /// Runs the tasks until its own task is cancelled; then cancels them all and waits for their ends. To be called once.
  public func run() async {
    state.withLock { state in
      state.isRunning = true
      for id in state.entries.keys.sorted() { state.launch(id) }
    }
    let lease = state.withLock { $0.table.configuration.resultLease }
    let tick = max(lease / 10, .milliseconds(10))
    while !Task.isCancelled {
      guard (try? await time.sleep(time.now() + tick)) != nil else { break }
      sweep()
    }
    drain()
    let tasks = state.withLock { $0.entries.values.compactMap(\.task) }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }

  /// Forgets the ended tasks whose lease is over.
  func sweep() {
    let now = time.now()
    // What is forgotten is let go of outside the lock.
    let gone = state.withLock { state in state.table.forget(at: now).map { state.entries.removeValue(forKey: $0) } }
    withExtendedLifetime(gone) {}
  }

  /// Begins to go down: no further task is taken, and who waits for one that goes on is refused. The tasks themselves go on until
  /// ``run()`` is cancelled, so that requests that use them come to their ends.
  package func drain() {
    let endings = state.withLock { state in
      state.table.close()
      return state.entries.values.filter { $0.task != nil || $0.work != nil }.map(\.ending)
    }
    for ending in endings { ending.refuse(TaskTable.closing) }
  }
}

/// What happens when a task throws.
public enum TaskRestart: Sendable, Hashable {
  /// It has ended.
  case never
  /// It is begun again after a while.
  case onFailure(BackOff)
}
