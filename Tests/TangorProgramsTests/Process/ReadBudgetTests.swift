import Testing

@testable import TangorPrograms

@Suite struct ReadBudgetTests {
  @Test func aWindowsWorthIsReadAndTheRestOfTheWindowPaused() {
    let budget = Box(ReadBudget(size: 100, window: .milliseconds(50)))
    #expect(budget.take(60, at: .milliseconds(1_000)) == nil)
    #expect(budget.take(40, at: .milliseconds(1_010)) == nil)
    #expect(budget.take(1, at: .milliseconds(1_020)) == .milliseconds(30))
    #expect(budget.take(100, at: .milliseconds(1_050)) == nil, "a pause begins anew")
    #expect(budget.take(1, at: .milliseconds(1_099)) == .milliseconds(1))
  }

  @Test func aSlowStreamIsNeverPaused() {
    let budget = Box(ReadBudget(size: 100, window: .milliseconds(50)))
    for number in 0..<1_000 { #expect(budget.take(100, at: .milliseconds(50 * number)) == nil) }
  }

  @Test func oneLargeReadIsPausedFor() {
    let budget = Box(ReadBudget(size: 100, window: .milliseconds(50)))
    #expect(budget.take(101, at: .zero) == .milliseconds(50))
  }
}

extension Box where Value == ReadBudget {
  /// Notes that bytes were read.
  fileprivate func take(_ count: Int, at now: Duration) -> Duration? { value.take(count, at: now) }
}
