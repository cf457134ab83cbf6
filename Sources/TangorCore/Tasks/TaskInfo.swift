package import TangorJSON

/// What a task is.
public enum TaskKind: String, Sendable, Hashable {
  /// Begun with `start`: it runs on until it ends by itself.
  case started
  /// Begun with `every`: it runs again and again.
  case repeated
  /// Begun with `spawn`: it gives a result.
  case spawned
}

/// What a task does at the moment.
public enum TaskState: String, Sendable, Hashable {
  /// The application does not run yet.
  case waiting
  /// Its code runs.
  case running
  /// It waits for the next moment of its schedule.
  case sleeping
  /// It failed and waits to be started again.
  case backingOff
  /// It came to its end.
  case finished
  /// It ended with an error.
  case failed
  /// It was cancelled.
  case cancelled

  /// Whether nothing more of it runs.
  public var hasEnded: Bool { self == .finished || self == .failed || self == .cancelled }
}

/// How a task fares. Moments are those of the registry's source of time.
public struct TaskInfo: Sendable {
  /// Tells tasks of one name apart; counts up.
  public let id: Int
  /// The task's name.
  public let name: String
  /// What it is.
  public let kind: TaskKind
  /// What it does at the moment.
  public internal(set) var state = TaskState.waiting
  /// Runs that have begun.
  public internal(set) var runs = 0
  /// Runs that ended with an error.
  public internal(set) var failures = 0
  /// Runs of a schedule that were left out because an earlier one took too long.
  public internal(set) var missed = 0
  /// What clients may read about the last error.
  public internal(set) var lastError: String?
  /// When its last run began.
  public internal(set) var lastRun: Duration?
  /// How long the last run took that has ended.
  public internal(set) var lastLength: Duration?
  /// When it runs next, where it waits for that.
  public internal(set) var nextRun: Duration?

  init(id: Int, name: String, kind: TaskKind) {
    self.id = id
    self.name = name
    self.kind = kind
  }

  /// Writes it for a health report.
  ///
  /// - Parameters:
  ///   - writer: Where to.
  ///   - now: The moment now, from which the others are told in seconds.
  package func write(to writer: inout JSONWriter, now: Duration) {
    writer.beginObject()
    for (key, text) in [("name", name), ("kind", kind.rawValue), ("state", state.rawValue)] {
      writer.writeKey(key)
      writer.write(text)
    }
    for (key, count) in [("runs", runs), ("failures", failures), ("missed", missed)] {
      writer.writeKey(key)
      writer.write(count)
    }
    let times = [("lastRunAgo", lastRun.map { now - $0 }), ("lastLength", lastLength), ("nextRunIn", nextRun.map { max($0 - now, .zero) })]
    for (key, time) in times {
      guard let time else { continue }
      writer.writeKey(key)
      writer.write((time.seconds * 1_000).rounded() / 1_000)
    }
    if let lastError {
      writer.writeKey("lastError")
      writer.write(lastError)
    }
    writer.endObject()
  }
}

/// Says that a run of a task failed, for the log.
public struct TaskFailure: Sendable {
  /// The task's name.
  public let name: String
  /// Which run it was; the first is 1.
  public let run: Int
  /// What it threw.
  public let error: any Error
  /// After how long it is started again; nil when it is not.
  public let retryIn: Duration?
}

/// What the code of a task is called with.
public struct TaskContext: Sendable {
  /// The task's name.
  public let name: String
  /// Which run this is; the first is 1.
  public let run: Int
  /// Failures in a row before this run.
  public let failures: Int
  /// Runs of the schedule that were left out before this one.
  public let missed: Int
}
