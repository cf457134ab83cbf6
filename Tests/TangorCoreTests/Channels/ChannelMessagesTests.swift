import Synchronization
import TangorTesting
import Testing

@testable import TangorCore

@Suite(.timeLimit(.minutes(1))) struct ChannelMessagesTests {
  private func registry(history: Int = 100, backlog: Int = 0) throws -> ChannelRegistry {
    var configuration = ChannelsConfiguration()
    configuration.history = history
    configuration.backlogSize = ByteSize(bytes: backlog)
    return try ChannelRegistry(configuration: configuration)
  }

  private func take(_ count: Int, from iterator: inout ChannelMessages.Iterator) async throws -> [Int] {
    var values: [Int] = []
    while values.count < count, let message = await iterator.next() { values.append(try message.decode(Int.self)) }
    return values
  }

  @Test func givesWhatComesAndTheLatestWhenAsked() async throws {
    let channels = try registry()
    try channels.publish("a", 1)
    try channels.publish("a", 2)
    var plain = try channels.messages(in: "a").makeAsyncIterator()
    var latest = try channels.messages(in: "a", latest: true).makeAsyncIterator()
    try channels.publish("a", 3)
    #expect(try await take(1, from: &plain) == [3])
    #expect(try await take(2, from: &latest) == [2, 3])
  }

  @Test func aNameAndPatternsGiveEachMessageOnce() async throws {
    let channels = try registry()
    try channels.publish("x/old", 0)
    var iterator = try channels.messages(in: ["x/old", "x/#", "+/old", "#"]).makeAsyncIterator()
    try channels.publish("x/old", 1)
    #expect(try await take(1, from: &iterator) == [1])
    try channels.publish("x/new", 2)
    try channels.publish("y", 3)
    #expect(try await take(2, from: &iterator) == [2, 3])
    try channels.publish("x/new", 4)
    #expect(try await take(1, from: &iterator) == [4])
  }

  @Test func continuesBehindAPosition() async throws {
    let channels = try registry(history: 3)
    var positions: [ChannelPosition] = []
    for number in 1...6 { positions.append(try channels.publish("a", number)) }
    var whole = try channels.messages(in: "a", from: positions[3]).makeAsyncIterator()
    #expect(try await take(2, from: &whole) == [5, 6])
    var lost = try channels.messages(in: "a", from: positions[0]).makeAsyncIterator()
    try channels.publish("a", 7)
    #expect(try await take(1, from: &lost) == [7])
  }

  @Test func aSlowReaderFollowsItsPolicy() async throws {
    let channels = try registry(history: 3)
    var oldest = try channels.messages(in: "a", policy: .dropOldest).makeAsyncIterator()
    var latest = try channels.messages(in: "a", policy: .latest).makeAsyncIterator()
    var all = try channels.messages(in: "a", policy: .all).makeAsyncIterator()
    for number in 1...10 { try channels.publish("a", number) }
    let first = await oldest.next()
    #expect(try first?.decode(Int.self) == 8)
    #expect(first?.lostBefore == 7)
    let second = await oldest.next()
    #expect(second?.lostBefore == 0)
    #expect(try await take(1, from: &latest) == [10])
    #expect(await all.next() == nil, "what was to be whole ends when it cannot be")
    #expect(channels.statistics.readers == 2)
  }

  @Test func aBurstIsKeptUntilItWasTaken() async throws {
    let channels = try registry(history: 1, backlog: 1 << 20)
    var iterator = try channels.messages(in: "a", policy: .all).makeAsyncIterator()
    for number in 1...1_000 { try channels.publish("a", number) }
    #expect(try await take(1_000, from: &iterator) == Array(1...1_000))
    let channel = try #require(channels.find(ChannelName("a")))
    #expect(channel.history(after: nil, limit: 9_999).messages.count == 1)
  }

  @Test func endsWhenItsTaskIsCancelledAndLeavesNothing() async throws {
    let channels = try registry()
    let begun = Signal()
    let sequence = try channels.messages(in: ["a", "b/+"])
    let task = Task {
      begun.fire()
      var count = 0
      for await _ in sequence { count += 1 }
      return count
    }
    await begun.wait()
    task.cancel()
    #expect(await task.value == 0)
    #expect(channels.statistics.readers == 0)
    #expect(channels.statistics.channels == 0)
  }

  @Test func endsWhenNobodyHoldsIt() throws {
    let channels = try registry()
    do {
      let sequence = try channels.messages(in: "a")
      #expect(channels.statistics.readers == 1)
      _ = sequence.makeAsyncIterator()
    }
    #expect(channels.statistics.readers == 0)
    #expect(channels.statistics.channels == 0)
  }

  @Test func endsWithTheServer() async throws {
    let channels = try registry()
    var iterator = try channels.messages(in: "a").makeAsyncIterator()
    channels.shutdown()
    #expect(await iterator.next() == nil)
    #expect(throws: TangorError.self) { try channels.messages(in: "a") }
  }

  /// Readers that come, go and come back with their positions, while several threads publish.
  @Test func recoveringRacesWithPublishing() async throws {
    let channels = try registry(history: 1_000_000, backlog: 1 << 30)
    let count = 4_000
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<2 {
        group.addTask { for number in 1...(count / 2) { try channels.publish("a", number) } }
      }
      for reader in 0..<4 {
        group.addTask {
          var position: ChannelPosition?
          var seen = 0
          while seen < count {
            // The first time from the beginning, wherever the publishers are by now.
            if position == nil, let latest = try channels.latest("a") { position = ChannelPosition(epoch: latest.epoch, offset: 0) }
            guard let from = position else {
              await Task.yield()
              continue
            }
            var left = 50 + reader * 37
            for await message in try channels.messages(in: reader % 2 == 0 ? ["a"] : ["#", "a"], from: ["a": from], policy: .all) {
              #expect(message.offset == seen + 1)
              seen = message.offset
              position = message.position
              left -= 1
              if left == 0 || seen == count { break }
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(channels.statistics.readers == 0)
  }
}
