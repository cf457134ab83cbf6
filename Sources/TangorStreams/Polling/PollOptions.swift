/// What the answers of a polling generator hold beside its values.
public struct PollOptions: Sendable, Hashable {
  /// Whether each answer has the number of values so far. Default false.
  public var count = false
  /// How many of the last values each answer has, as an array; nil for the newest value alone. Default nil.
  public var window: Int?

  /// - Parameters:
  ///   - count: Whether each answer has the number of values so far.
  ///   - window: How many of the last values each answer has.
  public init(count: Bool = false, window: Int? = nil) {
    self.count = count
    self.window = window
  }

  /// The largest window.
  package static let maximumWindow = 10_000
}
