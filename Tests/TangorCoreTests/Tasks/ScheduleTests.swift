import TangorTesting
import Testing

@testable import TangorCore

@Suite struct ScheduleTests {
  private func state(
    _ catchUp: TaskCatchUp = .skip, jitter: Duration = .zero, startsAtOnce: Bool = false, at now: Duration = .seconds(100)
  ) throws -> ScheduleState {
    ScheduleState(try Schedule(interval: .seconds(10), jitter: jitter, catchUp: catchUp, startsAtOnce: startsAtOnce), at: now)
  }

  @Test func runsStandAnIntervalApartHoweverLongEachTakes() throws {
    var state = try state()
    #expect(state.next(at: .seconds(100), random: 0) == ScheduledRun(moment: .seconds(110), missed: 0))
    #expect(state.next(at: .seconds(113), random: 0) == ScheduledRun(moment: .seconds(120), missed: 0))
    #expect(state.next(at: .milliseconds(129_999), random: 0) == ScheduledRun(moment: .seconds(130), missed: 0))
    #expect(state.next(at: .seconds(130), random: 0) == ScheduledRun(moment: .seconds(140), missed: 0), "the moment now has had its run")
  }

  @Test func theFirstRunMayBeAtOnce() throws {
    var state = try state(startsAtOnce: true)
    #expect(state.next(at: .seconds(100), random: 0) == ScheduledRun(moment: .seconds(100), missed: 0))
    #expect(state.next(at: .seconds(101), random: 0) == ScheduledRun(moment: .seconds(110), missed: 0))
  }

  @Test func jitterIsAddedToTheMomentAndDoesNotAddUp() throws {
    var state = try state(jitter: .seconds(4))
    #expect(state.next(at: .seconds(100), random: 0.5).moment == .seconds(112))
    #expect(state.next(at: .seconds(113), random: 0.25).moment == .seconds(121))
    #expect(state.next(at: .seconds(121), random: 0).moment == .seconds(130))
  }

  @Test func skippedMomentsAreCounted() throws {
    var state = try state(.skip)
    _ = state.next(at: .seconds(100), random: 0)
    // The run at 110 took until 135: 120 and 130 are gone.
    #expect(state.next(at: .seconds(135), random: 0) == ScheduledRun(moment: .seconds(140), missed: 2))
    // Until exactly 160: 150 is gone, 160 is now.
    #expect(state.next(at: .seconds(160), random: 0) == ScheduledRun(moment: .seconds(160), missed: 1))
    #expect(state.next(at: .seconds(160), random: 0) == ScheduledRun(moment: .seconds(170), missed: 0))
  }

  @Test func oneRunMakesUpForAll() throws {
    var state = try state(.once)
    _ = state.next(at: .seconds(100), random: 0)
    #expect(state.next(at: .seconds(135), random: 0) == ScheduledRun(moment: .seconds(135), missed: 1))
    #expect(state.next(at: .seconds(136), random: 0) == ScheduledRun(moment: .seconds(140), missed: 0))
  }

  @Test func everyMissedMomentIsRunUpToTheBacklog() throws {
    var state = try state(.all)
    _ = state.next(at: .seconds(100), random: 0)
    #expect(state.next(at: .seconds(135), random: 0) == ScheduledRun(moment: .seconds(135), missed: 0))
    #expect(state.next(at: .seconds(136), random: 0) == ScheduledRun(moment: .seconds(136), missed: 0))
    #expect(state.next(at: .seconds(137), random: 0) == ScheduledRun(moment: .seconds(140), missed: 0))
    // 150 to 20,140 are due, which is 2,000 of them.
    #expect(state.next(at: .seconds(20_145), random: 0) == ScheduledRun(moment: .seconds(20_145), missed: 1_000))
    var runs = 1
    while state.next(at: .seconds(20_145), random: 0).moment == .seconds(20_145) { runs += 1 }
    #expect(runs == Schedule.maximumBacklog)
  }

  /// Whatever the lengths of the runs: none begins before its moment, and each moment has one run or is counted as missed.
  @Test(arguments: TaskCatchUp.allCases) func noMomentIsRunTwiceOrForgotten(catchUp: TaskCatchUp) throws {
    var random = SeededGenerator(seed: 7)
    var state = try state(catchUp, jitter: .seconds(3))
    var now = Duration.seconds(100)
    var (runs, missed) = (0, 0)
    for _ in 0..<20_000 {
      let next = state.next(at: now, random: .random(in: 0..<1, using: &random))
      missed += next.missed
      runs += 1
      let slots = Int((max(next.moment, now) - .seconds(100)) / .seconds(10))
      #expect(runs + missed <= slots, "a run that is not due")
      if catchUp != .all { #expect(runs + missed == slots) }
      // Some runs are short, some take many intervals.
      now = max(next.moment, now) + .milliseconds(Int.random(in: 0..<(Bool.random(using: &random) ? 4_000 : 60_000), using: &random))
      if catchUp == .all, slots - runs - missed > 500 { now = max(next.moment, now - .seconds(30)) }
    }
    #expect(runs == 20_000)
  }

  @Test(
    arguments: [
      (Duration.zero, Duration.zero), (.microseconds(999), .zero), (.seconds(400 * 86_400), .zero), (.seconds(1), .seconds(1)),
      (.seconds(1), .milliseconds(-1)),
    ])
  func schedulesThatCannotBeAreRefused(interval: Duration, jitter: Duration) {
    #expect(throws: TangorError.self) { try Schedule(interval: interval, jitter: jitter, catchUp: .skip, startsAtOnce: false) }
  }
}

@Suite struct BackOffTests {
  @Test func waitsGrowToTheirBound() {
    var state = BackOffState(BackOff(initial: .seconds(1), maximum: .seconds(10), factor: 3, jitter: 0))
    let waits = (0..<5).map { _ in state.fail(after: .zero, random: 0.9) }
    #expect(waits == [.seconds(1), .seconds(3), .seconds(9), .seconds(10), .seconds(10)])
    #expect(state.failures == 5)
  }

  @Test func chanceTakesAPartOff() {
    var state = BackOffState(BackOff(initial: .seconds(8), maximum: .seconds(8), jitter: 0.5))
    #expect(state.fail(after: .zero, random: 0) == .seconds(8))
    #expect(state.fail(after: .zero, random: 0.5) == .seconds(6))
  }

  @Test func aRunThatHeldOutEndsTheRow() {
    var state = BackOffState(BackOff(initial: .seconds(1), maximum: .seconds(10), jitter: 0))
    _ = state.fail(after: .zero, random: 0)
    _ = state.fail(after: .seconds(10), random: 0)
    #expect(state.fail(after: .seconds(11), random: 0) == .seconds(1))
    #expect(state.failures == 1)
  }

  @Test func attemptsAreBounded() {
    var state = BackOffState(BackOff(jitter: 0, attempts: 2))
    #expect(state.fail(after: .zero, random: 0) == .milliseconds(500))
    #expect(state.fail(after: .zero, random: 0) == nil)
  }

  @Test(
    arguments: [
      BackOff(initial: .zero), BackOff(initial: .seconds(2), maximum: .seconds(1)), BackOff(factor: 0.5), BackOff(factor: .nan),
      BackOff(jitter: 1.5), BackOff(attempts: 0),
    ])
  func thoseThatCannotBeAreRefused(backOff: BackOff) {
    #expect(throws: TangorError.self) { try backOff.check() }
  }
}
