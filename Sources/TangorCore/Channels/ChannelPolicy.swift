/// What becomes of a subscription whose reader is too slow. Publishers and other readers never wait for it.
public enum ChannelPolicy: String, Sendable, CaseIterable {
  /// It goes on where it was, as far as the channel's history reaches; where that does not, it ends.
  case all
  /// It goes on with the latest message; those before are left out without a word.
  case latest
  /// It goes on where it was, as far as the channel's history reaches; what that does not have any more is counted as lost.
  case dropOldest
  /// It ends.
  case close
}
