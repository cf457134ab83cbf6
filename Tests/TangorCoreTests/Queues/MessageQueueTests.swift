import TangorTesting
import Testing

@testable import TangorCore

@Suite struct MessageQueueStateTests {
  private func taken(_ state: inout MessageQueueState<Int>, _ reader: Int) -> MessageBatch<Int>? {
    if case .messages(let batch) = state.fetch(reader) { return batch }
    return nil
  }

  @Test func aReaderThatComesLateSeesWhatIsHeld() {
    var state = MessageQueueState<Int>(limit: 10, policy: .dropOldest)
    for number in 0..<3 { #expect(state.publish(number) == .done) }
    let (early, late) = (state.subscribe(seesHeld: true), state.subscribe(seesHeld: false))
    #expect(taken(&state, late) == nil)
    for number in 3..<5 { _ = state.publish(number) }
    #expect(taken(&state, early) == MessageBatch(messages: [0, 1, 2, 3, 4], lost: 0))
    #expect(taken(&state, late) == MessageBatch(messages: [3, 4], lost: 0))
    #expect(taken(&state, early) == nil)
    state.rewind(late)
    #expect(taken(&state, late)?.messages == [0, 1, 2, 3, 4])
  }

  @Test func compactingMovesNobody() {
    var state = MessageQueueState<Int>(limit: 10, policy: .dropOldest)
    let (fast, slow) = (state.subscribe(seesHeld: true), state.subscribe(seesHeld: true))
    for number in 0..<3 { _ = state.publish(number) }
    _ = taken(&state, fast)
    #expect(state.compact() == 0, "the slow one has read nothing")
    _ = taken(&state, slow)
    #expect(state.compact() == 3)
    _ = state.publish(3)
    let new = state.subscribe(seesHeld: true)
    for reader in [fast, slow, new] { #expect(taken(&state, reader) == MessageBatch(messages: [3], lost: 0)) }
    for reader in [fast, slow, new] { state.unsubscribe(reader) }
    _ = state.publish(4)
    #expect(state.compact() == 2, "nobody is left to read them")
    #expect(state.count == 0)
  }

  @Test func theOldestGoAndTheirReadersAreTold() {
    var state = MessageQueueState<Int>(limit: 3, policy: .dropOldest)
    let reader = state.subscribe(seesHeld: true)
    for number in 0..<5 { #expect(state.publish(number) == .done) }
    #expect(state.count == 3)
    #expect(taken(&state, reader) == MessageBatch(messages: [2, 3, 4], lost: 2))
    _ = state.publish(5)
    #expect(taken(&state, reader) == MessageBatch(messages: [5], lost: 0))
  }

  @Test func aFullQueueWaitsForItsSlowestReader() {
    var state = MessageQueueState<Int>(limit: 2, policy: .wait)
    #expect(state.publish(0) == .done && state.publish(1) == .done)
    #expect(state.publish(2) == .full && !state.hasRoom, "nobody has read them")
    let (one, two) = (state.subscribe(seesHeld: true), state.subscribe(seesHeld: true))
    _ = taken(&state, one)
    #expect(state.publish(2) == .full)
    _ = taken(&state, two)
    #expect(state.hasRoom && state.publish(2) == .done && state.count == 1)
    _ = state.publish(3)
    _ = taken(&state, one)
    #expect(!state.hasRoom)
    state.unsubscribe(two)
    #expect(state.publish(4) == .done, "the one that was slow has gone")
  }

  @Test func whatAnEndedQueueHoldsMayStillBeRead() {
    var state = MessageQueueState<Int>(limit: 2, policy: .wait)
    let reader = state.subscribe(seesHeld: true)
    _ = state.publish(0)
    state.end()
    #expect(state.publish(1) == .ended)
    #expect(taken(&state, reader)?.messages == [0])
    if case .ended = state.fetch(reader) {} else { Issue.record("the reader has ended") }
    if case .ended = state.fetch(99) {} else { Issue.record("there is no such reader") }
  }

  /// 200,000 steps beside a model that keeps everything: each reader sees every message once and in order, or is told that it lost it.
  @Test(arguments: [MessageQueuePolicy.dropOldest, .wait]) func nothingIsLostUntoldOrSeenTwice(policy: MessageQueuePolicy) {
    var random = SeededGenerator(seed: 11)
    var state = MessageQueueState<Int>(limit: 8, policy: policy)
    var published = 0
    /// The message that each reader is to see next; nil before its first, for one that sees what is held.
    var places: [Int: Int?] = [:]
    for _ in 0..<200_000 {
      switch Int.random(in: 0..<100, using: &random) {
      case ..<45:
        if state.publish(published) == .done { published += 1 }
      case ..<90:
        guard let reader = places.keys.sorted().randomElement(using: &random) else { continue }
        guard let batch = taken(&state, reader) else {
          if case .some(.some(let place)) = places[reader] { #expect(place == published) }
          continue
        }
        let first = batch.messages[0]
        if case .some(.some(let place)) = places[reader] { #expect(first == place + batch.lost) }
        #expect(batch.messages == Array(first..<published))
        if policy == .wait { #expect(batch.lost == 0) }
        places[reader] = published
      case ..<94:
        let seesHeld = Bool.random(using: &random)
        if places.count < 6 { places[state.subscribe(seesHeld: seesHeld)] = .some(seesHeld ? nil : published) }
      case ..<98:
        guard let reader = places.keys.sorted().randomElement(using: &random) else { continue }
        places[reader] = nil
        state.unsubscribe(reader)
      default: state.compact()
      }
      #expect(state.count <= 8)
    }
    #expect(published > 10_000)
  }
}

@Suite(.timeLimit(.minutes(1))) struct MessageQueueTests {
  let clock = ManualClock()

  @Test func everyReaderGetsEveryMessage() async throws {
    let queue = MessageQueue<Int>(limit: 16, whenFull: .wait)
    let readers = (0..<4).map { _ in queue.subscribe() }
    let all = try await withThrowingTaskGroup(of: [Int].self) { group in
      for reader in readers {
        group.addTask {
          var got: [Int] = []
          for try await number in reader { got.append(number) }
          return got
        }
      }
      for number in 0..<2_000 { try await queue.publish(number) }
      queue.end()
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(all == Array(repeating: Array(0..<2_000), count: 4))
  }

  @Test func fetchWaitsForTheNextMessage() async throws {
    let queue = MessageQueue<String>()
    let reader = queue.subscribe()
    let waiting = Task { try await reader.fetch() }
    queue.offer("a")
    #expect(try await waiting.value == MessageBatch(messages: ["a"], lost: 0))
  }

  @Test func aFetchWithALimitInTimeLosesNothing() async throws {
    let queue = MessageQueue<Int>(time: TimeSource(clock))
    let reader = queue.subscribe()
    let waiting = Task { try await reader.fetch(timeout: .seconds(10)) }
    await clock.sleepers()
    clock.advance(by: .seconds(10))
    let error = await #expect(throws: TangorError.self) { try await waiting.value }
    #expect(error?.code == .timeout)
    queue.offer(1)
    #expect(try await reader.fetch(timeout: .zero)?.messages == [1])
    let cancelled = Task { try await reader.fetch() }
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    queue.offer(2)
    #expect(try await reader.fetch()?.messages == [2])
  }

  @Test func whoPublishesIntoAFullQueueWaitsAndMayGiveUp() async throws {
    let queue = MessageQueue<Int>(limit: 1, whenFull: .wait)
    let reader = queue.subscribe()
    try await queue.publish(0)
    #expect(!queue.offer(1))
    let given = Task { try await queue.publish(1) }
    given.cancel()
    await #expect(throws: CancellationError.self) { try await given.value }
    let waiting = Task { try await queue.publish(2) }
    #expect(try await reader.fetch()?.messages == [0])
    try await waiting.value
    #expect(try await reader.fetch()?.messages == [2])
    let refused = Task { try await queue.publish(3) }
    try await refused.value
    let late = Task { try await queue.publish(4) }
    queue.end()
    _ = await late.result
    await #expect(throws: TangorError.self) { try await queue.publish(5) }
  }

  @Test func aReaderThatNobodyHoldsHoldsNobodyUp() async throws {
    let queue = MessageQueue<Int>(limit: 1, whenFull: .wait)
    var forgotten: MessageQueueReader<Int>? = queue.subscribe()
    let reader = queue.subscribe()
    try await queue.publish(0)
    _ = try await reader.fetch()
    let waiting = Task { try await queue.publish(1) }
    #expect(queue.readerCount == 2)
    _ = forgotten
    forgotten = nil
    try await waiting.value
    #expect(queue.readerCount == 1)
  }

  @Test func aSlowLoopIsToldWhatItLost() async throws {
    let queue = MessageQueue<Int>(limit: 2)
    var iterator = queue.subscribe().makeAsyncIterator()
    for number in 0..<5 { queue.offer(number) }
    #expect(try await iterator.next() == 3 && iterator.lost == 3)
    #expect(try await iterator.next() == 4 && iterator.lost == 0)
    queue.end()
    #expect(try await iterator.next() == nil)
  }
}
