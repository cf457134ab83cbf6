import Synchronization
import TangorTesting
import Testing

@testable import TangorCore

private struct Broken: PublicError { var publicDescription: String { "It broke." } }

@Suite(.timeLimit(.minutes(1))) struct TaskRegistryTests {
  let clock = ManualClock()

  private func running(
    _ configuration: TasksConfiguration = TasksConfiguration(), failures: Signal? = nil,
    _ body: (TaskRegistry) async throws -> Void
  ) async throws {
    let registry = TaskRegistry(configuration: configuration, time: TimeSource(clock), random: { 0 }) { _ in failures?.fire() }
    let running = Task { await registry.run() }
    // The registry's own sweeps sleep from then on.
    await clock.sleepers(atLeast: 1)
    let result: Result<Void, any Error>
    do { result = .success(try await body(registry)) } catch { result = .failure(error) }
    running.cancel()
    await running.value
    #expect(registry.statistics.active == 0, "a task outlived its registry")
    try result.get()
  }

  @Test func tasksBeginWhenTheRegistryRuns() async throws {
    let registry = TaskRegistry(time: TimeSource(clock))
    let ran = Signal()
    let handle = try registry.start("early") { ran.fire() }
    #expect(registry.info("early")?.state == .waiting && ran.waitingCount == 0)
    let running = Task { await registry.run() }
    try await handle.join()
    #expect(ran.waitingCount == 1 && registry.info("early")?.state == .finished)
    running.cancel()
    await running.value
  }

  @Test func runsRepeatAndDoNotOverlap() async throws {
    try await running { registry in
      let (began, mayEnd) = (Signal(), Signal())
      let depth = Atomic(0)
      try registry.every(.seconds(10), "tick") { context in
        #expect(depth.wrappingAdd(1, ordering: .relaxed).newValue == 1)
        if context.run == 2 { #expect(context.missed == 2) }
        began.fire()
        await mayEnd.wait()
        depth.wrappingSubtract(1, ordering: .relaxed)
      }
      await clock.sleepers(atLeast: 2)
      #expect(registry.info("tick")?.nextRun == .seconds(10))
      clock.advance(by: .seconds(10))
      await began.wait()
      #expect(registry.info("tick")?.state == .running)
      clock.advance(by: .seconds(25))
      mayEnd.fire()
      while registry.info("tick")?.state != .sleeping { await Task.yield() }
      #expect(registry.info("tick")?.nextRun == .seconds(40) && registry.info("tick")?.lastLength == .seconds(25))
      await clock.sleepers(atLeast: 2)
      clock.advance(by: .seconds(5))
      await began.wait()
      #expect(registry.info("tick")?.runs == 2 && registry.info("tick")?.missed == 2)
    }
  }

  @Test func aRunThatFailsIsNotedAndTheScheduleGoesOn() async throws {
    let failed = Signal()
    try await running(failures: failed) { registry in
      let rowsOfFailures = Mutex<[Int]>([])
      try registry.every(.seconds(1), "tick", startsAtOnce: true) { context in
        rowsOfFailures.withLock { $0.append(context.failures) }
        if context.run < 3 { throw Broken() }
      }
      for _ in 0..<2 {
        await failed.wait()
        await clock.sleepers(atLeast: 2)
        clock.advance(by: .seconds(1))
      }
      while registry.info("tick")?.runs != 3 { await Task.yield() }
      let info = try #require(registry.info("tick"))
      #expect(info.failures == 2 && info.lastError == "It broke.")
      #expect(rowsOfFailures.withLock { $0 } == [0, 1, 2])
      #expect(registry.statistics.failed == 2)
    }
  }

  @Test func aTaskThatFailsIsBegunAgainWithBackOff() async throws {
    let failed = Signal()
    try await running(failures: failed) { registry in
      let backOff = BackOff(initial: .seconds(1), maximum: .seconds(60), factor: 2, jitter: 0)
      let handle = try registry.start("feed", restart: .onFailure(backOff)) { context in if context.run < 4 { throw Broken() } }
      for seconds in [1, 2, 4] {
        await failed.wait()
        await clock.sleepers(atLeast: 2)
        let info = try #require(registry.info("feed"))
        #expect(info.state == .backingOff && info.nextRun == registry.now + .seconds(seconds))
        clock.advance(by: .seconds(seconds))
      }
      try await handle.join()
      #expect(handle.info?.state == .finished && handle.info?.runs == 4 && handle.info?.failures == 3)
    }
  }

  @Test func aTaskThatIsGivenUpHasItsError() async throws {
    try await running { registry in
      let once = try registry.start("once") { throw Broken() }
      await #expect(throws: Broken.self) { try await once.join() }
      let twice = try registry.start("twice", restart: .onFailure(BackOff(attempts: 1))) { throw Broken() }
      await #expect(throws: Broken.self) { try await twice.join() }
      #expect(twice.info?.state == .failed && twice.info?.failures == 1)
      #expect(throws: TangorError.self) { try registry.start("x", restart: .onFailure(BackOff(factor: 0))) {} }
    }
  }

  @Test func resultsAreJoinedByManyAndLater() async throws {
    try await running { registry in
      let mayEnd = Signal()
      let handle = try registry.spawn("sum") {
        await mayEnd.wait()
        return 42
      }
      async let first = handle.join()
      async let second = registry.join("sum", as: Int.self)
      mayEnd.fire()
      #expect(try await first == 42)
      #expect(try await second == 42)
      #expect(try await handle.join() == 42, "one that has ended answers at once")
      let error = await #expect(throws: TangorError.self) { try await registry.join("sum", as: String.self) }
      #expect(error?.code == .invalidParameters)
      let unknown = await #expect(throws: TangorError.self) { try await registry.join("none", as: Int.self) }
      #expect(unknown?.code == .notFound)
    }
  }

  @Test func aJoinEndsByItsOwnTimeoutAndCancellation() async throws {
    try await running { registry in
      let mayEnd = Signal()
      let handle = try registry.spawn("slow") { await mayEnd.wait() }
      let timed = Task { try await handle.join(timeout: .seconds(5)) }
      await clock.sleepers(atLeast: 2)
      clock.advance(by: .seconds(5))
      let error = await #expect(throws: TangorError.self) { try await timed.value }
      #expect(error?.code == .timeout)
      let cancelled = Task { try await handle.join() }
      cancelled.cancel()
      await #expect(throws: CancellationError.self) { try await cancelled.value }
      #expect(handle.info?.state == .running, "who waits has no say in it")
      mayEnd.fire()
      try await handle.join(timeout: .zero)
    }
  }

  @Test func cancellationEndsATask() async throws {
    try await running { registry in
      let began = Signal()
      let handle = try registry.spawn("waits") {
        began.fire()
        try await Task.sleep(for: .seconds(3_600))
      }
      await began.wait()
      #expect(registry.cancel("waits"))
      let error = await #expect(throws: TangorError.self) { try await handle.join() }
      #expect(error?.code == .canceled && handle.info?.state == .cancelled && registry.statistics.failed == 0)
      #expect(!registry.cancel("waits"), "it has ended")
      try registry.every(.seconds(1), "tick") {}
      await clock.sleepers(atLeast: 2)
      registry.cancel("tick")
      _ = try? await registry.join("tick", as: Void.self)
      #expect(registry.info("tick")?.state == .cancelled)
      try registry.every(.seconds(1), "tick") {}
    }
  }

  @Test func aTaskThatIsCancelledBeforeTheRegistryRunsNeverDoes() async throws {
    let registry = TaskRegistry(time: TimeSource(clock))
    let handle = try registry.spawn("early") { Issue.record("it ran") }
    handle.cancel()
    let error = await #expect(throws: TangorError.self) { try await handle.join() }
    #expect(error?.code == .canceled)
  }

  @Test func goingDownRefusesThoseWhoWaitAndCancelsTheRest() async throws {
    let registry = TaskRegistry(time: TimeSource(clock))
    let running = Task { await registry.run() }
    let (began, ended) = (Signal(), Signal())
    let handle = try registry.start("forever") {
      began.fire()
      try? await Task.sleep(for: .seconds(3_600))
      ended.fire()
    }
    await began.wait()
    let waiting = Task { try await handle.join() }
    registry.drain()
    let error = await #expect(throws: TangorError.self) { try await waiting.value }
    #expect(error?.code == .shuttingDown)
    #expect(handle.info?.state == .running, "requests that use it may end first")
    #expect(throws: TangorError.self) { try registry.spawn("late") {} }
    running.cancel()
    await running.value
    #expect(ended.waitingCount == 1 && handle.info?.state == .finished)
  }

  @Test func resultsAreForgottenWithTheirLease() async throws {
    var configuration = TasksConfiguration()
    configuration.resultLease = .seconds(100)
    try await running(configuration) { registry in
      let handle = try registry.spawn("a") { 1 }
      _ = try await handle.join()
      #expect(registry.statistics.kept == 1)
      for _ in 0..<10 {
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(10))
      }
      while registry.statistics.kept > 0 { await Task.yield() }
      #expect(registry.info("a") == nil && handle.info == nil)
      #expect(try await handle.join() == 1, "who holds the task keeps its result")
    }
  }

  @Test func tasksHaveThePriorityTheyWereGiven() async throws {
    try await running { registry in
      let low = try await registry.spawn("low", priority: .background) { Task.basePriority }.join()
      #expect(low == .background)
    }
  }
}
