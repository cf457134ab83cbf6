import TangorJSON
import TangorTesting
import Testing

@testable import TangorCore

@Suite(.timeLimit(.minutes(1))) struct SignalRegistryTests {
  private let clock = ManualClock()
  private let signals: SignalRegistry

  init() {
    var configuration = SignalsConfiguration()
    configuration.maximumWaiters = 10
    configuration.maximumValueSize = ByteSize(bytes: 20)
    signals = SignalRegistry(configuration: configuration, time: TimeSource(clock))
  }

  /// Lets others go on until so many wait.
  private func waiting(_ count: Int) async { while signals.statistics.waiting != count { await Task.yield() } }

  private static func code(_ body: () async throws -> Void) async -> String? {
    do { try await body() } catch { return (error as? TangorError)?.code.name ?? "\(type(of: error))" }
    return nil
  }

  @Test func whoWaitsGetsTheValue() async throws {
    async let number = signals.wait(for: "a", as: Int.self)
    async let message = signals.wait(forAny: ["b", "a"])
    await waiting(2)
    #expect(try signals.send("none") == 0)
    #expect(try signals.send("a", 7) == 2)
    #expect(try await number == 7)
    #expect(try await message == SignalMessage(name: "a", value: JSONFragment(7)))
    #expect(signals.statistics == (waiting: 0, kept: 0, sent: 2, woken: 2))
  }

  @Test func valuesOfEveryKindAreSent() async throws {
    struct Order: Codable, Equatable { var id: Int }
    try signals.send("a", Order(id: 3), sticky: .seconds(1))
    #expect(try await signals.wait(for: "a", as: Order.self) == Order(id: 3))
    try signals.send("a", JSONFragment(unchecked: Array("[1]".utf8)), sticky: .seconds(1))
    #expect(try await signals.wait(for: "a", as: [Int].self) == [1])
    try signals.send("a", JSONValue.bool(true), sticky: .seconds(1))
    #expect(try await signals.wait(for: "a", as: Bool.self))
    try signals.send("a", sticky: .seconds(1))
    #expect(try await signals.wait(for: "a") == .null)
  }

  @Test func aWaitGivesUpAtItsDeadline() async throws {
    let failure = Task { await Self.code { _ = try await signals.wait(for: "a", timeout: .seconds(5)) } }
    await clock.sleepers()
    clock.advance(by: .seconds(4))
    #expect(signals.statistics.waiting == 1)
    clock.advance(by: .seconds(1))
    #expect(await failure.value == "signal_timeout")
    #expect(signals.statistics.waiting == 0)
  }

  @Test func oneTimerServesAllWhateverTheirOrder() async throws {
    let long = Task { await Self.code { _ = try await signals.wait(for: "a", timeout: .seconds(50)) } }
    await waiting(1)
    let short = Task { await Self.code { _ = try await signals.wait(for: "a", timeout: .seconds(5)) } }
    await waiting(2)
    // The later wait's timer takes the place of the earlier one's, which wakes up to end.
    while clock.sleeperCount != 1 { await Task.yield() }
    clock.advance(by: .seconds(5))
    #expect(await short.value == "signal_timeout")
    await clock.sleepers()
    #expect(clock.sleeperCount == 1 && signals.statistics.waiting == 1)
    clock.advance(by: .seconds(45))
    #expect(await long.value == "signal_timeout")
  }

  @Test func cancellingEndsTheWaitAtOnce() async throws {
    let waiter = Task { await Self.code { _ = try await signals.wait(for: "a") } }
    await waiting(1)
    waiter.cancel()
    #expect(signals.statistics.waiting == 0, "before the task has noticed")
    #expect(await waiter.value == "CancellationError")
    let early = Task {
      while !Task.isCancelled { await Task.yield() }
      return await Self.code { _ = try await signals.wait(for: "a") }
    }
    early.cancel()
    #expect(await early.value == "CancellationError")
  }

  @Test func limitsAndBadNamesAreRefused() async throws {
    let tasks = (0..<10).map { _ in Task { try? await signals.wait(for: "a") } }
    await waiting(10)
    #expect(await Self.code { _ = try await signals.wait(for: "b") } == "too_many_requests")
    for name in ["", String(repeating: "x", count: 257)] {
      #expect(await Self.code { try signals.send(name) } == "invalid_parameters")
      #expect(await Self.code { _ = try await signals.wait(for: name) } == "invalid_parameters")
    }
    #expect(await Self.code { _ = try await signals.wait(forAny: []) } == "invalid_parameters")
    #expect(await Self.code { _ = try await signals.wait(forAny: (0...100).map { "\($0)" }) } == "invalid_parameters")
    #expect(await Self.code { try signals.send("a", String(repeating: "x", count: 19)) } == "payload_too_large")
    #expect(try signals.send("a") == 10)
    for task in tasks { #expect(await task.value == .null) }
  }

  @Test func clientsMayNotSendEverything() async throws {
    let own = try signals.name("$own")
    #expect(await Self.code { _ = try signals.send(.null, to: own, .all, sticky: nil, byClient: true) } == "forbidden")
    #expect(try signals.send("$own") == 0)
    var configuration = SignalsConfiguration()
    configuration.clientsMaySend = false
    let closed = SignalRegistry(configuration: configuration)
    #expect(await Self.code { _ = try closed.send(.null, to: closed.name("a"), .all, sticky: nil, byClient: true) } == "forbidden")
  }

  @Test func shuttingDownEndsEveryWait() async throws {
    let failures = (0..<3).map { number in Task { await Self.code { _ = try await signals.wait(for: "\(number)", timeout: .seconds(9)) } } }
    await waiting(3)
    signals.shutdown()
    for failure in failures { #expect(await failure.value == "shutting_down") }
    #expect(await Self.code { _ = try await signals.wait(for: "a") } == "shutting_down")
    #expect(await Self.code { try signals.send("a") } == "shutting_down")
    while clock.sleeperCount != 0 { await Task.yield() }
  }

  @Test func keptSignalsGoWithTheirLease() async throws {
    try signals.send("a", 1, sticky: .seconds(5))
    await clock.sleepers()
    #expect(signals.statistics.kept == 1)
    clock.advance(by: .seconds(5))
    while signals.statistics.kept != 0 { await Task.yield() }
  }

  /// Tasks that wait, send, give up and are cancelled all at once: each signal to one waiter ends one wait.
  @Test func manyTasksAtOnceLoseNothing() async throws {
    var configuration = SignalsConfiguration()
    configuration.maximumKept = 100_000
    let signals = SignalRegistry(configuration: configuration)
    let all = await withTaskGroup(of: [Int].self) { group in
      for worker in 0..<8 {
        group.addTask {
          var taken: [Int] = []
          for round in 0..<500 {
            let wait = Task { try await signals.wait(for: "\(round % 5)", timeout: .milliseconds(round % 3), as: Int.self) }
            if round % 7 == worker % 7 { wait.cancel() }
            let value = worker * 1_000 + round
            // What wakes nobody is kept under a name of its own, so that none takes another's place.
            if let woken = try? signals.send("\((round + worker) % 5)", value, to: .first), woken == 0 {
              _ = try? signals.send("kept \(value)", value, sticky: .seconds(600))
              if let kept = try? await signals.wait(for: "kept \(value)", timeout: .zero, as: Int.self) { taken.append(kept) }
            }
            if let value = try? await wait.value { taken.append(value) }
          }
          return taken
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(all.count == 4_000 && Set(all).count == 4_000, "every value was taken by one waiter")
    #expect(signals.statistics.waiting == 0 && signals.statistics.kept == 0)
  }
}
