import Synchronization

/// The channels of an application, by name.
///
/// ```swift
/// try app.channels.publish("sensors/1/temperature", 21.5)
/// for await message in try app.channels.messages(in: "sensors/+/temperature") {
///   print(message.channel, try message.decode(Double.self))
/// }
/// ```
///
/// A channel comes to be when somebody publishes or subscribes to it. Publishing never waits for those who read.
public final class ChannelRegistry: Sendable {
  private struct Table {
    var channels: [ChannelName: NamedChannel] = [:]
    var patterns = ChannelPatternTrie<SinkReference>()
    var rules: ChannelRules
    var readers: [ObjectIdentifier: ChannelReader] = [:]
    var isShutDown = false
  }

  private struct SinkReference: Hashable, Sendable {
    let sink: any ChannelSink
    static func == (left: Self, right: Self) -> Bool { left.sink === right.sink }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(sink)) }
  }

  package let configuration: ChannelsConfiguration
  private let account: ChannelAccount
  private let table: Mutex<Table>

  /// - Parameter configuration: The settings.
  /// - Throws: `invalid_parameters` when a rule's pattern is none.
  public init(configuration: ChannelsConfiguration = ChannelsConfiguration()) throws {
    self.configuration = configuration
    account = ChannelAccount(limit: configuration.maximumSize.bytes)
    table = Mutex(Table(rules: try ChannelRules(configuration)))
  }

  // MARK: Rules and names

  /// Adds a rule behind those that are there; the configuration's come first. It holds for channels that exist, too, but ends no
  /// subscription.
  ///
  /// - Throws: `invalid_parameters` when its pattern is none.
  public func add(rule: ChannelRule) throws {
    try table.withLock { table in
      try table.rules.add(rule)
      for (name, channel) in table.channels { channel.set(table.rules.settings(for: name)) }
    }
  }

  /// The names of the channels that a pattern matches and to which something was published, sorted.
  ///
  /// - Throws: `invalid_parameters` when the pattern is none.
  public func names(matching pattern: String = "#") throws -> [String] {
    names(matching: try ChannelPattern(pattern)) { _ in true }.map(\.text)
  }

  /// The names of the channels with messages that a pattern matches and clients may read, sorted.
  package func namesForClients(matching pattern: ChannelPattern) -> [ChannelName] { names(matching: pattern, where: \.clientsMaySubscribe) }

  private func names(matching pattern: ChannelPattern, where condition: (ChannelSettings) -> Bool) -> [ChannelName] {
    let channels = table.withLock { table in Array(table.channels.values) }
    return channels.filter { pattern.matches($0.name) && $0.hasMessages && condition($0.settings) }.map(\.name).sorted()
  }

  /// What holds for a channel, whether it exists or not.
  package func settings(for name: ChannelName) -> ChannelSettings {
    table.withLock { $0.channels[name]?.settings ?? $0.rules.settings(for: name) }
  }

  // MARK: Publishing

  /// Publishes to a channel.
  ///
  /// - Returns: Where the message stands.
  /// - Throws: `payload_too_large`, `too_many_requests` when a limit of all channels is reached, `forbidden` for a client where it may not.
  @discardableResult
  package func publish(_ payload: ChannelPayload, to name: ChannelName, byClient: Bool) throws -> ChannelPosition {
    while true {
      var channel = find(name)
      if channel == nil {
        if byClient, !settings(for: name).clientsMayPublish || name.isServers { throw TangorError.mayNotPublish(name) }
        channel = try findOrMake(name)
      }
      if byClient, name.isServers { throw TangorError.mayNotPublish(name) }
      if let position = try channel?.publish(payload, byClient: byClient) { return position }
    }
  }

  package func find(_ name: ChannelName) -> NamedChannel? { table.withLock { $0.channels[name] } }

  private func findOrMake(_ name: ChannelName) throws -> NamedChannel {
    try table.withLock { table in
      if let channel = table.channels[name] { return channel }
      guard table.channels.count < configuration.maximumChannels else {
        throw TangorError(
          .tooManyRequests, "There are \(configuration.maximumChannels) channels, as many as may be.", retryAfter: .seconds(1))
      }
      let channel = NamedChannel(
        name, settings: table.rules.settings(for: name), account: account, sinks: table.patterns.values(matching: name).map(\.sink))
      table.channels[name] = channel
      return channel
    }
  }

  // MARK: Taking

  /// The latest message of a channel; nil when there is none.
  ///
  /// - Throws: `invalid_parameters` when the name is none.
  public func latest(_ channel: String) throws -> ChannelMessage? {
    guard let channel = find(try ChannelName(channel)) else { return nil }
    let (position, message) = channel.latest
    return message.map { ChannelMessage($0, in: channel.name, epoch: position.epoch) }
  }

  /// Forgets a channel's messages. Those who are subscribed stay: for them it goes on as another, with the next message.
  ///
  /// - Returns: Whether there was such a channel.
  /// - Throws: `invalid_parameters` when the name is none.
  @discardableResult
  public func remove(_ channel: String) throws -> Bool {
    let name = try ChannelName(channel)
    return table.withLock { table in
      guard let channel = table.channels[name] else { return false }
      if channel.empty() { table.channels[name] = nil }
      return true
    }
  }

  /// Lets a sink take from a channel, which is made if need be, and keeps it alive.
  ///
  /// - Returns: The channel, and up to where the sink has taken.
  package func attach(_ sink: any ChannelSink, to name: ChannelName) throws -> (NamedChannel, ChannelPosition) {
    while true {
      let channel = try findOrMake(name)
      if let position = channel.attach(sink, named: true) { return (channel, position) }
    }
  }

  /// Lets a sink take from all channels that a pattern matches, also those that are yet to come.
  ///
  /// - Returns: The channels that exist, and up to where the sink has taken in each.
  package func attach(_ sink: any ChannelSink, to pattern: ChannelPattern) -> [(NamedChannel, ChannelPosition)] {
    table.withLock { table in
      table.patterns.insert(SinkReference(sink: sink), for: pattern)
      return table.channels.values.filter { pattern.matches($0.name) }.compactMap { channel in
        channel.attach(sink, named: false).map { (channel, $0) }
      }
    }
  }

  /// Channels that a pattern matches from now on no longer come to a sink; those that came already stay.
  package func detach(_ sink: any ChannelSink, from pattern: ChannelPattern) {
    table.withLock { $0.patterns.remove(SinkReference(sink: sink), for: pattern) }
  }

  /// Takes a sink away from a channel, or lets it stay without keeping the channel alive.
  package func release(_ sink: any ChannelSink, from channel: NamedChannel, stays: Bool) {
    table.withLock { table in
      if channel.release(sink, stays: stays), table.channels[channel.name] === channel { table.channels[channel.name] = nil }
    }
  }

  // MARK: Readers

  /// Keeps a reader until it ends, so that it can be ended when the server goes down.
  ///
  /// - Throws: `shutting_down`.
  func add(_ reader: ChannelReader) throws {
    try table.withLock { table in
      guard !table.isShutDown else { throw TangorError(.shuttingDown, "The server is going down.", retryAfter: .seconds(1)) }
      table.readers[ObjectIdentifier(reader)] = reader
    }
  }

  func remove(_ reader: ChannelReader) { table.withLock { _ = $0.readers.removeValue(forKey: ObjectIdentifier(reader)) } }

  /// Ends all sequences of messages and all server-sent events, and those that would begin.
  package func shutdown() {
    let readers = table.withLock { table in
      table.isShutDown = true
      return Array(table.readers.values)
    }
    for reader in readers { reader.end() }
  }

  /// What there is, for `/healthz?verbose`.
  package var statistics: (channels: Int, bytes: Int, published: Int, readers: Int) {
    let (channels, readers) = table.withLock { ($0.channels.count, $0.readers.count) }
    return (channels, account.bytes, account.publishedCount, readers)
  }
}
