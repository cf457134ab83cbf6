import Foundation
import Synchronization
import TangorCore
import TangorJSON

/// What waiting for a signal costs inside the process: bytes for each of 100,000 who wait, and microseconds to wake each.
@main
enum Signals {
  static let count = 100_000

  static func main() async throws {
    // Tasks first: what they leave to the allocator would hide their size the second time.
    try await measureTasks("tasks in one signal", named: { _ in "a" })
    try measureSink("event-loop waits in one signal", named: { _ in "a" })
    try measureSink("event-loop waits, each with a signal of its own", named: { "signal \($0)" })
    try measureTurns()
  }

  /// `try await signals.wait(for:)` in as many tasks, until all of them have gone on.
  private static func measureTasks(_ title: String, named name: @escaping @Sendable (Int) -> String) async throws {
    let signals = SignalRegistry()
    let before = residentBytes()
    let sum = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<count {
        group.addTask { try await signals.wait(for: name(number), timeout: .seconds(60), as: Int.self) }
      }
      while signals.statistics.waiting < count { await Task.yield() }
      let bytes = residentBytes() - before
      let clock = ContinuousClock()
      let start = clock.now
      try signals.send("a", 1)
      let sent = clock.now
      let sum = try await group.reduce(0, +)
      report(title, bytes, wake: start.duration(to: clock.now), send: start.duration(to: sent))
      return sum
    }
    precondition(sum == count)
  }

  /// What the HTTP door has for each request that waits, and its share of one visit to the event loop.
  private static func measureSink(_ title: String, named name: (Int) -> String) throws {
    let signals = SignalRegistry()
    let sink = CountingSink()
    let before = residentBytes()
    for number in 0..<count {
      let names = try signals.names([name(number)])
      let ending = signals.begin(try signals.reserve(), for: names, timeout: .seconds(60), .sink(sink, token: number))
      precondition(ending == nil)
    }
    let bytes = residentBytes() - before
    let isOne = name(0) == name(1)
    let time = try ContinuousClock().measure {
      for number in 0..<(isOne ? 1 : count) { try signals.send(name(number), 1) }
    }
    precondition(sink.told.load(ordering: .relaxed) == count)
    report(title, bytes, wake: time, send: time)
  }

  /// One who waits and one who sends, in turn: no memory is made anew.
  private static func measureTurns() throws {
    let signals = SignalRegistry()
    let sink = CountingSink()
    let names = try signals.names(["a"])
    let time = try ContinuousClock().measure {
      for _ in 0..<count {
        _ = signals.begin(try signals.reserve(), for: names, timeout: .seconds(60), .sink(sink, token: 0))
        try signals.send("a")
      }
    }
    print("wait and send in turn: \(nanoseconds(time) / count) ns")
  }

  private static func report(_ title: String, _ bytes: Int, wake: Duration, send: Duration) {
    let each = Double(nanoseconds(wake) / count) / 1_000
    print("\(title): \(bytes / count) bytes each, \(each) µs to wake each, \(nanoseconds(send) / 1_000_000) ms in send")
  }

  private static func nanoseconds(_ duration: Duration) -> Int {
    Int(duration.components.seconds) * 1_000_000_000 + Int(duration.components.attoseconds / 1_000_000_000)
  }

  /// The memory of the process that is resident, in bytes.
  private static func residentBytes() -> Int {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ").dropFirst().first
    return (pages.flatMap { Int($0) } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}

/// Counts who was told.
private final class CountingSink: SignalSink {
  let told = Atomic(0)
  func ended(_ tokens: [Int], _ outcome: SignalOutcome) { told.wrappingAdd(tokens.count, ordering: .relaxed) }
}
