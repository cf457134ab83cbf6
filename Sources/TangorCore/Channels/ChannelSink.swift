/// Something that takes a channel's messages: an event loop for all its connections, or a reader of its own.
package protocol ChannelSink: AnyObject, Sendable {
  /// The channel has something new, or is no more. Called once until the sink takes from the channel, from any thread. The registry may
  /// hold its lock: only note it, and take later.
  func wake(_ channel: NamedChannel)
  /// Somebody came to a channel with presence, or left it. Called from any thread, without a lock held.
  func presenceChanged(_ channel: NamedChannel, _ change: ChannelPresenceChange)
}

extension ChannelSink {
  package func presenceChanged(_ channel: NamedChannel, _ change: ChannelPresenceChange) {}
}
