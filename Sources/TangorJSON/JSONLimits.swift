/// The bounds within which JSON is read and encoded.
///
/// The length of a text needs no bound here: whoever received the bytes has bounded them already.
public struct JSONLimits: Sendable, Hashable {
  /// The deepest nesting that any limit may allow. Values are read by recursion, and this much fits every thread's stack.
  public static let depthCeiling = 512

  /// How many arrays and objects may stand inside one another. Default 64, between 1 and ``depthCeiling``.
  public let maximumDepth: Int

  /// Makes limits.
  ///
  /// - Parameter maximumDepth: how many arrays and objects may stand inside one another; brought into 1 to ``depthCeiling``
  public init(maximumDepth: Int = 64) {
    self.maximumDepth = min(max(maximumDepth, 1), Self.depthCeiling)
  }

  /// The limits that hold where nobody says otherwise.
  public static let `default` = JSONLimits()
}
