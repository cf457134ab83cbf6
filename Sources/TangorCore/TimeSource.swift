/// Where all time comes from: the moment now, and a sleep until a later one.
///
/// It hides which clock stands behind it, so that registries need not be generic and tests can move time by hand. Moments are
/// durations since the source was made.
public struct TimeSource: Sendable {
  /// The moment now.
  public let now: @Sendable () -> Duration
  /// Sleeps until a moment; throws `CancellationError` when the task is cancelled before.
  public let sleep: @Sendable (_ until: Duration) async throws -> Void

  /// Time from a clock.
  public init<C: Clock>(_ clock: C) where C.Duration == Duration {
    let origin = clock.now
    now = { origin.duration(to: clock.now) }
    sleep = { try await clock.sleep(until: origin.advanced(by: $0), tolerance: nil) }
  }

  /// Time that passes as in the world, and while the machine sleeps.
  public static let continuous = TimeSource(ContinuousClock())
}
