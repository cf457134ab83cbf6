/// How much of a program's output is read in a time, as a pure value.
///
/// Where a program prints more than is any use to anybody, reading pauses, the pipe fills up, and the program waits.
struct ReadBudget {
  /// Bytes that may come within a window.
  var size = 1 << 20
  /// How long a window is.
  var window = Duration.milliseconds(50)

  private var start: Duration?
  private var taken = 0

  init() {}

  init(size: Int, window: Duration) {
    self.size = size
    self.window = window
  }

  /// Notes that bytes were read.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - now: When, counted from any fixed moment.
  /// - Returns: How long to read nothing; nil to go on.
  mutating func take(_ count: Int, at now: Duration) -> Duration? {
    guard let begun = start, now < begun + window else {
      start = now
      taken = count
      return taken > size ? pause(until: now + window, from: now) : nil
    }
    taken += count
    return taken > size ? pause(until: begun + window, from: now) : nil
  }

  private mutating func pause(until end: Duration, from now: Duration) -> Duration {
    start = nil
    taken = 0
    return end - now
  }
}
