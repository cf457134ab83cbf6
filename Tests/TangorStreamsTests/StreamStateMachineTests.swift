import TangorCore
import TangorJSON
import Testing

@testable import TangorStreams

/// A machine that is told what happens, without clock, lock or task.
final class MachineScript {
  var machine: StreamStateMachine
  var got: [Int: StreamStateMachine.Answer] = [:]
  var next = StreamStateMachine.Next.rest
  var endings: [StreamStateMachine.Ending] = []
  private var lastID = 0

  init(_ change: (inout StreamStateMachine.Limits) -> Void = { _ in }) {
    var limits = StreamStateMachine.Limits()
    change(&limits)
    machine = StreamStateMachine(limits: limits)
  }

  func pull(max: Int = 1, after: Int? = nil, events: Bool = false) -> Int {
    lastID += 1
    var request = PullRequest()
    request.maximum = max
    request.after = after
    request.reportsProgress = events
    request.takesEnd = !events
    switch machine.pull(lastID, request) {
    case .answered(let answer, let ending):
      got[lastID] = answer
      if let ending { endings.append(ending) }
    case .waits(let mustStep): if mustStep { next = .step }
    }
    return lastID
  }

  func follow(_ actions: StreamStateMachine.Actions, setsNext: Bool = true) {
    for (id, answer) in actions.answers {
      #expect(got[id] == nil, "a pull is answered once")
      got[id] = answer
    }
    if setsNext { next = actions.next }
    if let ending = actions.ending { endings.append(ending) }
  }

  /// Follows what happened while a step may run.
  func followBeside(_ actions: StreamStateMachine.Actions?) {
    guard let actions else { return #expect(Bool(false), "the pull waited") }
    follow(actions, setsNext: false)
  }

  func value(_ number: Int) { follow(machine.receive(JSONFragment(number))) }
  func progress(_ completed: Double) { follow(machine.receive(Progress(completed: completed))) }
  func finish(_ error: TangorError? = nil) { follow(machine.finish(error)) }

  func indexes(_ id: Int) -> [Int]? {
    guard case .success(.values(let values)) = got[id] else { return nil }
    return values.all.map(\.index)
  }

  func code(_ id: Int) -> ErrorCode? {
    guard case .failure(let error) = got[id] else { return nil }
    return error.code
  }

  func isFinished(_ id: Int) -> Bool { if case .success(.finished) = got[id] { true } else { false } }
  var steps: Bool { if case .step = next { true } else { false } }
  var fills: Bool { if case .fill = next { true } else { false } }
  var rests: Bool { if case .rest = next { true } else { false } }
}

@Suite struct StreamStateMachineTests {
  @Test func pullsAreAnsweredInTheOrderOfTheirArrival() {
    let script = MachineScript()
    let (first, second) = (script.pull(), script.pull())
    #expect(script.steps)
    script.value(10)
    #expect(script.indexes(first) == [1] && script.got[second] == nil && script.steps)
    script.value(20)
    #expect(script.indexes(second) == [2] && script.rests)
  }

  @Test func aValueForAPullThatHasGoneIsKept() {
    let script = MachineScript()
    let gone = script.pull()
    script.followBeside(script.machine.cancel(gone))
    #expect(script.code(gone) == .canceled)
    script.value(1)
    #expect(script.rests, "one value is kept and no more is computed")
    #expect(script.indexes(script.pull()) == [1])
    #expect(script.machine.cancel(gone) == nil)
  }

  @Test func theEndIsToldOnceAndEndsTheKey() {
    let script = MachineScript()
    let (first, second) = (script.pull(), script.pull())
    script.finish()
    #expect(script.isFinished(first) && script.isFinished(second))
    #expect(script.endings == [.removed])
  }

  @Test func keptValuesComeBeforeAFailure() throws {
    let script = MachineScript()
    let filler = script.pull(max: 3)
    script.value(1)
    #expect(script.fills && script.got[filler] == nil)
    script.finish(TangorError(.streamFailed, "broken"))
    #expect(script.indexes(filler) == [1] && script.endings.isEmpty)
    #expect(script.code(script.pull()) == .streamFailed && script.endings == [.removed])
  }

  @Test func aBatchTakesWhatComesWithoutWaiting() {
    let script = MachineScript()
    let batch = script.pull(max: 3)
    script.value(1)
    script.value(2)
    #expect(script.fills)
    script.follow(script.machine.settle(stepRuns: true))
    #expect(script.indexes(batch) == [1, 2])
    script.value(3)
    #expect(script.indexes(script.pull(max: 3)) == nil, "the kept value may be joined by others, so the sequence is stepped")
    script.follow(script.machine.settle(stepRuns: true))
    #expect(script.indexes(2) == [3])
  }

  @Test func aBatchIsBoundedInBytes() {
    let script = MachineScript { $0.batchBytes = 4 }
    let batch = script.pull(max: 100)
    script.value(11)
    #expect(script.fills)
    script.value(22)
    #expect(script.indexes(batch) == [1, 2])
  }

  @Test func positionsRepeatWhatIsKept() {
    let script = MachineScript { $0.replayValues = 2 }
    for number in 1...3 {
      _ = script.pull()
      script.value(number)
    }
    #expect(script.indexes(script.pull(after: 1)) == [2])
    #expect(script.indexes(script.pull(after: 2)) == [3])
    #expect(script.code(script.pull(after: 0)) == .streamPositionLost)
    #expect(script.code(script.pull(after: 4)) == .streamPositionAhead)
    let next = script.pull(after: 3)
    #expect(script.got[next] == nil && script.steps)
    let repeated = script.pull(after: 2)
    #expect(script.indexes(repeated) == [3], "a repeat takes nothing from those who wait")
    script.finish()
    #expect(script.isFinished(next) && script.endings == [.retired])
    #expect(script.isFinished(script.pull(after: 3)) && script.indexes(script.pull(after: 2)) == [3])
  }

  @Test func replayIsBoundedInBytesButKeepsTheLatest() {
    let script = MachineScript { $0.replayBytes = 1 }
    for number in [1_000, 2_000] {
      _ = script.pull()
      script.value(number)
    }
    #expect(script.indexes(script.pull(after: 1)) == [2])
    #expect(script.code(script.pull(after: 0)) == .streamPositionLost)
  }

  @Test func valuesThatCameBackAreGivenFirst() throws {
    let script = MachineScript()
    let first = script.pull()
    script.value(1)
    _ = script.pull()
    script.value(2)
    guard case .success(.values(let values)) = script.got[first] else { throw TangorError(.internalError) }
    script.follow(script.machine.putBack(values.all))
    #expect(script.indexes(script.pull()) == [1])
    let waiting = script.pull()
    script.follow(script.machine.putBack(values.all), setsNext: false)
    #expect(script.indexes(waiting) == [1], "one who waits gets it at once")
  }

  @Test func progressIsForThoseWhoPassItOnAndForPending() throws {
    let script = MachineScript()
    let plain = script.pull()
    script.progress(0.5)
    #expect(script.got[plain] == nil && script.steps)
    script.followBeside(script.machine.timeOut(plain))
    guard case .success(.pending(0, let progress)) = script.got[plain] else { throw TangorError(.internalError) }
    #expect(progress?.completed == 0.5)
    script.progress(0.7)
    #expect(script.steps, "the value that was asked for is still computed")
    let events = script.pull(events: true)
    guard case .success(.progress(let news)) = script.got[events] else { throw TangorError(.internalError) }
    #expect(news.completed == 0.7)
    script.value(1)
    guard case .success(.values(let values)) = script.got[script.pull()] else { throw TangorError(.internalError) }
    #expect(values.progress?.completed == 0.7)
  }

  @Test func waitingPullsAreBounded() {
    let script = MachineScript { $0.waitingPulls = 2 }
    _ = (script.pull(), script.pull())
    #expect(script.code(script.pull()) == .tooManyRequests)
  }

  @Test func closingAnswersAllAndForgetsEverything() {
    let script = MachineScript()
    let (first, second) = (script.pull(), script.pull())
    script.follow(script.machine.close(TangorError(.shuttingDown)))
    #expect(script.code(first) == .shuttingDown && script.code(second) == .shuttingDown && script.rests)
    script.value(1)
    #expect(script.rests && script.code(script.pull()) == .shuttingDown)
  }

  @Test func whoIsBehindACancelledPullGetsWhatWasKeptForIt() {
    let script = MachineScript()
    let (batch, next) = (script.pull(max: 5), script.pull())
    script.value(1)
    #expect(script.fills)
    script.followBeside(script.machine.cancel(batch))
    #expect(script.indexes(next) == [1])
  }

  @Test func theEndOfAReaderThatConfirmsComesAfterIt() {
    let script = MachineScript()
    let reader = script.pull(events: true)
    script.finish()
    #expect(script.isFinished(reader) && script.endings.isEmpty)
    #expect(script.machine.confirmEnd(positioned: false) == .removed)
  }

  /// Every interleaving of arrivals, departures, time-outs, values that come back, and steps gives each value to one pull, in order.
  @Test(arguments: 0..<400) func randomSchedulesLoseNothingAndRepeatNothing(seed: Int) {
    var random = Seeded(UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1)
    let script = MachineScript { $0.replayValues = Int.random(in: 1...8, using: &random) }
    var produced = 0
    var open: Set<Int> = []
    var kept: [Int] = []
    var seen = 0
    func collect() {
      for id in open.sorted() {
        guard script.got[id] != nil, open.remove(id) != nil else { continue }
        guard case .success(.values(let values)) = script.got[id] else { continue }
        if Int.random(in: 0..<8, using: &random) == 0 {
          // Its reader has gone: what it took goes back.
          script.follow(script.machine.putBack(values.all), setsNext: false)
          collect()
        } else {
          kept += values.all.map(\.index)
        }
      }
    }
    for _ in 0..<600 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<3: open.insert(script.pull(max: Int.random(in: 1...4, using: &random)))
      case 3: if let id = open.randomElement(using: &random) { script.followBeside(script.machine.cancel(id)) }
      case 4: if let id = open.randomElement(using: &random) { script.followBeside(script.machine.timeOut(id)) }
      case 5: if script.fills { script.follow(script.machine.settle(stepRuns: false)) }
      case 6 where script.machine.isStepping: script.progress(Double(produced))
      default:
        guard script.machine.isStepping else { break }
        produced += 1
        script.value(produced)
      }
      collect()
      seen = max(seen, produced - kept.count)
    }
    script.finish()
    collect()
    var left = 0
    while left < 10_000, case let id = script.pull(), !script.isFinished(id) {
      kept += script.indexes(id) ?? []
      left += 1
    }
    #expect(kept.sorted() == Array(1...max(produced, 1)).prefix(produced).map { $0 })
    #expect(seen < 64, "nothing runs ahead of those who pull")
  }
}

/// A small generator with a seed, so that a failure can be seen again.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
