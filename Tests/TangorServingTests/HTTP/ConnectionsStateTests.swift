import Testing

@testable import TangorServing

@Suite struct ConnectionsStateTests {
  private typealias State = ConnectionsState<String, Int>

  private func step(_ state: inout State, _ waiter: Int) -> String {
    switch state.next(waiter) {
    case .start(let works): "start " + works.joined(separator: " ")
    case .wait: "wait"
    case .end: "end"
    }
  }

  @Test func tasksAreStartedInTheOrderInWhichTheyAreNeeded() {
    var state = State()
    for _ in 0..<3 { #expect(state.enter() == .welcome) }
    let early = state.add("a")
    #expect(early == nil)
    _ = state.add("b")
    #expect(step(&state, 1) == "start a b")
    #expect(step(&state, 2) == "wait")
    let woken = [state.add("c"), state.add("d")]
    #expect(woken == [2, nil], "whoever waits is woken once")
    #expect(step(&state, 3) == "start c d")
    #expect(state.openCount == 3)
  }

  @Test func theEndComesWithTheLastConnection() {
    var state = State()
    _ = state.enter()
    _ = state.enter()
    #expect(step(&state, 1) == "wait")
    var woken = state.close()
    #expect(woken == nil, "two are there still")
    #expect(state.enter() == .closing, "it was on its way when the server closed")
    woken = state.leave()
    #expect(woken == nil)
    woken = state.add("last words")
    #expect(woken == 1)
    woken = state.leave()
    #expect(woken == nil)
    #expect(step(&state, 2) == "start last words")
    #expect(step(&state, 3) == "wait")
    woken = state.leave()
    #expect(woken == 3)
    #expect(step(&state, 4) == "end")
    #expect(state.enter() == .refused)
    #expect(state.openCount == 0)
  }

  @Test func withoutConnectionsItEndsAtOnce() {
    var state = State()
    #expect(step(&state, 1) == "wait")
    let woken = state.close()
    #expect(woken == 1)
    #expect(step(&state, 2) == "end")
  }
}
