import Tangor

/// A long text document, made up line by line: the log of an imaginary plant.
struct Log: Sequence, IteratorProtocol {
  private static let events = [
    "pump started", "valve opened", "pressure steady", "sensor calibrated", "temperature rising", "filter changed", "valve closed",
    "operator signed in", "sample taken", "pump stopped",
  ]
  private let count: Int
  private var line = 0
  private var state: UInt64 = 42

  init(lines: Int) { count = lines }

  mutating func next() -> String? {
    guard line < count else { return nil }
    line += 1
    // A linear congruence (Knuth's MMIX constants): the same document each time.
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let event = Self.events[Int(state >> 33) % Self.events.count]
    let unit = Int(state >> 40) % 24
    let second = line * 7
    return
      "\(pad(second / 3600 % 24)):\(pad(second / 60 % 60)):\(pad(second % 60))  unit \(pad(unit))  \(event), reading \(Int(state >> 48) % 1000)"
  }

  private func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension ServiceRegistry {
  func addLog() throws {
    try add("/log", options: .init(summary: "A long text document, line by line.")) { request in
      .stream(Log(lines: try request.number("lines", default: 10_000, in: 0...10_000_000)))
    }
  }
}
