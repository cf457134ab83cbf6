public import TangorJSON

extension ChannelRegistry {
  /// Publishes a payload: JSON that is written already, or bytes.
  ///
  /// - Returns: Where the message stands.
  /// - Throws: `invalid_parameters` when the name is none, `payload_too_large`, `too_many_requests` when a limit of all channels is
  ///   reached. The message was then not published.
  @discardableResult
  public func publish(_ channel: String, _ payload: ChannelPayload) throws -> ChannelPosition {
    try publish(payload, to: ChannelName(channel), byClient: false)
  }

  /// Publishes a value as JSON. Throws as ``publish(_:_:)-(String,ChannelPayload)``, and `EncodingError` when it has no JSON form.
  @discardableResult
  public func publish(_ channel: String, _ value: some Encodable) throws -> ChannelPosition {
    try publish(channel, .json(JSONFragment(encoding: value)))
  }

  /// Publishes a value that writes itself as JSON. Throws as ``publish(_:_:)-(String,ChannelPayload)``.
  @discardableResult
  public func publish(_ channel: String, _ value: some JSONWritable) throws -> ChannelPosition {
    try publish(channel, .json(JSONFragment(value)))
  }

  /// Publishes a value that writes itself as JSON. Throws as ``publish(_:_:)-(String,ChannelPayload)``.
  @discardableResult
  public func publish(_ channel: String, _ value: some Encodable & JSONWritable) throws -> ChannelPosition {
    try publish(channel, .json(JSONFragment(value)))
  }

  /// Publishes a JSON fragment as it is. Throws as ``publish(_:_:)-(String,ChannelPayload)``.
  @discardableResult
  public func publish(_ channel: String, _ value: JSONFragment) throws -> ChannelPosition { try publish(channel, .json(value)) }
}
