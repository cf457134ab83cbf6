import NIOCore
import NIOEmbedded
import TangorCore
import TangorJSON
import Testing

@testable import TangorServing

/// Live connections that share an application's channels.
struct ChannelFixture {
  let channels: ChannelRegistry
  let methods: [LiveMethod]

  init(_ change: (inout ChannelsConfiguration) -> Void = { _ in }) throws {
    var configuration = ChannelsConfiguration()
    configuration.backlogSize = ByteSize(bytes: 0)
    configuration.rules = [
      ChannelRule("open/#", clientsMayPublish: true, presence: true), ChannelRule("secret/#", clientsMaySubscribe: false),
    ]
    change(&configuration)
    channels = try ChannelRegistry(configuration: configuration)
    methods = ChannelMethods(channels).methods
  }

  func connect(
    on loop: NIOAsyncTestingEventLoop = NIOAsyncTestingEventLoop(), change: (inout ServingConfiguration) -> Void = { _ in }
  ) async throws -> LiveFixture { try await LiveFixture(methods, on: loop, change: change) }
}

extension LiveFixture {
  /// Calls a method and gives the answer, which must be the next message.
  func ask(_ method: String, _ parameters: String = "{}") async throws -> JSONValue {
    try await call(1, method, parameters)
    return try JSONValue(parsing: try await next())
  }

  /// The result of a call that must succeed.
  func result(_ method: String, _ parameters: String = "{}") async throws -> JSONValue {
    let answer = try await ask(method, parameters)
    return try #require(answer["result"], "\(answer)")
  }

  /// The code of a call that must fail.
  func failure(_ method: String, _ parameters: String = "{}") async throws -> String? {
    try await ask(method, parameters)["error"]?["data"]?["code"]?.string
  }

  /// The next message, which must be a notification of that name.
  func notification(_ method: String) async throws -> JSONValue {
    let message = try JSONValue(parsing: try await next())
    try #require(message["method"]?.string == method, "\(message)")
    return try #require(message["params"])
  }

  /// The payloads of the next messages.
  func payloads(_ count: Int) async throws -> [Int] {
    var values: [Int] = []
    for _ in 0..<count { values.append(try #require(try await notification("channel.message")["data"]?.int)) }
    return values
  }
}

@Suite(.timeLimit(.minutes(1))) struct ChannelMethodsTests {
  @Test func subscribesPublishesAndUnsubscribes() async throws {
    let fixture = try ChannelFixture()
    let loop = NIOAsyncTestingEventLoop()
    let (near, far) = (try await fixture.connect(on: loop), try await fixture.connect())
    try fixture.channels.publish("plain", "kept")
    let first = try await near.result("channel.subscribe", #"{"channels":["plain","open/a"]}"#)
    let plain = try #require(first["channels"]?["plain"])
    #expect(plain["offset"] == 1 && plain["latest"]?["data"] == "kept" && plain["latest"]?["offset"] == 1 && plain["recovered"] == nil)
    #expect(first["channels"]?["open/a"]?["offset"] == 0)
    #expect(first["client"]?.string?.count == 32)
    let bare = try await far.result("channel.subscribe", #"{"channels":["plain"],"latest":false}"#)
    #expect(bare["channels"]?["plain"]?["latest"] == nil)
    try fixture.channels.publish("plain", 5)
    for connection in [near, far] {
      let message = try await connection.notification("channel.message")
      #expect(message["channel"] == "plain" && message["offset"] == 2 && message["data"] == 5)
      #expect(message["epoch"] == plain["epoch"])
    }
    let published = try await far.result("channel.publish", #"{"channel":"open/a","data":{"x":[1]}}"#)
    #expect(published["channel"] == "open/a" && published["offset"] == 1)
    #expect(try await near.notification("channel.message")["data"]?["x"]?[0] == 1)
    #expect(try await near.result("channel.unsubscribe", #"{"channels":["plain","never"]}"#) == [:])
    try fixture.channels.publish("plain", 6)
    #expect(try await far.payloads(1) == [6])
    #expect(try await near.result("rpc.ping") == [:], "nothing came in between")
  }

  @Test func aNameAndPatternsGiveEachMessageOnce() async throws {
    let fixture = try ChannelFixture()
    let live = try await fixture.connect()
    try fixture.channels.publish("x/old", 1)
    let answer = try await live.result("channel.subscribe", ##"{"channels":["x/#","x/old","+/old"]}"##)
    #expect(answer["channels"]?.object?.count == 1)
    _ = try await live.result("channel.subscribe", ##"{"channels":["x/old","#"]}"##)
    try fixture.channels.publish("x/old", 2)
    #expect(try await live.payloads(1) == [2])
    try fixture.channels.publish("x/new", 3)
    let new = try await live.notification("channel.message")
    #expect(new["data"] == 3 && new["offset"] == 1)
    _ = try await live.result("channel.unsubscribe", ##"{"channels":["#","x/old","+/old"]}"##)
    try fixture.channels.publish("x/old", 4)
    try fixture.channels.publish("y", 0)
    try fixture.channels.publish("x/newer", 5)
    #expect(try await live.payloads(2) == [4, 5])
    _ = try await live.result("channel.unsubscribe", ##"{"channels":["x/#"]}"##)
    try fixture.channels.publish("x/old", 6)
    #expect(try await live.result("rpc.ping") == [:])
  }

  @Test func binaryTravelsAsBase64() async throws {
    let fixture = try ChannelFixture()
    let live = try await fixture.connect()
    _ = try await live.result("channel.subscribe", #"{"channels":["open/b"]}"#)
    try await live.call(1, "channel.publish", #"{"channel":"open/b","data":"AAH/","encoding":"base64"}"#)
    _ = try await live.next()
    let message = try await live.notification("channel.message")
    #expect(message["data"] == "AAH/" && message["encoding"] == "base64")
    #expect(try fixture.channels.latest("open/b")?.binary == [0, 1, 255])
    for parameters in [
      #"{"channel":"open/b","data":"AA","encoding":"base64"}"#, #"{"channel":"open/b","data":5,"encoding":"base64"}"#,
      #"{"channel":"open/b","data":"AA==","encoding":"hex"}"#, #"{"channel":"open/+","data":1}"#, #"{"channel":"open/b"}"#,
    ] { #expect(try await live.failure("channel.publish", parameters) == "invalid_parameters", "\(parameters)") }
  }

  @Test func rulesAreKept() async throws {
    let fixture = try ChannelFixture()
    let live = try await fixture.connect()
    try fixture.channels.publish("secret/a", 1)
    try fixture.channels.publish("open/a", 1)
    #expect(try await live.failure("channel.subscribe", #"{"channels":["open/a","secret/a"]}"#) == "forbidden")
    #expect(try await live.failure("channel.history", #"{"channel":"secret/a"}"#) == "forbidden")
    #expect(try await live.failure("channel.presence", #"{"channel":"secret/a"}"#) == "forbidden")
    #expect(try await live.failure("channel.publish", #"{"channel":"else","data":1}"#) == "forbidden")
    #expect(try await live.failure("channel.publish", #"{"channel":"$open","data":1}"#) == "forbidden")
    #expect(try await live.result("channel.list") == ["open/a"])
    #expect(try await live.result("channel.list", #"{"pattern":"secret/#"}"#) == [])
    let all = try await live.result("channel.subscribe", ##"{"channels":["#"]}"##)
    #expect(all["channels"]?.object?.map { $0.key } == ["open/a"])
    try fixture.channels.publish("secret/a", 2)
    try fixture.channels.publish("secret/new", 3)
    try fixture.channels.publish("open/a", 4)
    #expect(try await live.payloads(1) == [4])
  }

  @Test func wrongParametersAreNamed() async throws {
    let fixture = try ChannelFixture()
    let live = try await fixture.connect()
    for parameters in [
      #"{}"#, #"{"channels":[]}"#, #"{"channels":"a"}"#, #"{"channels":[1]}"#, #"{"channels":["a#"]}"#, #"{"channels":["a"],"policy":"x"}"#,
      #"{"channels":["a"],"from":{"a":1}}"#, #"{"channels":["a"],"from":{"a":{"epoch":"x","offset":1}}}"#,
      #"{"channels":["a"],"from":{"a":{"epoch":"00000000","offset":-1}}}"#, #"{"channels":["a"],"latest":1}"#,
      #"{"channels":["a"],"more":1}"#,
    ] { #expect(try await live.failure("channel.subscribe", parameters) == "invalid_parameters", "\(parameters)") }
    let info = String(repeating: "x", count: 1_100)
    #expect(try await live.failure("channel.subscribe", #"{"channels":["a"],"info":"\#(info)"}"#) == "payload_too_large")
    #expect(fixture.channels.statistics.channels == 0)
  }

  @Test func aConnectionHasAsManySubscriptionsAsItMay() async throws {
    let fixture = try ChannelFixture { $0.maximumChannels = 3 }
    let live = try await fixture.connect { $0.maximumSubscriptions = 4 }
    _ = try await live.result("channel.subscribe", ##"{"channels":["a","b/#"]}"##)
    _ = try await live.result("channel.subscribe", ##"{"channels":["a","b/#"]}"##)
    #expect(try await live.failure("channel.subscribe", #"{"channels":["c","d","e"]}"#) == "too_many_requests")
    _ = try await live.result("channel.unsubscribe", ##"{"channels":["b/#"]}"##)
    #expect(try await live.failure("channel.subscribe", #"{"channels":["c","d","e"]}"#) == "too_many_requests", "too many channels")
    #expect(fixture.channels.statistics.channels == 1, "what began before the refusal is taken back")
    _ = try await live.result("channel.subscribe", #"{"channels":["c","d"]}"#)
    try await live.breakOff()
    let other = try await fixture.connect()
    _ = try await other.result("channel.subscribe", #"{"channels":["e","f","g"]}"#)
  }

  // MARK: Coming back

  private func position(_ channels: ChannelRegistry, _ name: String, _ offset: Int) throws -> String {
    let latest = try #require(try channels.latest(name))
    return #"{"\#(name)":{"epoch":"\#(latest.epoch)","offset":\#(offset)}}"#
  }

  @Test func recoversWhatWasMissed() async throws {
    let fixture = try ChannelFixture { $0.history = 3 }
    for number in 1...5 { try fixture.channels.publish("a", number) }
    let live = try await fixture.connect()
    let from = try position(fixture.channels, "a", 3)
    let answer = try await live.result("channel.subscribe", #"{"channels":["a"],"from":\#(from)}"#)["channels"]?["a"]
    #expect(answer?["recovered"] == true && answer?["latest"] == nil && answer?["offset"] == 3 && answer?["newest"] == 5)
    try fixture.channels.publish("a", 6)
    #expect(try await live.payloads(3) == [4, 5, 6])
  }

  @Test func saysWhenHistoryDoesNotReachBack() async throws {
    let fixture = try ChannelFixture { $0.history = 3 }
    for number in 1...5 { try fixture.channels.publish("a", number) }
    let live = try await fixture.connect()
    let from = try position(fixture.channels, "a", 1)
    let lost = try await live.result("channel.subscribe", ##"{"channels":["#"],"from":\##(from)}"##)["channels"]?["a"]
    #expect(lost?["recovered"] == false && lost?["latest"]?["data"] == 5 && lost?["offset"] == 5 && lost?["newest"] == nil)
    try fixture.channels.publish("a", 6)
    #expect(try await live.payloads(1) == [6])
    let other = try await fixture.connect()
    let foreign = #"{"a":{"epoch":"00000000","offset":5}}"#
    let answer = try await other.result("channel.subscribe", #"{"channels":["a"],"from":\#(foreign)}"#)["channels"]?["a"]
    #expect(answer?["recovered"] == false)
  }

  @Test func theAnswerOfABatchComesBeforeItsMessages() async throws {
    let fixture = try ChannelFixture()
    for number in 1...3 { try fixture.channels.publish("a", number) }
    let live = try await fixture.connect()
    let from = try position(fixture.channels, "a", 1)
    try await live.send(
      "[\(LiveFixture.request(1, "channel.subscribe", #"{"channels":["a"],"from":\#(from)}"#)),\(LiveFixture.request(2, "channel.list"))]")
    let answers = try #require(try JSONValue(parsing: try await live.next()).array)
    #expect(answers.count == 2)
    #expect(try await live.payloads(2) == [2, 3])
  }

  @Test func givesHistory() async throws {
    let fixture = try ChannelFixture { $0.history = 3 }
    for number in 1...5 { try fixture.channels.publish("a", number) }
    let live = try await fixture.connect()
    let all = try await live.result("channel.history", #"{"channel":"a"}"#)
    #expect(all["offset"] == 5 && all["recovered"] == false)
    #expect(all["messages"]?.array?.map { $0["data"]?.int } == [3, 4, 5])
    let epoch = try #require(all["epoch"]?.string)
    let page = try await live.result("channel.history", #"{"channel":"a","after":{"epoch":"\#(epoch)","offset":2},"limit":2}"#)
    #expect(page["recovered"] == true && page["messages"]?.array?.map { $0["offset"]?.int } == [3, 4])
    #expect(try await live.failure("channel.history", #"{"channel":"none"}"#) == "channel_not_found")
  }

  // MARK: Presence

  @Test func tellsWhoComesAndGoes() async throws {
    let fixture = try ChannelFixture()
    let loop = NIOAsyncTestingEventLoop()
    let (watcher, guest) = (try await fixture.connect(on: loop), try await fixture.connect())
    _ = try await watcher.result("channel.subscribe", #"{"channels":["open/room"],"presence":true}"#)
    let id = try #require(
      try await guest.result("channel.subscribe", ##"{"channels":["open/#"],"info":{"name":"Ada"}}"##)["client"])
    let joined = try await watcher.notification("channel.joined")
    #expect(joined["channel"] == "open/room" && joined["client"]?["id"] == id && joined["client"]?["info"]?["name"] == "Ada")
    let clients = try await guest.result("channel.presence", #"{"channel":"open/room"}"#)["clients"]?.array
    #expect(clients?.count == 2 && clients?.last?["id"] == id && clients?.first?["info"] == nil)
    try await guest.breakOff()
    let left = try await watcher.notification("channel.left")
    #expect(left["client"]?["id"] == id)
    #expect(try await watcher.result("channel.presence", #"{"channel":"open/room"}"#)["clients"]?.array?.count == 1)
    #expect(try await watcher.failure("channel.presence", #"{"channel":"else"}"#) == "forbidden")
    try await watcher.breakOff()
    #expect(fixture.channels.statistics.channels == 0)
  }
}
