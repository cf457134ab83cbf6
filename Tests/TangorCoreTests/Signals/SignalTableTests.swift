import TangorJSON
import Testing

@testable import TangorCore

/// A sink of which nothing is asked: the table only gives its tokens out.
final class DeafSink: SignalSink {
  static let shared = DeafSink()
  func ended(_ tokens: [Int], _ outcome: SignalOutcome) {}
}

extension SignalWaiter {
  /// A waiter that tests know by a number.
  static func numbered(_ token: Int) -> Self { .sink(DeafSink.shared, token: token) }
  var token: Int { if case .sink(_, let token) = self { token } else { -1 } }
}

@Suite struct SignalTableTests {
  private static func names(_ texts: String...) -> [SignalName] { texts.compactMap { try? SignalName($0, limit: 256) } }
  private let a = names("a")
  private let b = names("b")
  private let one = JSONFragment(unchecked: [UInt8(ascii: "1")])
  private let two = JSONFragment(unchecked: [UInt8(ascii: "2")])

  @discardableResult
  private func wait(
    _ table: inout SignalTable, _ names: [SignalName], _ token: Int, until deadline: Duration? = nil, at now: Duration = .zero
  ) throws -> (id: SignalTable.ID, ending: SignalOutcome?) {
    let id = try table.reserve()
    return (id, table.begin(id, for: names, .numbered(token), deadline: deadline, at: now))
  }

  @Test func allAreWokenInTheirOrder() throws {
    var table = SignalTable()
    for token in 1...3 { try wait(&table, a, token) }
    try wait(&table, b, 4)
    let sent = try table.send(one, a[0], to: .all, keepUntil: nil, at: .zero)
    #expect(sent.woken.map(\.token) == [1, 2, 3] && !sent.isKept)
    #expect(table.waitingCount == 1)
    #expect(try table.send(one, a[0], to: .all, keepUntil: nil, at: .zero).woken.isEmpty)
  }

  @Test func theFirstIsTheOneThatWaitedLongest() throws {
    var table = SignalTable()
    for token in 1...3 { try wait(&table, a, token) }
    for token in 1...3 { #expect(try table.send(one, a[0], to: .first, keepUntil: nil, at: .zero).woken.map(\.token) == [token]) }
    #expect(table.waitingCount == 0)
  }

  @Test func oneWhoWaitsForSeveralIsWokenOnce() throws {
    var table = SignalTable()
    try wait(&table, a + b, 1)
    try wait(&table, b, 2)
    #expect(try table.send(one, b[0], to: .all, keepUntil: nil, at: .zero).woken.map(\.token) == [1, 2])
    #expect(try table.send(one, a[0], to: .all, keepUntil: nil, at: .zero).woken.isEmpty)
  }

  @Test func aSignalIsKeptWhenNobodyWaits() throws {
    var table = SignalTable()
    #expect(try table.send(one, a[0], to: .all, keepUntil: .seconds(10), at: .zero).isKept)
    #expect(try table.send(two, a[0], to: .all, keepUntil: .seconds(10), at: .zero).isKept)
    #expect(table.keptCount == 1)
    guard case .signal(let message) = try wait(&table, b + a, 1, at: .seconds(9)).ending else { return #expect(Bool(false)) }
    #expect(message == SignalMessage(name: "a", value: two))
    #expect(try wait(&table, a, 2).ending == nil, "it is taken once")
    #expect(try !table.send(one, a[0], to: .all, keepUntil: .seconds(10), at: .zero).isKept, "it woke one who waits")
    #expect(table.keptCount == 0)
  }

  @Test func aKeptSignalGoesWithItsLease() throws {
    var table = SignalTable()
    _ = try table.send(one, a[0], to: .all, keepUntil: .seconds(10), at: .zero)
    #expect(table.nextDeadline == .seconds(10))
    #expect(try wait(&table, a, 1, until: .seconds(30), at: .seconds(10)).ending == nil)
    #expect(table.expire(at: .seconds(10)).isEmpty && table.keptCount == 0)
    #expect(table.nextDeadline == .seconds(30))
  }

  @Test func theNextDeadlineOfManyIsTheEarliest() throws {
    var table = SignalTable()
    try wait(&table, a, 1, until: .seconds(30))
    try wait(&table, a, 2, until: .seconds(10))
    try wait(&table, a, 3)
    #expect(table.nextDeadline == .seconds(10))
    #expect(table.expire(at: .seconds(9)).isEmpty)
    #expect(table.expire(at: .seconds(10)).map(\.token) == [2])
    #expect(table.expire(at: .seconds(30)).map(\.token) == [1])
    #expect(table.nextDeadline == nil && table.waitingCount == 1)
  }

  @Test func aWaitWithoutTimeTakesWhatIsKeptOrNothing() throws {
    var table = SignalTable()
    guard case .timedOut = try wait(&table, a, 1, until: .zero).ending else { return #expect(Bool(false)) }
    _ = try table.send(one, a[0], to: .all, keepUntil: .seconds(1), at: .zero)
    guard case .signal = try wait(&table, a, 1, until: .zero).ending else { return #expect(Bool(false)) }
    #expect(table.waitingCount == 0)
  }

  @Test func whoGoesLeavesTheOthersInTheirOrder() throws {
    var table = SignalTable()
    let ids = try (0..<5).map { try wait(&table, a + b, $0).id }
    #expect(table.cancel(ids[2])?.token == 2)
    #expect(table.cancel(ids[0])?.token == 0)
    #expect(table.cancel(ids[0])?.token == nil)
    #expect(try table.send(one, b[0], to: .all, keepUntil: nil, at: .zero).woken.map(\.token) == [1, 3, 4])
    #expect(table.cancel(ids[4])?.token == nil)
  }

  @Test func aWaitThatIsCancelledBeforeItBeginsEndsAtOnce() throws {
    var table = SignalTable()
    let id = try table.reserve()
    #expect(table.cancel(id) == nil)
    guard case .cancelled = table.begin(id, for: a, .numbered(1), deadline: nil, at: .zero) else { return #expect(Bool(false)) }
    let next = try table.reserve()
    #expect(table.cancel(id) == nil, "another wait has the same place now")
    #expect(table.begin(next, for: a, .numbered(2), deadline: nil, at: .zero) == nil)
    #expect(table.waitingCount == 1)
  }

  @Test func limitsHold() throws {
    var limits = SignalTable.Limits()
    (limits.waiters, limits.kept, limits.keptBytes) = (2, 2, 10)
    var table = SignalTable(limits: limits)
    let first = try wait(&table, a, 1).id
    let second = try table.reserve()
    #expect(throws: TangorError.self) { try table.reserve() }
    _ = table.cancel(first)
    _ = try table.reserve()
    _ = table.begin(second, for: a, .numbered(2), deadline: nil, at: .zero)
    let long = JSONFragment(unchecked: Array("123456789".utf8))
    for name in ["c", "d"] { _ = try table.send(one, Self.names(name)[0], to: .all, keepUntil: .seconds(5), at: .zero) }
    #expect(throws: TangorError.self) { try table.send(one, Self.names("e")[0], to: .all, keepUntil: .seconds(5), at: .zero) }
    #expect(try table.send(long, Self.names("c")[0], to: .all, keepUntil: .seconds(6), at: .zero).isKept, "it takes the older one's place")
    #expect(throws: TangorError.self) { try table.send(long, Self.names("d")[0], to: .all, keepUntil: .seconds(5), at: .zero) }
    #expect(try table.send(one, Self.names("e")[0], to: .all, keepUntil: .seconds(9), at: .seconds(5)).isKept, "one lease has ended")
  }

  @Test func shuttingDownEndsAllAndRefusesMore() throws {
    var table = SignalTable()
    try wait(&table, a, 1, until: .seconds(1))
    try wait(&table, b, 2)
    let announced = try table.reserve()
    #expect(Set(table.shutDown().map(\.token)) == [1, 2])
    guard case .shutDown = table.begin(announced, for: a, .numbered(3), deadline: nil, at: .zero) else { return #expect(Bool(false)) }
    #expect(throws: TangorError.self) { try table.reserve() }
    #expect(throws: TangorError.self) { try table.send(one, a[0], to: .all, keepUntil: nil, at: .zero) }
    #expect(table.expire(at: .seconds(9)).isEmpty && table.nextDeadline == nil && table.waitingCount == 0)
  }

  /// Different spellings of one character are equal as `String`.
  @Test func namesAreToldApartByTheirBytes() throws {
    var table = SignalTable()
    try wait(&table, Self.names("\u{E9}"), 1)
    #expect(try table.send(one, Self.names("e\u{301}")[0], to: .all, keepUntil: nil, at: .zero).woken.isEmpty)
    #expect(throws: TangorError.self) { try SignalName("", limit: 256) }
    #expect(throws: TangorError.self) { try SignalName("éé", limit: 3) }
  }

  @Test func manyWaitersLeaveNothingBehind() throws {
    var table = SignalTable()
    for round in 1...3 {
      let ids = try (0..<10_000).map { try wait(&table, a, $0, until: .seconds(60 * round)).id }
      #expect(try table.send(one, a[0], to: .all, keepUntil: nil, at: .zero).woken.map(\.token) == Array(0..<10_000))
      #expect(table.nextDeadline == nil, "the deadlines of those who were woken are let go of")
      #expect(table.cancel(ids[0]) == nil)
    }
  }
}
