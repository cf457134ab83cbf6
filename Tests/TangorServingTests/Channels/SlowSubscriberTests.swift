import NIOCore
import NIOEmbedded
import TangorCore
import TangorJSON
import Testing

@testable import TangorServing

/// Subscribers whose peer does not read, beside one that does.
@Suite(.timeLimit(.minutes(1))) struct SlowSubscriberTests {
  private func stalled(
    _ policy: String, history: Int, _ body: (_ slow: LiveFixture, _ fast: LiveFixture, _ channels: ChannelRegistry) async throws -> Void
  ) async throws {
    let fixture = try ChannelFixture { $0.history = history }
    let loop = NIOAsyncTestingEventLoop()
    let slow = try await fixture.connect(on: loop) { $0.webSocket.bufferSize = .kibibytes(1) }
    let fast = try await fixture.connect(on: loop)
    _ = try await slow.result("channel.subscribe", #"{"channels":["a"],"policy":"\#(policy)"}"#)
    _ = try await fast.result("channel.subscribe", ##"{"channels":["#"],"policy":"all"}"##)
    try fixture.channels.publish("a", 1)
    #expect(try await slow.payloads(1) == [1])
    #expect(try await fast.payloads(1) == [1])
    try await slow.set(writable: false)
    for number in 2...9 {
      try fixture.channels.publish("a", number)
      #expect(try await fast.payloads(1) == [number], "others do not wait")
    }
    try await body(slow, fast, fixture.channels)
  }

  @Test func allGoesOnFromTheHistory() async throws {
    try await stalled("all", history: 100) { slow, fast, channels in
      try await slow.set(writable: true)
      #expect(try await slow.payloads(8) == Array(2...9))
      try channels.publish("a", 10)
      #expect(try await slow.payloads(1) == [10])
      #expect(try await fast.payloads(1) == [10])
    }
  }

  @Test func allIsClosedWhenMessagesAreLost() async throws {
    try await stalled("all", history: 3) { slow, fast, channels in
      try await slow.set(writable: true)
      #expect(try await slow.next() == "close 4413")
      try channels.publish("a", 10)
      #expect(try await fast.payloads(1) == [10])
    }
  }

  @Test func dropOldestSaysWhatWasLost() async throws {
    try await stalled("dropOldest", history: 3) { slow, fast, channels in
      try await slow.set(writable: true)
      let lost = try await slow.notification("channel.lost")
      #expect(lost["channel"] == "a" && lost["offset"] == 6 && lost["count"] == 5)
      #expect(try await slow.payloads(3) == [7, 8, 9])
      try channels.publish("a", 10)
      #expect(try await slow.payloads(1) == [10])
    }
  }

  @Test func latestSkipsToTheNewest() async throws {
    try await stalled("latest", history: 100) { slow, fast, channels in
      try await slow.set(writable: true)
      #expect(try await slow.payloads(1) == [9])
      try channels.publish("a", 10)
      #expect(try await slow.payloads(1) == [10])
    }
  }

  @Test func closeEndsAConnectionWhoseBufferIsFull() async throws {
    try await stalled("close", history: 100) { slow, fast, channels in
      // What waits so far is below the size of the buffer.
      #expect(slow.connection.eventLoop.inEventLoop == false)
      try channels.publish("a", String(repeating: "x", count: 1_000))
      _ = try await fast.notification("channel.message")
      try await slow.set(writable: true)
      #expect(try await slow.next() == "close 1013")
    }
  }

  /// More comes within one turn of the loop than history and backlog keep: nobody reads slowly, and still messages are lost.
  @Test func aBurstBeyondTheBacklogFollowsThePolicyToo() async throws {
    let fixture = try ChannelFixture { $0.history = 3 }
    let loop = NIOAsyncTestingEventLoop()
    let policies = ["dropOldest", "all", "latest"]
    var connections: [LiveFixture] = []
    for policy in policies {
      let connection = try await fixture.connect(on: loop)
      _ = try await connection.result("channel.subscribe", #"{"channels":["a"],"policy":"\#(policy)"}"#)
      connections.append(connection)
    }
    try await loop.executeInContext { for number in 1...10 { try fixture.channels.publish("a", number) } }
    #expect(try await connections[0].notification("channel.lost")["count"] == 7)
    #expect(try await connections[0].payloads(3) == [8, 9, 10])
    #expect(try await connections[1].next() == "close 4413")
    #expect(try await connections[2].payloads(3) == [8, 9, 10])
  }

  @Test func aBurstWithinTheBacklogLosesNothing() async throws {
    let fixture = try ChannelFixture {
      $0.history = 3
      $0.backlogSize = .mebibytes(1)
    }
    let loop = NIOAsyncTestingEventLoop()
    let connection = try await fixture.connect(on: loop)
    _ = try await connection.result("channel.subscribe", #"{"channels":["a"],"policy":"all"}"#)
    try await loop.executeInContext { for number in 1...500 { try fixture.channels.publish("a", number) } }
    #expect(try await connection.payloads(500) == Array(1...500))
    let history = try await connection.result("channel.history", #"{"channel":"a"}"#)
    #expect(history["messages"]?.array?.count == 3, "what was given is kept no longer")
  }

  @Test func theAnswerThatWaitsGoesFirst() async throws {
    let fixture = try ChannelFixture()
    try fixture.channels.publish("a", 1)
    let live = try await fixture.connect()
    let epoch = try #require(try fixture.channels.latest("a")).epoch
    let loop = live.channel.testingEventLoop
    try await live.call(1, "channel.subscribe", #"{"channels":["a"],"from":{"a":{"epoch":"\#(epoch)","offset":0}}}"#)
    #expect(try JSONValue(parsing: try await live.next())["id"] == 1)
    #expect(try await live.payloads(1) == [1])
    try await loop.executeInContext {
      // A message that waits already is not overtaken by one that others share.
      live.channel.isWritable = false
      live.channel.pipeline.fireChannelWritabilityChanged()
    }
    async let waiting: Void = live.connection.notify("first", .null)
    try await waiting
    try fixture.channels.publish("a", 2)
    try await live.set(writable: true)
    #expect(try await live.next().contains("first"))
    #expect(try await live.payloads(1) == [2])
  }
}
