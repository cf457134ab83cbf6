import Synchronization
import TangorJSON
import TangorTesting
import Testing

@testable import TangorCore

/// Notes who woke it.
private final class Sink: ChannelSink {
  let woken = Mutex<[String]>([])
  func wake(_ channel: NamedChannel) { woken.withLock { $0.append(channel.name.text) } }
  func presenceChanged(_ channel: NamedChannel, _ change: ChannelPresenceChange) { woken.withLock { $0.append("\(change)") } }
}

@Suite(.timeLimit(.minutes(1))) struct ChannelRegistryTests {
  private func registry(_ change: (inout ChannelsConfiguration) -> Void = { _ in }) throws -> ChannelRegistry {
    var configuration = ChannelsConfiguration()
    change(&configuration)
    return try ChannelRegistry(configuration: configuration)
  }

  private func code(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return (error as? TangorError)?.code.name ?? "\(error)" }
  }

  @Test func publishesEveryKindOfValue() throws {
    struct Reading: Codable, Equatable { var value: Double }
    let channels = try registry()
    try channels.publish("a", 21.5)
    #expect(try channels.latest("a")?.decode(Double.self) == 21.5)
    try channels.publish("a", Reading(value: 1))
    #expect(try channels.latest("a")?.decode(Reading.self) == Reading(value: 1))
    try channels.publish("a", JSONFragment(validating: "[1,2]".utf8))
    #expect(try channels.latest("a")?.json.description == "[1,2]")
    try channels.publish("a", ["x": 1])
    #expect(try channels.latest("a")?.decode([String: Int].self) == ["x": 1])
    let position = try channels.publish("a", .binary([1, 2, 3]))
    #expect(try channels.latest("a")?.binary == [1, 2, 3])
    #expect(position.offset == 5)
    #expect(try channels.latest("b") == nil)
    #expect(try channels.names(matching: "#") == ["a"])
  }

  @Test func theFirstRuleThatMatchesCounts() throws {
    let channels = try registry {
      $0.rules = [
        ChannelRule("open/secret", clientsMaySubscribe: false),
        ChannelRule("open/#", clientsMayPublish: true, messageSize: ByteSize(bytes: 5)),
      ]
    }
    try channels.add(rule: ChannelRule("open/late", clientsMaySubscribe: false))
    func settings(_ name: String) throws -> ChannelSettings { channels.settings(for: try ChannelName(name)) }
    #expect(try settings("open").clientsMayPublish)
    #expect(try !settings("open/secret").clientsMaySubscribe && !settings("open/secret").clientsMayPublish)
    #expect(try settings("open/late").clientsMaySubscribe, "an earlier rule matches")
    #expect(try settings("else").clientsMaySubscribe && !settings("else").clientsMayPublish)
    let name = try ChannelName("open/x")
    #expect(code { try channels.publish(.json(.null), to: name, byClient: true) } == nil)
    #expect(code { try channels.publish(.json(JSONFragment("1234")), to: name, byClient: true) } == "payload_too_large")
    #expect(code { try channels.publish(.json(.null), to: ChannelName("else"), byClient: true) } == "forbidden")
    #expect(channels.find(try ChannelName("else")) == nil, "what is refused makes no channel")
    #expect(throws: TangorError.self) { try channels.add(rule: ChannelRule("#/a")) }
    #expect(throws: TangorError.self) { try registry { $0.rules = [ChannelRule("")] } }
  }

  @Test func aRuleHoldsForChannelsThatExist() throws {
    let channels = try registry()
    for number in 1...5 { try channels.publish("a", number) }
    try channels.add(rule: ChannelRule("a", clientsMayPublish: true, history: 2))
    let channel = try #require(channels.find(ChannelName("a")))
    #expect(channel.history(after: nil, limit: 9).messages.count == 2)
    #expect(code { try channels.publish(.json(.null), to: ChannelName("a"), byClient: true) } == nil)
  }

  @Test func clientsNeverPublishToTheServersOwn() throws {
    let channels = try registry { $0.clientsMayPublish = true }
    #expect(code { try channels.publish(.json(.null), to: ChannelName("$x"), byClient: true) } == "forbidden")
    try channels.publish("$x", 1)
    #expect(code { try channels.publish(.json(.null), to: ChannelName("$x"), byClient: true) } == "forbidden")
    #expect(try channels.names() == [])
    #expect(try channels.names(matching: "$x") == ["$x"])
  }

  @Test func limitsChannelsAndBytes() throws {
    let channels = try registry {
      $0.maximumChannels = 2
      $0.maximumSize = ByteSize(bytes: 3_000)
    }
    try channels.publish("a", 1)
    try channels.publish("b", 1)
    #expect(code { try channels.publish("c", 1) } == "too_many_requests")
    let text = String(repeating: "x", count: 500)
    for _ in 0..<20 { try channels.publish("a", text) }
    #expect(channels.statistics.bytes <= 3_000, "a channel's own history makes room")
    try channels.publish("b", text)
    #expect(code { try channels.publish("b", String(repeating: "x", count: 2_000)) } == "too_many_requests")
    #expect(try channels.latest("b")?.decode(String.self) == text)
    try channels.remove("a")
    try channels.remove("b")
    #expect(channels.statistics.bytes == 0)
    try channels.publish("c", 1)
  }

  @Test func aChannelIsForgottenWithoutMessagesAndSubscribers() throws {
    let channels = try registry()
    let (first, second) = (Sink(), Sink())
    let (channel, _) = try channels.attach(first, to: ChannelName("a"))
    #expect(channels.attach(second, to: try ChannelPattern("#")).count == 1)
    #expect(channels.statistics.channels == 1)
    channels.release(first, from: channel, stays: false)
    #expect(channels.statistics.channels == 0)
    #expect(second.woken.withLock { $0 } == ["a"], "those whose patterns matched are told")
    try channels.publish("a", 1)
    let (again, _) = try channels.attach(first, to: ChannelName("a"))
    #expect(again !== channel)
    channels.release(first, from: again, stays: false)
    #expect(channels.statistics.channels == 1, "it has a message")
  }

  @Test func aSinkIsWokenOnceUntilItTakes() throws {
    let channels = try registry()
    let sink = Sink()
    let (channel, position) = try channels.attach(sink, to: ChannelName("a"))
    for number in 1...3 { try channels.publish("a", number) }
    #expect(sink.woken.withLock { $0.count } == 1)
    guard case .messages(let messages, hasMore: false) = channel.take(sink, after: position, bytes: 1 << 20) else {
      Issue.record("nothing to take")
      return
    }
    #expect(messages.map(\.offset) == [1, 2, 3])
    try channels.publish("a", 4)
    #expect(sink.woken.withLock { $0.count } == 2)
  }

  @Test func emptyingLetsSubscribersStay() async throws {
    let channels = try registry()
    var messages = try channels.messages(in: "a").makeAsyncIterator()
    let before = try channels.publish("a", 1)
    #expect(await messages.next()?.position == before)
    #expect(try channels.remove("a"))
    #expect(try channels.latest("a") == nil)
    let after = try channels.publish("a", 2)
    #expect(after.offset == 1 && after.epoch != before.epoch)
    #expect(await messages.next()?.position == after)
    #expect(try !channels.remove("none"))
  }
}
