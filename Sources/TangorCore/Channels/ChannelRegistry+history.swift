/// Messages that a channel keeps.
public struct ChannelHistory: Sendable {
  /// The messages, the oldest first.
  public let messages: [ChannelMessage]
  /// Where the channel stands.
  public let position: ChannelPosition
  /// Whether no message is missing between the position that was asked for, or the channel's beginning, and the first of these.
  public let isComplete: Bool
}

extension ChannelRegistry {
  /// The messages that a channel keeps, or those of them that follow a position.
  ///
  /// - Parameters:
  ///   - channel: The channel's name.
  ///   - after: The position; nil for the newest messages. One that the history does not reach back to, or of another epoch, gives the newest
  ///     messages, and `isComplete` is false.
  ///   - limit: How many at the most.
  /// - Returns: nil when nothing was published to the channel.
  /// - Throws: `invalid_parameters` when the name is none.
  public func history(_ channel: String, after: ChannelPosition? = nil, limit: Int = .max) throws -> ChannelHistory? {
    guard let channel = find(try ChannelName(channel)), channel.hasMessages else { return nil }
    let (position, messages, isComplete) = channel.history(after: after, limit: max(limit, 0))
    return ChannelHistory(
      messages: messages.map { ChannelMessage($0, in: channel.name, epoch: position.epoch) }, position: position, isComplete: isComplete)
  }
}
