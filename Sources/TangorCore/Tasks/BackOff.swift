/// How long a task that failed waits before it is started again: longer with each failure, up to a bound.
///
/// ```swift
/// try app.tasks.start("feed", restart: .onFailure(BackOff(initial: .seconds(1), maximum: .seconds(60)))) { context in … }
/// ```
public struct BackOff: Sendable, Hashable {
  /// The wait after the first failure. Default 500 ms.
  public var initial: Duration
  /// The longest wait. Default 1 min.
  public var maximum: Duration
  /// What each wait is multiplied with to give the next one. Default 2.
  public var factor: Double
  /// The part of a wait, from 0 to 1, that chance may take off it, so that tasks that failed together do not come back together.
  /// Default 0.2.
  public var jitter: Double
  /// After how many failures in a row the task is given up; nil for never. Default nil.
  public var attempts: Int?

  /// - Parameters:
  ///   - initial: The wait after the first failure; from 1 ms.
  ///   - maximum: The longest wait; from `initial`.
  ///   - factor: What each wait is multiplied with; from 1 to 100.
  ///   - jitter: The part of a wait, from 0 to 1, that chance may take off it.
  ///   - attempts: After how many failures in a row the task is given up; nil for never.
  public init(
    initial: Duration = .milliseconds(500), maximum: Duration = .seconds(60), factor: Double = 2, jitter: Double = 0.2,
    attempts: Int? = nil
  ) {
    self.initial = initial
    self.maximum = maximum
    self.factor = factor
    self.jitter = jitter
    self.attempts = attempts
  }

  /// - Throws: `invalid_parameters` for values that are out of range.
  func check() throws {
    guard initial >= .milliseconds(1), maximum >= initial, (1...100).contains(factor), (0...1).contains(jitter), attempts ?? 1 >= 1 else {
      throw TangorError(
        .invalidParameters,
        "A back-off needs an initial wait from 1 ms, a maximum that is not below it, a factor from 1 to 100, a jitter from 0 to 1, "
          + "and attempts from 1.")
    }
  }
}

/// Where a task stands that fails and is started again. A pure value, without clock or chance of its own.
struct BackOffState: Sendable {
  let backOff: BackOff
  /// Failures in a row.
  private(set) var failures = 0
  private var wait: Duration

  init(_ backOff: BackOff) {
    self.backOff = backOff
    wait = backOff.initial
  }

  /// Notes a failure.
  ///
  /// - Parameters:
  ///   - length: How long the run took that failed. One that held out longer than the longest wait ends the row of failures.
  ///   - random: A number from 0 up to 1.
  /// - Returns: How long to wait; nil when the task is given up.
  mutating func fail(after length: Duration, random: Double) -> Duration? {
    if length > backOff.maximum { self = BackOffState(backOff) }
    failures += 1
    if let attempts = backOff.attempts, failures >= attempts { return nil }
    let current = wait
    wait = min(wait * backOff.factor, backOff.maximum)
    return current * (1 - backOff.jitter * random)
  }
}
