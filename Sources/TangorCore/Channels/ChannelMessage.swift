public import TangorJSON

/// A message of a channel.
public struct ChannelMessage: Sendable {
  private let stored: StoredMessage
  private let name: ChannelName
  /// The channel's life that the offset belongs to.
  public let epoch: ChannelEpoch
  /// How many messages before this one were lost, because they were taken too slowly.
  public let lostBefore: Int

  init(_ stored: StoredMessage, in name: ChannelName, epoch: ChannelEpoch, lostBefore: Int = 0) {
    self.stored = stored
    self.name = name
    self.epoch = epoch
    self.lostBefore = lostBefore
  }

  /// The channel's name.
  public var channel: String { name.text }
  /// The message's offset; that of a channel's first message is 1.
  public var offset: Int { stored.offset }
  /// Where the message stands; who continues after it has seen it.
  public var position: ChannelPosition { ChannelPosition(epoch: epoch, offset: offset) }
  /// The payload as JSON; a binary one as base64 text.
  public var json: JSONFragment { JSONFragment(unchecked: Array(stored.data)) }
  /// The bytes of a binary payload; nil for JSON.
  public var binary: [UInt8]? { stored.binary }

  /// The payload as a value.
  ///
  /// - Throws: `DecodingError` when it is of another form.
  public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value { try JSONDecoding.decode(type, from: stored.data) }
}
