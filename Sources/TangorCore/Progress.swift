/// How far a long computation has come; a sequence may yield it between its values.
public struct Progress: Sendable, Hashable {
  /// How much is done, in the computation's own unit.
  public var completed: Double
  /// How much there is in all, where that is known.
  public var total: Double?
  /// What is being done, for a person.
  public var message: String?

  /// - Parameters:
  ///   - completed: How much is done.
  ///   - total: How much there is in all, where that is known.
  ///   - message: What is being done, for a person.
  public init(completed: Double, total: Double? = nil, message: String? = nil) {
    self.completed = completed
    self.total = total
    self.message = message
  }
}
