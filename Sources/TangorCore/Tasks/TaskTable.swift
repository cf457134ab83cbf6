import DequeModule

/// The tasks by name, with what is known of each: a pure value without tasks, clock or lock.
///
/// A task is *live* until it has ended. Ended ones are kept for their lease, up to a number.
struct TaskTable: Sendable {
  let configuration: TasksConfiguration
  private var tasks: [Int: TaskInfo] = [:]
  /// The newest task of each name.
  private var names: [String: Int] = [:]
  /// Ended tasks in the order of their ends.
  private var ended: Deque<(id: Int, moment: Duration)> = []
  private var lastID = 0
  private(set) var liveCount = 0
  private(set) var failedCount = 0
  private var isClosed = false

  init(_ configuration: TasksConfiguration) { self.configuration = configuration }

  /// Tasks since the start.
  var startedCount: Int { lastID }
  /// Tasks that have ended and are kept.
  var keptCount: Int { ended.count }

  /// All tasks, the oldest first.
  var all: [TaskInfo] { tasks.values.sorted { $0.id < $1.id } }
  subscript(id: Int) -> TaskInfo? { tasks[id] }
  func find(_ name: String) -> TaskInfo? { names[name].flatMap { tasks[$0] } }

  /// Takes a task in.
  ///
  /// - Returns: Its id.
  /// - Throws: `invalid_parameters` for a name that is none, `invalid_request` when one of the name lives and names must differ,
  ///   `too_many_requests`, `shutting_down`.
  mutating func add(_ name: String, _ kind: TaskKind) throws -> Int {
    if isClosed { throw Self.closing }
    guard (1...128).contains(name.utf8.count), !name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      throw TangorError(.invalidParameters, "The name of a task has 1 to 128 bytes and no control characters.")
    }
    if kind != .spawned, let present = find(name), !present.state.hasEnded {
      throw TangorError(.invalidRequest, "A task '\(name)' is there already; cancel it first, or give this one another name.")
    }
    guard liveCount < configuration.maximumTasks else {
      throw TangorError(
        .tooManyRequests, "There are \(configuration.maximumTasks) tasks, as many as may be ('tasks.max_tasks').", retryAfter: .seconds(1))
    }
    lastID += 1
    liveCount += 1
    tasks[lastID] = TaskInfo(id: lastID, name: name, kind: kind)
    names[name] = lastID
    return lastID
  }

  /// Refuses all further tasks.
  mutating func close() { isClosed = true }

  static var closing: TangorError { TangorError(.shuttingDown, "The server is going down.", retryAfter: .seconds(5)) }

  // MARK: Steps of a task

  /// A run begins.
  ///
  /// - Returns: Which run it is.
  mutating func begin(_ id: Int, at now: Duration) -> Int {
    change(id) {
      $0.state = .running
      $0.runs += 1
      $0.lastRun = now
      $0.nextRun = nil
    }
    return tasks[id]?.runs ?? 0
  }

  /// A run has ended, and the task goes on.
  ///
  /// - Parameter error: What clients may read about its error, if it failed.
  mutating func endRun(_ id: Int, at now: Duration, error: String? = nil) {
    change(id) {
      $0.lastLength = $0.lastRun.map { now - $0 }
      guard let error else { return }
      $0.failures += 1
      $0.lastError = error
    }
    if error != nil { failedCount += 1 }
  }

  /// The task waits for its next run.
  mutating func sleep(_ id: Int, until moment: Duration, state: TaskState, missed: Int = 0) {
    change(id) {
      $0.state = state
      $0.nextRun = moment
      $0.missed += missed
    }
  }

  /// The task has ended.
  ///
  /// - Returns: The tasks that are forgotten for it.
  mutating func end(_ id: Int, at now: Duration, state: TaskState) -> [Int] {
    guard let task = tasks[id], !task.state.hasEnded else { return [] }
    change(id) {
      $0.state = state
      $0.nextRun = nil
    }
    liveCount -= 1
    ended.append((id, now))
    return forget(at: now)
  }

  /// Forgets ended tasks whose lease is over, and the oldest where there are too many.
  ///
  /// - Returns: Which.
  mutating func forget(at now: Duration) -> [Int] {
    var forgotten: [Int] = []
    while let first = ended.first, ended.count > configuration.keptResults || first.moment + configuration.resultLease <= now {
      ended.removeFirst()
      forgotten.append(first.id)
      if let task = tasks.removeValue(forKey: first.id), names[task.name] == first.id { names[task.name] = nil }
    }
    return forgotten
  }

  private mutating func change(_ id: Int, _ body: (inout TaskInfo) -> Void) {
    guard var task = tasks[id], !task.state.hasEnded else { return }
    body(&task)
    tasks[id] = task
  }
}
