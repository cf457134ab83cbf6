import TangorCore

extension ConfigurationType<ChannelRule> {
  /// A rule for the channels that a pattern matches.
  static let channelRule: Self = {
    let record = ConfigurationType.record(
      ConfigurationSchema([
        Key("pattern", \.pattern, .channelPattern, "The channels: a name, or a pattern with + and #."),
        Key("subscribe", \.clientsMaySubscribe, .boolean, "Whether clients may read."),
        Key("publish", \.clientsMayPublish, .boolean, "Whether clients may publish."),
        Key("presence", \.presence, .boolean, "Whether it is told who is there."),
        Key("history", \.history, .optional(.integer(in: 0...1_000_000)), "Messages kept for those who come back."),
        Key(
          "history_size", \.historySize, .optional(.size(in: ByteSize(bytes: 0) ... .mebibytes(2_048))), "The most bytes of them."),
        Key(
          "message_size", \.messageSize, .optional(.size(in: ByteSize(bytes: 1) ... .mebibytes(2_048))), "The largest payload."),
      ]),
      ChannelRule(""))
    return Self(
      wanted: record.wanted, label: record.label, shape: .map,
      read: { node, reading in
        guard let rule = record.read(node, &reading) else { return nil }
        if rule.pattern.isEmpty {
          reading.note("'\(reading.key)' needs a key 'pattern', which names its channels", at: node.place)
          return nil
        }
        return rule
      },
      write: record.write)
  }()

  private typealias Key = ConfigurationKey<ChannelRule>
}

extension ConfigurationType<String> {
  /// A name or pattern of channels.
  static let channelPattern = string.restricted(to: "a channel's name, or a pattern such as 'sensors/+/#'", label: "pattern of channels") {
    (try? ChannelPattern($0)) == nil ? nil : $0
  }
}
