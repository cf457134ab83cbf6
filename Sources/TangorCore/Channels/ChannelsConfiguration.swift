/// The settings of channels.
public struct ChannelsConfiguration: Sendable {
  /// Messages that a channel keeps for those who come back. Default 100.
  public var history = 100
  /// The most bytes of them; the latest message is kept whatever its size. Default 1 MiB.
  public var historySize = ByteSize.mebibytes(1)
  /// The largest payload of a message, in bytes of JSON or before base64; 413 beyond. Default 1 MiB.
  public var messageSize = ByteSize.mebibytes(1)
  /// Whether clients may publish to channels that no rule names. Default false.
  public var clientsMayPublish = false
  /// Channels at a time; 429 beyond. Default 10,000.
  public var maximumChannels = 10_000
  /// The messages of all channels together; 429 beyond. Default 256 MiB.
  public var maximumSize = ByteSize.mebibytes(256)
  /// Up to how many bytes a channel keeps more than its history allows, until its subscribers were given it. Default 4 MiB.
  public var backlogSize = ByteSize.mebibytes(4)
  /// How often silent server-sent events get a comment that keeps them open. Default 15 s.
  public var keepAliveInterval = Duration.seconds(15)
  /// Rules for channels by their names; the first that matches counts. Default none.
  public var rules: [ChannelRule] = []

  /// The defaults.
  public init() {}
}

/// What holds for the channels that a pattern matches.
public struct ChannelRule: Sendable, Hashable {
  /// The channels: a name, or a pattern with `+` and `#`.
  public var pattern: String
  /// Whether clients may subscribe and read. Default true.
  public var clientsMaySubscribe: Bool
  /// Whether clients may publish. Default false.
  public var clientsMayPublish: Bool
  /// Whether it is told who is there. Default false.
  public var presence: Bool
  /// Messages kept for those who come back; nil as in ``ChannelsConfiguration/history``.
  public var history: Int?
  /// The most bytes of them; nil as in ``ChannelsConfiguration/historySize``.
  public var historySize: ByteSize?
  /// The largest payload; nil as in ``ChannelsConfiguration/messageSize``.
  public var messageSize: ByteSize?

  public init(
    _ pattern: String, clientsMaySubscribe: Bool = true, clientsMayPublish: Bool = false, presence: Bool = false, history: Int? = nil,
    historySize: ByteSize? = nil, messageSize: ByteSize? = nil
  ) {
    self.pattern = pattern
    self.clientsMaySubscribe = clientsMaySubscribe
    self.clientsMayPublish = clientsMayPublish
    self.presence = presence
    self.history = history
    self.historySize = historySize
    self.messageSize = messageSize
  }
}

/// What holds for one channel, once the rules have been asked.
package struct ChannelSettings: Sendable, Equatable {
  package var clientsMaySubscribe = true
  package var clientsMayPublish = false
  package var hasPresence = false
  var limits = ChannelLimits()
  var messageSize = 1 << 20

  /// The largest payload, in bytes.
  package var maximumMessageSize: Int { messageSize }
}

/// The rules in their order, with what holds where none matches. A pure value.
struct ChannelRules: Sendable {
  private let configuration: ChannelsConfiguration
  private var rules: [(pattern: ChannelPattern, settings: ChannelSettings)] = []

  /// - Throws: `invalid_parameters` for a rule whose pattern is none.
  init(_ configuration: ChannelsConfiguration) throws {
    self.configuration = configuration
    for rule in configuration.rules { try add(rule) }
  }

  mutating func add(_ rule: ChannelRule) throws { rules.append((try ChannelPattern(rule.pattern), settings(of: rule))) }

  func settings(for name: ChannelName) -> ChannelSettings {
    rules.first { $0.pattern.matches(name) }?.settings
      ?? settings(of: ChannelRule("#", clientsMayPublish: configuration.clientsMayPublish))
  }

  private func settings(of rule: ChannelRule) -> ChannelSettings {
    ChannelSettings(
      clientsMaySubscribe: rule.clientsMaySubscribe, clientsMayPublish: rule.clientsMayPublish, hasPresence: rule.presence,
      limits: ChannelLimits(
        messages: rule.history ?? configuration.history, bytes: (rule.historySize ?? configuration.historySize).bytes,
        backlog: configuration.backlogSize.bytes),
      messageSize: (rule.messageSize ?? configuration.messageSize).bytes)
  }
}
