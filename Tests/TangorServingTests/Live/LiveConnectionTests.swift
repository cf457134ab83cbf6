import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import TangorCore
import TangorJSON
import TangorTesting
import Testing

@testable import TangorServing

private final class Subscription: LiveSubscription {
  let ends = NIOLockedValueBox(0)
  func end() { ends.withLockedValue { $0 += 1 } }
}

@Suite(.timeLimit(.minutes(1))) struct LiveConnectionTests {
  private static let notification = #"{"jsonrpc":"2.0","method":"rpc.ping"}"#

  /// A method that says when it begins, and ends when it is told to or is cancelled.
  private func held(_ name: String, begun: Signal, release: Signal, cancelled: Signal? = nil) -> LiveMethod {
    LiveMethod(name, "Waits.", result: "Its name.") { _ in
      begun.fire()
      await release.wait()
      if Task.isCancelled { cancelled?.fire() }
      try Task.checkCancellation()
      return JSONFragment(name)
    }
  }

  @Test func answersAtOnceAndFromTasks() async throws {
    let slow = LiveMethod("slow", "Yields.", result: "Five.") { _ in
      await Task.yield()
      return JSONFragment(5)
    }
    let live = try await LiveFixture([slow])
    try await live.call(1, "rpc.ping")
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":1,"result":{}}"#)
    try await live.call(2, "slow")
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":2,"result":5}"#)
  }

  @Test func answersAreGivenAsTheyEnd() async throws {
    let (begun, release) = (Signal(), Signal())
    let live = try await LiveFixture([held("hold", begun: begun, release: release)])
    try await live.send(LiveFixture.request(1, "hold"), LiveFixture.request(2, "rpc.ping"))
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":2,"result":{}}"#)
    release.fire()
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":1,"result":"hold"}"#)
  }

  @Test func notificationsAreNotAnswered() async throws {
    let live = try await LiveFixture()
    try await live.send(Self.notification, #"{"jsonrpc":"2.0","method":"none.such"}"#, LiveFixture.request(3, "rpc.ping"))
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":3,"result":{}}"#)
  }

  @Test func aBatchIsAnsweredWhole() async throws {
    let slow = LiveMethod("slow", "Yields.", result: "Five.") { _ in
      await Task.yield()
      return JSONFragment(5)
    }
    let live = try await LiveFixture([slow])
    try await live.send("[\(LiveFixture.request(1, "slow")),\(Self.notification),5,\(LiveFixture.request(2, "rpc.ping"))]")
    let answers = try #require(try JSONValue(parsing: try await live.next()).array)
    #expect(answers.count == 3)
    #expect(Set(answers.map { $0.object?["id"] }) == [1, 2, .some(nil)])
    try await live.send("[\(Self.notification),\(Self.notification)]", LiveFixture.request(3, "rpc.ping"))
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":3,"result":{}}"#, "a batch of notifications is not answered")
  }

  @Test func whatIsNotJSONIsAnsweredAndTheConnectionLives() async throws {
    let live = try await LiveFixture()
    try await live.send("{", "[]", LiveFixture.request(1, "rpc.ping"))
    #expect(try await live.next().hasPrefix(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"#))
    #expect(try await live.next().hasPrefix(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"#))
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":1,"result":{}}"#)
  }

  @Test func aBinaryMessageEndsIt() async throws {
    let live = try await LiveFixture()
    try await live.channel.writeInbound(ByteBuffer(bytes: clientFrame(2, [1, 2, 3])))
    #expect(try await live.next() == "close 1003")
  }

  // MARK: Cancelling

  @Test func aCallIsCancelledById() async throws {
    let (begun, release) = (Signal(), Signal())
    let live = try await LiveFixture([held("hold", begun: begun, release: release)])
    try await live.send(LiveFixture.request(1, "hold"), LiveFixture.request(2, "hold"))
    await begun.wait()
    await begun.wait()
    try await live.send(#"{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":"1"}}"#)
    try await live.send(#"{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":1}}"#)
    let answer = try await live.next()
    #expect(answer.hasPrefix(#"{"jsonrpc":"2.0","id":1,"error":{"code":-32099,"#), "\(answer)")
    release.fire()
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":2,"result":"hold"}"#, "the other call goes on")
    try await live.call(3, "rpc.cancel", #"{"id":1}"#)
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":3,"result":{}}"#, "cancelling what has ended does nothing")
  }

  @Test func callsAreCancelledWhenTheConnectionGoes() async throws {
    let (begun, release, cancelled) = (Signal(), Signal(), Signal())
    let live = try await LiveFixture([held("hold", begun: begun, release: release, cancelled: cancelled)])
    try await live.call(1, "hold")
    await begun.wait()
    try await live.breakOff()
    await cancelled.wait()
  }

  // MARK: Deferred calls

  /// Work that ends when the test says so.
  private final class Pending: LiveDeferred {
    typealias Completion = @Sendable (Result<JSONFragment, any Error>) -> Void
    let started = Signal()
    let cancelled = Signal()
    private let completion = NIOLockedValueBox<Completion?>(nil)

    func start(_ completion: @escaping Completion) {
      self.completion.withLockedValue { $0 = completion }
      started.fire()
    }

    func cancel() {
      cancelled.fire()
      end(.failure(CancellationError()))
    }

    func end(_ result: Result<JSONFragment, any Error>) {
      let completion = completion.withLockedValue { completion in
        defer { completion = nil }
        return completion
      }
      completion?(result)
    }
  }

  private func deferred(_ name: String, _ work: Pending) -> LiveMethod {
    .direct(name, "Waits.", result: "What it is told.") { _, _, _ in .deferred(work) }
  }

  @Test func deferredCallsAreAnsweredFromElsewhere() async throws {
    let (first, second) = (Pending(), Pending())
    let live = try await LiveFixture([deferred("first", first), deferred("second", second)])
    try await live.send(LiveFixture.request(1, "first"), LiveFixture.request(2, "second"), LiveFixture.request(3, "rpc.ping"))
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":3,"result":{}}"#, "they hold up nobody")
    second.end(.success(JSONFragment(2)))
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":2,"result":2}"#)
    first.end(.failure(TangorError(.notFound, "gone")))
    #expect(try await live.next().contains(#""data":{"code":"not_found","detail":"gone""#))
  }

  @Test func deferredCallsAreCancelledByIdAndWhenTheConnectionGoes() async throws {
    let (first, second) = (Pending(), Pending())
    let live = try await LiveFixture([deferred("first", first), deferred("second", second)])
    try await live.send(LiveFixture.request(1, "first"), LiveFixture.request(2, "second"))
    await first.started.wait()
    try await live.send(#"{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":1}}"#)
    await first.cancelled.wait()
    #expect(try await live.next().hasPrefix(#"{"jsonrpc":"2.0","id":1,"error":{"code":-32099,"#))
    try await live.breakOff()
    await second.cancelled.wait()
    #expect(first.cancelled.waitingCount == 0, "what has ended is not cancelled again")
  }

  @Test func deferredCallsOfABatchAreAnsweredWithIt() async throws {
    let work = Pending()
    let live = try await LiveFixture([deferred("later", work)])
    try await live.send("[\(LiveFixture.request(1, "later")),\(LiveFixture.request(2, "rpc.ping"))]")
    await work.started.wait()
    work.end(.success(JSONFragment(5)))
    let answers = try #require(try JSONValue(parsing: try await live.next()).array)
    #expect(answers.map { $0.object?["id"] } == [2, 1])
  }

  @Test func readingStopsAtTheLimitOfDeferredCallsInFlight() async throws {
    let (first, second) = (Pending(), Pending())
    let live = try await LiveFixture([deferred("first", first), deferred("second", second)]) { $0.maximumCallsInFlight = 2 }
    try await live.send(LiveFixture.request(1, "first"), LiveFixture.request(2, "second"), LiveFixture.request(3, "rpc.ping"))
    await second.started.wait()
    first.end(.success(.null))
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":1,"result":null}"#, "the ping was not read before")
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":3,"result":{}}"#)
    second.end(.success(.null))
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":2,"result":null}"#)
  }

  // MARK: Limits

  @Test func readingStopsAtTheLimitOfCallsInFlight() async throws {
    let (begun, release, releaseOther) = (Signal(), Signal(), Signal())
    let live = try await LiveFixture([
      held("first", begun: begun, release: release), held("second", begun: begun, release: releaseOther),
    ]) { $0.maximumCallsInFlight = 2 }
    try await live.send(LiveFixture.request(1, "first"), LiveFixture.request(2, "second"), LiveFixture.request(3, "rpc.ping"))
    try await live.call(4, "rpc.ping")
    await begun.wait()
    await begun.wait()
    release.fire()
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":1,"result":"first"}"#, "the ping waits outside")
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":3,"result":{}}"#)
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":4,"result":{}}"#)
    releaseOther.fire()
    #expect(try await live.next() == #"{"jsonrpc":"2.0","id":2,"result":"second"}"#)
  }

  // MARK: Notifications

  @Test func aSenderWaitsWhileThePeerDoesNotRead() async throws {
    let live = try await LiveFixture { $0.webSocket.bufferSize = .init(bytes: 1_000) }
    try await live.set(writable: false)
    let sent = NIOLockedValueBox(0)
    let (connection, eventLoop) = (live.connection, live.channel.testingEventLoop)
    let sender = Task {
      for number in 1...500 {
        try await connection.notify("n", JSONFragment(number))
        sent.withLockedValue { $0 = number }
        // One at a time: each has left the connection's own queue before the next comes.
        try await eventLoop.executeInContext {}
      }
    }
    // Far more turns than 500 notifications need where nobody waits.
    for _ in 0..<5_000 {
      await Task.yield()
      try await live.channel.testingEventLoop.executeInContext {}
    }
    #expect(sent.withLockedValue { $0 } < 100, "a thousand bytes hold about 25 notifications, and a few more may be on their way")
    try await live.set(writable: true)
    for number in 1...500 {
      #expect(try await live.next() == #"{"jsonrpc":"2.0","method":"n","params":\#(number)}"#)
    }
    try await sender.value
  }

  @Test func aWaitingSenderEndsWithTheConnection() async throws {
    let live = try await LiveFixture { $0.webSocket.bufferSize = .init(bytes: 10) }
    try await live.set(writable: false)
    let connection = live.connection
    let sender = Task { while true { try await connection.notify("n", .null) } }
    try await live.breakOff()
    await #expect(throws: CancellationError.self) { try await sender.value }
    await #expect(throws: CancellationError.self) { try await connection.notify("n", .null) }
  }

  @Test func aWaitingSenderCanBeCancelled() async throws {
    let live = try await LiveFixture { $0.webSocket.bufferSize = .init(bytes: 10) }
    try await live.set(writable: false)
    let connection = live.connection
    let sender = Task { while true { try await connection.notify("n", .null) } }
    try await live.channel.testingEventLoop.executeInContext {}
    sender.cancel()
    await #expect(throws: CancellationError.self) { try await sender.value }
  }

  // MARK: Subscriptions

  @Test func subscriptionsEndOnceWithTheConnection() async throws {
    let live = try await LiveFixture { $0.maximumSubscriptions = 2 }
    let (kept, removed, late) = (Subscription(), Subscription(), Subscription())
    try live.connection.add(kept, named: "a")
    try live.connection.add(removed, named: "b")
    let twice = #expect(throws: TangorError.self) { try live.connection.add(late, named: "a") }
    #expect(twice?.code == .invalidRequest)
    let full = #expect(throws: TangorError.self) { try live.connection.add(late, named: "c") }
    #expect(full?.code == .tooManyRequests)
    #expect(full?.retryAfter != nil)
    #expect(live.connection.subscription(named: "a") === kept)
    live.connection.removeSubscription(named: "b")
    #expect(live.connection.subscription(named: "b") == nil)
    try await live.breakOff()
    try await live.breakOff()
    #expect(kept.ends.withLockedValue { $0 } == 1)
    #expect(removed.ends.withLockedValue { $0 } == 0, "who takes it out ends it")
    #expect(throws: CancellationError.self) { try live.connection.add(late, named: "d") }
    #expect(live.connection.subscription(named: "a") == nil)
  }
}
