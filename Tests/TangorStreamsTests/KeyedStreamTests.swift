import TangorCore
import TangorJSON
import TangorServing
import TangorTesting
import Testing

@testable import TangorStreams

@Suite struct KeyedStreamTests {
  let clock = ManualClock()
  let registry: StreamRegistry

  init() { registry = StreamRegistry(time: TimeSource(clock)) }

  static let endless: [(String, @Sendable () -> StreamSource)] = [
    ("synchronous", { StreamSource(Endless()) }),
    ("blocking", { StreamSource(Endless()).blocking() }),
    ("asynchronous", { StreamSource(EndlessAsync()) }),
    (
      "generator",
      {
        StreamSource(
          generate(Int.self) { output in
            var number = 0
            while true {
              number += 1
              try await output.yield(number)
            }
          })
      }
    ),
  ]

  private func request(_ change: (inout PullRequest) -> Void) -> PullRequest {
    var request = PullRequest()
    change(&request)
    return request
  }

  @Test(arguments: endless.indices) func fiftyPullersGetEveryValueOnce(kind: Int) async throws {
    let stream = try registry.open(Self.endless[kind].1())
    let all = try await withThrowingTaskGroup(of: [Int].self) { group in
      for _ in 0..<50 {
        group.addTask {
          var got: [Int] = []
          for _ in 0..<40 {
            let indexes = try await stream.pull().indexes
            #expect(got.last ?? 0 < indexes[0], "one puller sees the order")
            got += indexes
          }
          return got
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(all.sorted() == Array(1...2_000))
  }

  @Test(arguments: endless.indices) func cancelledPullersLoseNothing(kind: Int) async throws {
    let stream = try registry.open(Self.endless[kind].1())
    let got = Locked<[Int]>([])
    await withTaskGroup(of: Void.self) { group in
      for worker in 0..<40 {
        group.addTask {
          let pull = Task {
            for _ in 0..<20 {
              guard let indexes = try? await stream.pull().indexes else { return }
              got.withLock { $0 += indexes }
            }
          }
          if worker % 2 == 0 {
            await Task.yield()
            pull.cancel()
          }
          await pull.value
        }
      }
    }
    let sorted = got.withLock { $0 }.sorted()
    let highest = try #require(sorted.last)
    #expect(Set(sorted).count == sorted.count, "nothing twice")
    var missing = Set(1...highest).subtracting(sorted)
    while !missing.isEmpty {
      let next = try await stream.pull().indexes[0]
      try #require(next <= highest, "what is missing was kept and comes first")
      missing.remove(next)
    }
  }

  @Test func nothingIsComputedBeforeItIsAskedFor() async throws {
    let computed = Locked(0)
    let sequence = (1...100).lazy.map { number in
      computed.withLock { $0 += 1 }
      return number
    }
    let stream = try registry.open(StreamSource(sequence))
    #expect(computed.withLock { $0 } == 0)
    _ = try await stream.pull()
    _ = try await stream.pull(request { $0.maximum = 3 })
    #expect(computed.withLock { $0 } == 4)
  }

  @Test func aGeneratorNeverRunsAhead() async throws {
    let reached = Locked(0)
    let source = StreamSource(
      generate(Int.self) { output in
        for number in 1...3 {
          reached.withLock { $0 = number }
          try await output.yield(number)
        }
      })
    let stream = try registry.open(source)
    #expect(reached.withLock { $0 } == 0)
    #expect(try await stream.pull().texts == ["1"])
    #expect(reached.withLock { $0 } == 1)
    #expect(try await stream.pull().texts == ["2"] && reached.withLock { $0 } == 2)
    #expect(try await stream.pull().texts == ["3"])
    #expect(try await stream.pull().isFinished)
    #expect(registry.keys.isEmpty && registry.statistics.liveTasks == 0)
  }

  @Test func aGeneratorsTasksMayYieldSideBySide() async throws {
    let source = StreamSource(
      generate(Int.self) { output in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 1...20 { group.addTask { try await output.yield(number) } }
          try await group.waitForAll()
        }
      })
    let stream = try registry.open(source)
    var texts: Set<String> = []
    while case let pull = try await stream.pull(), !pull.isFinished { texts.formUnion(pull.texts) }
    #expect(texts == Set((1...20).map(String.init)))
  }

  @Test func emptyAndFiniteSequencesEnd() async throws {
    #expect(try await registry.open(StreamSource([Int]())).pull().isFinished)
    let stream = try registry.open(StreamSource(["a", "b"]))
    #expect(try await stream.pull(request { $0.maximum = 10 }).texts == ["\"a\"", "\"b\""])
    #expect(try await stream.pull().isFinished)
    #expect(registry.keys.isEmpty)
  }

  @Test func aSequenceThatThrowsAtOnceFailsThePullAndEnds() async throws {
    let stream = try registry.open(StreamSource(Failing(error: Broken())))
    let error = await #expect(throws: TangorError.self) { try await stream.pull() }
    #expect(error?.code == .streamFailed && error?.detail == "The well is dry.")
    #expect(registry.keys.isEmpty)
    let secret = try registry.open(StreamSource(Failing(error: Secret())))
    let hidden = await #expect(throws: TangorError.self) { try await secret.pull() }
    #expect(hidden?.detail == "Secret")
    #expect(hidden?.underlying is Secret)
  }

  @Test func aWaitEndsAndTheStepGoesOn() async throws {
    let gate = Gate()
    let source = StreamSource(
      generate(Int.self) { output in
        await gate.wait()
        try await output.yield(7)
      })
    let stream = try registry.open(source)
    #expect(try await stream.pull(request { $0.wait = .zero }).isPending)
    let waiting = Task { try await stream.pull(request { $0.wait = .seconds(2) }) }
    await clock.sleepers()
    clock.advance(by: .seconds(2))
    #expect(try await waiting.value.isPending)
    gate.open()
    #expect(try await stream.pull().texts == ["7"])
  }

  @Test func aBatchDoesNotWaitForMore() async throws {
    let gate = Gate()
    let source = StreamSource(
      AsyncStream<Int> { continuation in
        for number in 1...3 { continuation.yield(number) }
        Task {
          await gate.wait()
          continuation.yield(4)
          continuation.finish()
        }
      })
    let stream = try registry.open(source)
    #expect(try await stream.pull(request { $0.maximum = 10 }).texts == ["1", "2", "3"])
    gate.open()
    #expect(try await stream.pull(request { $0.maximum = 10 }).texts.first == "4")
  }

  @Test func progressGoesWithTheValueAfterIt() async throws {
    let sequence: [Progressive<Int>] = [.progress(Progress(completed: 1, total: 2)), .value(10), .value(20)]
    let stream = try registry.open(StreamSource(sequence))
    guard case .values(let first) = try await stream.pull(), case .values(let second) = try await stream.pull() else {
      Issue.record("two values were expected")
      return
    }
    #expect(first.progress == Progress(completed: 1, total: 2) && second.progress == nil)
    let other = try registry.open(StreamSource(sequence))
    guard case .progress(let progress) = try await other.pull(request { $0.reportsProgress = true }) else {
      Issue.record("a progress was expected")
      return
    }
    #expect(progress.completed == 1)
  }

  @Test func aLeaseEndsAndWithItTheTask() async throws {
    let source = StreamSource(
      generate(Int.self) { output in
        while true { try await output.yield(1) }
      })
    let used = try registry.open(source)
    _ = try registry.open(StreamSource(Endless()))
    _ = try await used.pull()
    #expect(registry.statistics.liveTasks == 1, "the generator is suspended in its yield")
    clock.advance(by: .seconds(59))
    registry.sweep()
    #expect(registry.statistics.streams == 2)
    _ = try await used.pull()
    clock.advance(by: .seconds(1))
    registry.sweep()
    #expect(registry.statistics.streams == 1, "the one that was used stays")
    clock.advance(by: .seconds(59))
    registry.sweep()
    await settle { registry.statistics.liveTasks == 0 }
    #expect(registry.statistics.streams == 0 && registry.statistics.expired == 2)
    await #expect(throws: TangorError.self) { try await used.pull() }
  }

  @Test func waitingPullsKeepTheLeaseAndCancellingEndsThem() async throws {
    let key = try registry.open(StreamSource(Silent()), client: Client(address: "test"))
    let stream = try registry.stream(key)
    let waiting = Task { try await stream.pull() }
    await settle { stream.waitingCount == 1 }
    clock.advance(by: .seconds(600))
    registry.sweep()
    #expect(registry.keys == [key] && registry.statistics.liveTasks == 1)
    try registry.cancel(key)
    let error = await #expect(throws: TangorError.self) { try await waiting.value }
    #expect(error?.code == .streamNotFound)
    await settle { registry.statistics.liveTasks == 0 }
    #expect(throws: TangorError.self) { try registry.cancel(key) }
  }

  @Test func theSweeperSweeps() async throws {
    _ = try registry.open(StreamSource(Endless()))
    let sweeper = Task { await registry.run() }
    while !registry.keys.isEmpty {
      await clock.sleepers()
      clock.advance(by: .seconds(5))
      await Task.yield()
    }
    sweeper.cancel()
    await sweeper.value
    #expect(registry.statistics.expired == 1)
  }

  @Test func shutdownAnswersAllWhoWait() async throws {
    let stream = try registry.open(StreamSource(Silent()))
    let waiting = Task { try await stream.pull() }
    await settle { stream.waitingCount == 1 }
    registry.shutdown()
    let error = await #expect(throws: TangorError.self) { try await waiting.value }
    #expect(error?.code == .shuttingDown)
    #expect(throws: TangorError.self) { try registry.open(StreamSource(Endless())) }
    await settle { registry.statistics.liveTasks == 0 }
  }

  @Test func limitsHoldInAllAndForEachClient() throws {
    var configuration = StreamsConfiguration()
    configuration.maximumStreams = 3
    configuration.maximumStreamsPerClient = 2
    let registry = StreamRegistry(configuration: configuration, time: TimeSource(clock))
    let (one, two) = (Client(address: "1"), Client(address: "2"))
    let key = try registry.open(StreamSource(Endless()), client: one)
    _ = try registry.open(StreamSource(Endless()), client: one)
    let error = #expect(throws: TangorError.self) { try registry.open(StreamSource(Endless()), client: one) }
    #expect(error?.code == .tooManyRequests && error?.retryAfter != nil)
    _ = try registry.open(StreamSource(Endless()), client: two)
    #expect(throws: TangorError.self) { try registry.open(StreamSource(Endless()), client: two) }
    try registry.cancel(key)
    _ = try registry.open(StreamSource(Endless()), client: one)
  }

  @Test func anEndReadWithAPositionIsRepeatedForAWhile() async throws {
    let stream = try registry.open(StreamSource([5]))
    #expect(try await stream.pull(request { $0.after = 0 }).texts == ["5"])
    #expect(try await stream.pull(request { $0.after = 1 }).isFinished)
    #expect(registry.keys.isEmpty, "it is not listed any more")
    #expect(try await stream.pull(request { $0.after = 0 }).texts == ["5"])
    clock.advance(by: .seconds(10))
    registry.sweep()
    await #expect(throws: TangorError.self) { try await stream.pull(request { $0.after = 1 }) }
  }

  @Test func aSequenceOfNothingButProgressHoldsNobodyUp() async throws {
    let sequence = sequence(first: 1) { $0 + 1 }.lazy.map { Progressive<Int>.progress(Progress(completed: Double($0))) }
    let stream = try registry.open(StreamSource(sequence))
    let pull = Task { try await stream.pull() }
    await settle { stream.waitingCount == 1 }
    registry.shutdown()
    await #expect(throws: TangorError.self) { try await pull.value }
    await settle { registry.statistics.liveTasks == 0 }
  }

  @Test func oneSequenceIsNotHeldByItsDroppedRegistry() throws {
    weak var stream: KeyedStream?
    do {
      let registry = StreamRegistry(time: TimeSource(clock))
      stream = try registry.open(StreamSource(Endless()))
      #expect(stream != nil)
    }
    #expect(stream == nil)
  }
}
