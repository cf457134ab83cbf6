import TangorJSON
import Testing

@testable import TangorCore

/// The same steps on the table and on a model that is too simple to be wrong: an array of all who wait, in their order.
@Suite(.timeLimit(.minutes(2))) struct SignalStressTests {
  private struct Model {
    struct Waiter {
      var token: Int
      var names: UInt8
      var deadline: Int
    }
    var waiting: [Waiter] = []
    /// By name: the value and the end of its lease.
    var kept: [(value: Int, end: Int)?] = Array(repeating: nil, count: nameCount)

    /// Takes those out that fit.
    mutating func take(_ fits: (Waiter) -> Bool, firstOnly: Bool = false) -> [Int] {
      var taken: [Int] = []
      var left: [Waiter] = []
      for waiter in waiting {
        if fits(waiter), !(firstOnly && !taken.isEmpty) { taken.append(waiter.token) } else { left.append(waiter) }
      }
      waiting = left
      return taken
    }
  }

  private static let nameCount = 4
  private static let names = (0..<nameCount).compactMap { try? SignalName("signal \($0)", limit: 256) }

  /// How each wait ended: once, and in one way.
  private enum Fate: Equatable {
    case open, timedOut, cancelled
    case signal(Int)
  }

  /// Four schedules of 250,000 steps each.
  @Test(arguments: 1...4) func nothingIsLostAndNothingComesTwice(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var table = SignalTable()
    var model = Model()
    var ids: [SignalTable.ID] = []
    var fates: [Fate] = []
    var now = 0
    var failures = 0
    var counts = (woken: 0, timedOut: 0, cancelled: 0, fromKept: 0, kept: 0)

    func settle(_ tokens: [Int], _ fate: Fate) {
      for token in tokens {
        if fates[token] != .open { failures += 1 }
        fates[token] = fate
      }
    }

    for step in 0..<250_000 {
      let choice = Int(random.next() & 1_023)
      let name = choice & 3
      switch choice >> 2 {
      case 0..<110:
        // Half of the waits are for one signal, the others for several; some have no deadline, and some have none left.
        let isAny = choice & 4 != 0
        let bits = isAny ? UInt8(truncatingIfNeeded: random.next() & 15 | 1 << name) : 1 << UInt8(name)
        let wanted = (0..<Self.nameCount).filter { bits & 1 << $0 != 0 }
        let limit = Int(random.next() & 31)
        let deadline = limit == 31 ? Int.max : now + limit
        let token = fates.count
        fates.append(.open)
        let id = try table.reserve()
        ids.append(id)
        let ending = table.begin(
          id, for: wanted.map { Self.names[$0] }, .numbered(token), deadline: deadline == .max ? nil : .seconds(deadline), at: .seconds(now)
        )
        if let place = wanted.first(where: { model.kept[$0].map { $0.end > now } ?? false }) {
          guard case .signal(let message) = ending, let value = model.kept[place]?.value else {
            failures += 1
            continue
          }
          if message.value.bytes != Self.bytes(value) || message.name != Self.names[place].text { failures += 1 }
          model.kept[place] = nil
          settle([token], .signal(value))
          counts.fromKept += 1
        } else if deadline <= now {
          if case .timedOut = ending {} else { failures += 1 }
          settle([token], .timedOut)
        } else {
          if ending != nil { failures += 1 }
          model.waiting.append(.init(token: token, names: bits, deadline: deadline))
        }
      case 110..<170:
        let isFirst = choice & 4 != 0
        let lease = choice & 8 != 0 ? 1 + Int(random.next() & 7) : nil
        let (woken, isKept) = try table.send(
          JSONFragment(unchecked: Self.bytes(step)), Self.names[name], to: isFirst ? .first : .all,
          keepUntil: lease.map { .seconds(now + $0) }, at: .seconds(now))
        let tokens = woken.map(\.token)
        if tokens != model.take({ $0.names & 1 << UInt8(name) != 0 }, firstOnly: isFirst) { failures += 1 }
        if isKept != (tokens.isEmpty && lease != nil) { failures += 1 }
        if isKept, let lease { model.kept[name] = (step, now + lease) }
        settle(tokens, .signal(step))
        counts.woken += tokens.count
        counts.kept += isKept ? 1 : 0
      case 170..<200:
        guard !ids.isEmpty else { continue }
        // Mostly one of the last, which may still wait; whoever has ended already is not given out again.
        let token = max(0, ids.count - 1 - Int(random.next() & 31))
        let cancelled = table.cancel(ids[token]).map(\.token)
        if cancelled.map({ [$0] }) ?? [] != model.take({ $0.token == token }) { failures += 1 }
        if let cancelled { settle([cancelled], .cancelled) }
        counts.cancelled += cancelled == nil ? 0 : 1
      case 200..<236:
        let tokens = table.expire(at: .seconds(now)).map(\.token)
        let due = now
        if tokens.sorted() != model.take({ $0.deadline <= due }) { failures += 1 }
        settle(tokens, .timedOut)
        counts.timedOut += tokens.count
        if let next = table.nextDeadline, next <= .seconds(now) { failures += 1 }
      default: now += 1
      }
      if table.waitingCount != model.waiting.count { failures += 1 }
      try #require(failures == 0, "after step \(step) of seed \(seed)")
    }
    let left = Set(model.waiting.map(\.token))
    #expect(fates.indices.allSatisfy { (fates[$0] == .open) == left.contains($0) }, "every wait ended once, or still waits")
    #expect(
      min(counts.woken, counts.timedOut, counts.cancelled, counts.fromKept, counts.kept) > 1_000, "the schedule has all kinds of steps")
  }

  private static func bytes(_ number: Int) -> [UInt8] {
    withUnsafeBytes(of: number) { Array($0) }
  }
}
