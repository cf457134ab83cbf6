import Dispatch
import Synchronization
import TangorCore
import TangorJSON
import TangorTesting
import Testing

@testable import TangorObjects

/// A class whose synchronous methods hold a thread until the test lets go.
private final class Blocker: LiveObject, Sendable {
  let started = Signal()
  let proceed = DispatchSemaphore(value: 0)
  let runs = Mutex<[String]>([])

  private func note(_ name: String) { runs.withLock { $0.append(name) } }

  static let interface = Interface<Blocker> {
    Method("block", parameters: [.init("name")]) { (it: Blocker, name: String) -> String in
      it.note(name)
      it.started.fire()
      it.proceed.wait()
      return name
    }
    Method("limited", parameters: [.init("name")]) { (it: Blocker, name: String) -> String in
      it.note(name)
      it.started.fire()
      it.proceed.wait()
      return name
    }.timeLimit(.seconds(2)).locking()
    Method("locked", parameters: [.init("name")]) { (it: Blocker, name: String) in it.note(name) }.locking()
  }
}

/// A class behind a gate.
private final class Ledger: LiveObject {
  var entries: [Int] = []

  static let interface = Interface<Ledger> {
    Property("entries", \.entries)
    Method("write", parameters: [.init("entry")]) { (it: Ledger, entry: Int) in
      it.entries.append(entry)
      return it.entries.count
    }.synchronous()
    Method("fail") { (_: Ledger) throws -> Int in throw TangorError(.notFound, "so it is") }.synchronous()
  }
}

@Suite(.timeLimit(.minutes(1))) struct DeferredCallTests {
  @Test func beyondItsTimeLimitSynchronousCodeKeepsItsPlaceUntilItEnds() async throws {
    let door = Door()
    let blocker = Blocker()
    try door.registry.expose(blocker, as: "blocker")
    let first = door.begin(.call, "blocker.limited", "[\"a\"]")
    await blocker.started.wait()
    await door.clock.sleepers(atLeast: 1)
    door.clock.advance(by: .seconds(2))
    let error = await #expect(throws: TangorError.self) { try await first.value }
    #expect(error?.code == .timeout)
    #expect(door.registry.statistics.running == 1, "nobody can end it")
    let second = door.begin(.call, "blocker.locked", "[\"b\"]")
    #expect(blocker.runs.withLock { $0 } == ["a"], "it has its lock, too")
    blocker.proceed.signal()
    #expect(try await second.value == "null")
    #expect(blocker.runs.withLock { $0 } == ["a", "b"])
  }

  @Test func aCallThatEndsWithinItsTimeLimitStopsItsTimer() async throws {
    let door = Door()
    let blocker = Blocker()
    try door.registry.expose(blocker, as: "blocker")
    blocker.proceed.signal()
    #expect(await door.ask(.call, "blocker.limited", "[\"a\"]") == "\"a\"")
    while door.clock.sleeperCount > 0 { await Task.yield() }
  }

  @Test func callsOfThePoolThatAreCancelledWhileTheyWaitNeverRun() async throws {
    let door = Door { $0.maximumWorkers = 1 }
    let blocker = Blocker()
    try door.registry.expose(blocker, as: "blocker")
    let first = door.begin(.call, "blocker.block", "[\"a\"]")
    await blocker.started.wait()
    let calls = ["b", "c", "d"].map { name in door.begin(.call, "blocker.block", "[\"\(name)\"]") }
    while door.registry.statistics.waiting < 3 { await Task.yield() }
    calls[1].cancel()
    let error = await #expect(throws: TangorError.self) { try await calls[1].value }
    #expect(error?.code == .canceled)
    #expect(door.registry.statistics == (1, 1, 2))
    for _ in 0..<3 { blocker.proceed.signal() }
    for call in [first, calls[0], calls[2]] { _ = try await call.value }
    #expect(Set(blocker.runs.withLock { $0 }) == ["a", "b", "d"])
    #expect(door.registry.statistics == (1, 0, 0))
  }

  @Test func whatRunsIsLeftBehindWhenItsCallerGoes() async throws {
    let door = Door { $0.maximumWorkers = 1 }
    let blocker = Blocker()
    try door.registry.expose(blocker, as: "blocker")
    let first = door.begin(.call, "blocker.block", "[\"a\"]")
    await blocker.started.wait()
    first.cancel()
    let error = await #expect(throws: TangorError.self) { try await first.value }
    #expect(error?.code == .canceled)
    #expect(door.registry.statistics.running == 1)
    let second = door.begin(.call, "blocker.block", "[\"b\"]")
    blocker.proceed.signal()
    blocker.proceed.signal()
    #expect(try await second.value == "\"b\"")
  }

  @Test func aCallThatIsCancelledBeforeItBeginsNeverRuns() async throws {
    let door = Door()
    let blocker = Blocker()
    try door.registry.expose(blocker, as: "blocker")
    let call = try #require(try deferred(door, "blocker.locked", "[\"a\"]"))
    call.cancel()
    let outcome = await withCheckedContinuation { continuation in call.start { continuation.resume(returning: $0) } }
    #expect(throws: TangorError.self) { try outcome.get() }
    #expect(await door.ask(.call, "blocker.locked", "[\"b\"]") == "null", "the lock is free")
    #expect(blocker.runs.withLock { $0 } == ["b"])
  }

  @Test func aThreadThatIsHeldHoldsUpNoOther() async throws {
    let door = Door { $0.maximumWorkers = 4 }
    let blocker = Blocker()
    try door.registry.expose(blocker, as: "blocker")
    let calls = ["a", "b", "c", "d"].map { name in door.begin(.call, "blocker.block", "[\"\(name)\"]") }
    for _ in calls { await blocker.started.wait() }
    #expect(Set(blocker.runs.withLock { $0 }) == ["a", "b", "c", "d"], "all of them run at the same time")
    for _ in calls { blocker.proceed.signal() }
    for call in calls { _ = try await call.value }
  }

  @Test func quickMembersThatFindTheGateTakenRunInTheirOrderWhenItIsLeft() async throws {
    let door = Door()
    let handle = try door.registry.expose(Ledger(), as: "ledger")
    let answers = Mutex<[String]>([])
    // More than one who leaves serves by itself.
    let count = 100
    let done = Signal()
    let wasEmpty = try await handle.use { ledger in
      for entry in 0..<count {
        guard let call = try deferred(door, "ledger.write", "[\(entry)]") else { return false }
        call.start { result in
          answers.withLock { $0.append((try? result.get().description) ?? "failed") }
          done.fire()
        }
      }
      return ledger.entries.isEmpty
    }
    #expect(wasEmpty)
    for _ in 0..<count { await done.wait() }
    #expect(answers.withLock { $0 } == (1...count).map(String.init))
    #expect(await door.ask(.get, "ledger.entries") == "[" + (0..<count).map(String.init).joined(separator: ",") + "]")
  }

  @Test func quickMembersThatWaitTellTheirErrorsAndComeTooLate() async throws {
    let door = Door()
    let handle = try door.registry.expose(Ledger(), as: "ledger")
    let failing = try await handle.use { _ in door.begin(.call, "ledger.fail") }
    let failure = await #expect(throws: TangorError.self) { try await failing.value }
    #expect(failure?.code == .notFound)
    #expect(await door.ask(.call, "ledger.write", "[1]") == "1", "the gate is free")
    let second = try await handle.use { _ in
      let call = door.begin(.call, "ledger.write", "[2]")
      // Its timer may not stand yet: the moment is checked again when its turn comes.
      door.clock.advance(by: .seconds(4))
      return call
    }
    let error = await #expect(throws: TangorError.self) { try await second.value }
    #expect(error?.code == .callNotStarted)
    #expect(await door.ask(.get, "ledger.entries") == "[1]")
  }

  /// The deferred call that an operation becomes.
  private func deferred(_ door: Door, _ path: String, _ text: String) throws -> DeferredCall? {
    var out = JSONWriter()
    let caller = ObjectCaller(address: "test")
    let rest = try Array(text.utf8).withUnsafeBytes { try door.registry.begin(.call, path, $0, caller: caller, into: &out) }
    guard case .deferred(let call) = rest else { return nil }
    return call
  }
}
