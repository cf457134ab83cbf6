import TangorTesting
import Testing

@testable import TangorCore

@Suite struct TimeSourceTests {
  @Test func countsFromItsMaking() {
    let clock = ManualClock()
    clock.advance(by: .seconds(5))
    let time = TimeSource(clock)
    #expect(time.now() == .zero)
    clock.advance(by: .milliseconds(1_500))
    #expect(time.now() == .milliseconds(1_500))
  }

  @Test func sleepsUntilAMomentOfItsOwn() async throws {
    let clock = ManualClock()
    clock.advance(by: .seconds(100))
    let time = TimeSource(clock)
    let sleeper = Task {
      try await time.sleep(.seconds(3))
      return time.now()
    }
    await clock.sleepers()
    clock.advance(by: .seconds(2))
    #expect(clock.sleeperCount == 1, "its moment has not come")
    clock.advance(by: .seconds(1))
    #expect(try await sleeper.value == .seconds(3))
    #expect(clock.sleeperCount == 0)
  }

  @Test func aMomentThatHasPassedNeedsNoSleep() async throws {
    let clock = ManualClock()
    let time = TimeSource(clock)
    clock.advance(by: .seconds(3))
    try await time.sleep(.seconds(3))
    try await time.sleep(.seconds(1))
    #expect(clock.sleeperCount == 0)
  }

  @Test func aCancelledSleepThrows() async throws {
    let clock = ManualClock()
    let time = TimeSource(clock)
    let sleeper = Task { try await time.sleep(.seconds(3)) }
    await clock.sleepers()
    sleeper.cancel()
    await #expect(throws: CancellationError.self) { try await sleeper.value }
    #expect(clock.sleeperCount == 0)
    let late = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await time.sleep(.seconds(3))
    }
    await #expect(throws: CancellationError.self) { try await late.value }
    #expect(clock.sleeperCount == 0)
  }

  @Test func theContinuousSourceMovesForward() async throws {
    let time = TimeSource.continuous
    let before = time.now()
    try await time.sleep(before)
    #expect(time.now() >= before)
  }
}
