import Testing

@testable import TangorObjects

/// The decisions of a turnstile, without locks and clocks. Those who wait are letters here.
@Suite struct TurnstileStateTests {
  private typealias State = TurnstileState<String>

  private func enter<Waiter>(_ state: inout TurnstileState<Waiter>) {
    let goesIn = state.tryEnter()
    #expect(goesIn)
  }

  @Test func soManyGoInAndTheOthersWaitInTheirOrder() {
    var state = State(capacity: 2)
    #expect(state.enter(until: nil, "a") == .entered)
    enter(&state)
    let goesIn = state.tryEnter()
    #expect(!goesIn)
    #expect(state.enter(until: nil, "c") == .waits(number: 0, alarm: nil))
    #expect(state.enter(until: nil, "d") == .waits(number: 1, alarm: nil))
    #expect((state.inside, state.waitingCount) == (2, 2))
    #expect(state.leave() == "c")
    #expect(state.leave() == "d")
    #expect((state.inside, state.waitingCount) == (2, 0), "who goes in takes the place of who leaves")
    #expect(state.leave() == nil)
    #expect(state.leave() == nil)
    #expect(state.inside == 0)
    enter(&state)
  }

  @Test func nobodyOvertakesThoseWhoWait() {
    var state = State(capacity: 1)
    enter(&state)
    #expect(state.enter(until: nil, "b") == .waits(number: 0, alarm: nil))
    #expect(state.leave() == "b")
    let goesIn = state.tryEnter()
    #expect(!goesIn, "b is inside")
    #expect(state.enter(until: nil, "c") != .entered)
    #expect(state.leave() == "c")
    #expect(state.leave() == nil)
    enter(&state)
  }

  @Test func whoGivesUpIsLeftOut() {
    var state = State(capacity: 1)
    enter(&state)
    for name in ["b", "c", "d"] { _ = state.enter(until: nil, name) }
    #expect(state.giveUp(1) == "c")
    #expect(state.giveUp(1) == nil, "only once")
    #expect(state.giveUp(7) == nil)
    #expect(state.giveUp(-1) == nil)
    #expect(state.leave() == "b")
    #expect(state.giveUp(0) == nil, "b is inside")
    #expect(state.leave() == "d")
    #expect(state.leave() == nil)
    #expect((state.inside, state.waitingCount) == (0, 0))
  }

  @Test func numbersAreNotUsedAgain() {
    var state = State(capacity: 1)
    enter(&state)
    #expect(state.enter(until: nil, "b") == .waits(number: 0, alarm: nil))
    #expect(state.leave() == "b")
    #expect(state.enter(until: nil, "c") == .waits(number: 1, alarm: nil))
    #expect(state.giveUp(0) == nil)
    #expect(state.giveUp(1) == "c")
    #expect(state.enter(until: nil, "d") == .waits(number: 2, alarm: nil))
  }

  @Test func oneAlarmStandsForAllWhoWait() {
    var state = State(capacity: 1)
    enter(&state)
    #expect(state.enter(until: .seconds(5), "b") == .waits(number: 0, alarm: .seconds(5)))
    #expect(state.enter(until: .seconds(6), "c") == .waits(number: 1, alarm: nil), "the alarm comes before")
    #expect(state.enter(until: .seconds(4), "d") == .waits(number: 2, alarm: .seconds(4)))
    #expect(state.enter(until: nil, "e") == .waits(number: 3, alarm: nil))
    var expired = state.expire(at: .seconds(4))
    #expect(expired.late == ["d"])
    #expect(expired.alarm == .seconds(5))
    expired = state.expire(at: .seconds(4))
    #expect(expired.late.isEmpty && expired.alarm == nil, "the timer of the next alarm runs already")
    expired = state.expire(at: .seconds(7))
    #expect(expired.late == ["b", "c"], "in their order")
    #expect(expired.alarm == nil)
    #expect(state.waitingCount == 1)
    #expect(state.leave() == "e", "who has no deadline waits on")
  }

  @Test func anAlarmOfThoseWhoAreInsideByNowIsNothing() {
    var state = State(capacity: 1)
    enter(&state)
    _ = state.enter(until: .seconds(5), "b")
    #expect(state.leave() == "b")
    let expired = state.expire(at: .seconds(5))
    #expect(expired.late.isEmpty && expired.alarm == nil)
    #expect(state.enter(until: .seconds(9), "c") == .waits(number: 1, alarm: .seconds(9)), "a new one is set then")
  }

  @Test func theLineStaysRightWhereManyComeAndGo() {
    var state = TurnstileState<Int>(capacity: 1)
    enter(&state)
    var waiting: [Int] = []
    var numbers: [Int: Int] = [:]
    var random = SystemRandomNumberGenerator()
    for name in 0..<20_000 {
      guard case .waits(let number, _) = state.enter(until: nil, name) else {
        Issue.record("it went in although somebody is inside")
        return
      }
      numbers[name] = number
      waiting.append(name)
      // On the whole as many go as come, at times all of them.
      for _ in 0..<Int.random(in: 0...2, using: &random) where !waiting.isEmpty {
        if Bool.random(using: &random), let one = waiting.randomElement(using: &random) {
          #expect(state.giveUp(numbers[one] ?? -1) == one)
          waiting.removeAll { $0 == one }
        } else {
          #expect(state.leave() == waiting.removeFirst())
        }
      }
      #expect(state.waitingCount == waiting.count)
    }
  }
}
