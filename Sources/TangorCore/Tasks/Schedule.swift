/// What happens to the runs of a repeated task whose moments passed while an earlier run still went on.
public enum TaskCatchUp: String, Sendable, Hashable, CaseIterable {
  /// They are left out; the next run is at the next moment of the schedule.
  case skip
  /// One run follows at once for all of them.
  case once
  /// Each is run, one after the other without a pause; at most ``Schedule/maximumBacklog`` of them, the oldest are left out.
  case all
}

/// When a repeated task runs: at moments that lie an interval apart, however long its runs take.
public struct Schedule: Sendable, Hashable {
  /// The most runs that `TaskCatchUp.all` makes up for.
  public static let maximumBacklog = 1_000

  /// The time between two moments of the schedule.
  public let interval: Duration
  /// The most that chance adds to each moment.
  public let jitter: Duration
  /// What happens to moments that passed during a run.
  public let catchUp: TaskCatchUp
  /// Whether the first run is at the start, and not an interval after it.
  public let startsAtOnce: Bool

  /// - Throws: `invalid_parameters` when the interval is not from 1 ms to 366 days, or the jitter not below it.
  init(interval: Duration, jitter: Duration, catchUp: TaskCatchUp, startsAtOnce: Bool) throws {
    guard interval >= .milliseconds(1), interval <= .seconds(366 * 86_400) else {
      throw TangorError(.invalidParameters, "The interval of a task must be from 1 ms to 366 days; \(interval.unitDescription) came.")
    }
    guard jitter >= .zero, jitter < interval else {
      throw TangorError(.invalidParameters, "The jitter of a task must be below its interval, \(interval.unitDescription).")
    }
    self.interval = interval
    self.jitter = jitter
    self.catchUp = catchUp
    self.startsAtOnce = startsAtOnce
  }
}

/// A run of a schedule.
struct ScheduledRun: Sendable, Hashable {
  /// When it begins; a moment that has come already means at once.
  var moment: Duration
  /// Runs that were left out before it.
  var missed: Int
}

/// Which run of a schedule comes next. A pure value, without clock or chance of its own: it is asked when a run has ended, so that
/// runs never overlap.
struct ScheduleState: Sendable {
  let schedule: Schedule
  private let origin: Int
  private let interval: Int
  /// The first moment, counted from the start in intervals, that no run was given yet.
  private var slot: Int

  /// - Parameter now: The moment of the start.
  init(_ schedule: Schedule, at now: Duration) {
    self.schedule = schedule
    origin = now.nanoseconds
    interval = max(schedule.interval.nanoseconds, 1)
    slot = schedule.startsAtOnce ? 0 : 1
  }

  /// Gives the next run.
  ///
  /// - Parameters:
  ///   - now: The moment now.
  ///   - random: A number from 0 up to 1.
  mutating func next(at now: Duration, random: Double) -> ScheduledRun {
    // The last moment that has come; a schedule whose clock stood still has none yet.
    let due = max(now.nanoseconds - origin, 0) / interval
    let isExact = origin + due * interval == now.nanoseconds
    guard slot < due || (slot == due && !isExact) else { return regular(missed: 0, random) }
    switch schedule.catchUp {
    case .skip:
      let missed = (isExact ? due : due + 1) - slot
      slot += missed
      return regular(missed: missed, random)
    case .once:
      let missed = due - slot
      slot = due + 1
      return ScheduledRun(moment: now, missed: missed)
    case .all:
      let missed = max(due - slot + 1 - Schedule.maximumBacklog, 0)
      slot += missed + 1
      return ScheduledRun(moment: now, missed: missed)
    }
  }

  private mutating func regular(missed: Int, _ random: Double) -> ScheduledRun {
    defer { slot += 1 }
    return ScheduledRun(moment: .nanoseconds(origin + slot * interval) + schedule.jitter * random, missed: missed)
  }
}

extension Duration {
  /// The duration in whole nanoseconds; the bounds of schedules keep it far from overflowing.
  fileprivate var nanoseconds: Int { Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000) }
}
