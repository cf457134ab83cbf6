import Synchronization
import TangorCore
import TangorJSON
import TangorTesting
import Testing

@testable import TangorObjects

/// A class that many may use at once. Its methods wait until the test lets them go on.
final class Worker: LiveObject, Sendable {
  let started = Signal()
  let proceed = Signal()
  let ended = Signal()
  let runs = Mutex(0)

  private func note() { runs.withLock { $0 += 1 } }

  static let interface = Interface<Worker> {
    Property("runs") { (it: Worker) in it.runs.withLock { $0 } }.synchronous()
    Method("wait") { (it: Worker) async -> String in
      it.note()
      it.started.fire()
      await it.proceed.wait()
      it.ended.fire()
      return "waited"
    }
    Method("locked") { (it: Worker) async -> String in
      it.note()
      it.started.fire()
      await it.proceed.wait()
      return "locked"
    }.locking()
    Method("count") { (it: Worker) -> Int in
      it.note()
      return it.runs.withLock { $0 }
    }.locking()
    Method("sleep") { (it: Worker) async throws -> String in
      it.started.fire()
      do { try await Task.sleep(for: .seconds(1_000)) } catch {
        it.ended.fire()
        throw error
      }
      return "slept"
    }.timeLimit(.seconds(2))
    Method("quick") { (_: Worker) in 1 }.synchronous()
    Method("lockedQuick") { (_: Worker) in 1 }.synchronous().locking()
  }
}

actor Tally: LiveActor {
  var count = 0
  var numbers = [1, 2]
  @Tracked var shown = 1
  var isolatedCalls: Bool { true }
  func add(_ n: Int) -> Int {
    preconditionIsolated()
    count += n
    return count
  }
  func later(_ n: Int) async -> Int {
    await Task.yield()
    count += n
    return count
  }
  func set(_ numbers: [Int]) { self.numbers = numbers }

  static let interface = ActorInterface<Tally>("Counts.") {
    ActorProperty("count", get: { (it: isolated Tally) in it.count }, set: { (it: isolated Tally, n: Int) in it.count = n })
    ActorProperty("numbers", get: { (it: isolated Tally) in it.numbers }, set: { (it: isolated Tally, n: [Int]) in it.set(n) })
    ActorProperty("shown", tracked: { (it: isolated Tally) in it.$shown })
    ActorMethod("add", parameters: [.init("n")]) { (it: isolated Tally, n: Int) in it.add(n) }
    ActorMethod("later", parameters: [.init("n")]) { (it: isolated Tally, n: Int) in await it.later(n) }
    ActorMethod("list") { (_: isolated Tally) in stride(from: 0, to: 2, by: 1) }
  }
}

@Suite(.timeLimit(.minutes(1))) struct CallTests {
  @Test func synchronousMembersOfSendableClassesAnswerAtOnce() async throws {
    let door = Door()
    try door.registry.expose(Worker(), as: "worker")
    #expect(door.askNow(.call, "worker.quick") == "1")
    #expect(door.askNow(.call, "worker.count") == nil, "others run on the pool")
    #expect(await door.ask(.call, "worker.count") == "1")
  }

  @Test func lockingCallsRunOneAtATimeAndGetsGoOn() async throws {
    let door = Door()
    let worker = Worker()
    try door.registry.expose(worker, as: "worker")
    let first = door.begin(.call, "worker.locked")
    await worker.started.wait()
    let second = door.begin(.call, "worker.count")
    await door.clock.sleepers(atLeast: 1)
    #expect(door.askNow(.get, "worker.runs") == "1", "the second waits, the get does not")
    #expect(door.askNow(.call, "worker.quick") == "1", "nor does a call that does not lock")
    #expect(door.askNow(.call, "worker.lockedQuick") == nil)
    worker.proceed.fire()
    #expect(try await first.value == "\"locked\"")
    #expect(try await second.value == "2")
  }

  @Test func aCallThatCouldNotBeginInTimeNeverRuns() async throws {
    let door = Door()
    let worker = Worker()
    try door.registry.expose(worker, as: "worker")
    let first = door.begin(.call, "worker.locked")
    await worker.started.wait()
    let second = door.begin(.call, "worker.count")
    await door.clock.sleepers(atLeast: 1)
    door.clock.advance(by: .seconds(4))
    await #expect(throws: TangorError.self) { try await second.value }
    worker.proceed.fire()
    #expect(try await first.value == "\"locked\"")
    #expect(worker.runs.withLock { $0 } == 1)
    #expect(await door.ask(.call, "worker.count") == "2", "the lock is free again")
  }

  @Test func thePoolHasSoManyPlaces() async throws {
    let door = Door { $0.maximumWorkers = 1 }
    let worker = Worker()
    try door.registry.expose(worker, as: "worker")
    let first = door.begin(.call, "worker.wait")
    await worker.started.wait()
    let late = door.begin(.call, "worker.count")
    await door.clock.sleepers(atLeast: 1)
    #expect(door.registry.statistics == (1, 1, 1))
    door.clock.advance(by: .seconds(3))
    let error = await #expect(throws: TangorError.self) { try await late.value }
    #expect(error?.code == .callNotStarted)
    worker.proceed.fire()
    #expect(try await first.value == "\"waited\"")
    #expect(door.registry.statistics == (1, 0, 0))
  }

  @Test func aTimeLimitCancelsAsynchronousWork() async throws {
    let door = Door()
    let worker = Worker()
    try door.registry.expose(worker, as: "worker")
    let call = door.begin(.call, "worker.sleep")
    await worker.started.wait()
    await door.clock.sleepers(atLeast: 1)
    door.clock.advance(by: .seconds(2))
    let error = await #expect(throws: TangorError.self) { try await call.value }
    #expect(error?.code == .timeout)
    await worker.ended.wait()
  }

  @Test func cancellingACallCancelsItsWork() async throws {
    let door = Door()
    let worker = Worker()
    try door.registry.expose(worker, as: "worker")
    let call = door.begin(.call, "worker.sleep")
    await worker.started.wait()
    call.cancel()
    let error = await #expect(throws: TangorError.self) { try await call.value }
    #expect(error?.code == .canceled)
    await worker.ended.wait()
  }

  @Test func aCancelledCallThatWaitsNeverRuns() async throws {
    let door = Door()
    let worker = Worker()
    try door.registry.expose(worker, as: "worker")
    let first = door.begin(.call, "worker.locked")
    await worker.started.wait()
    let second = door.begin(.call, "worker.count")
    await door.clock.sleepers(atLeast: 1)
    second.cancel()
    let error = await #expect(throws: TangorError.self) { try await second.value }
    #expect(error?.code == .canceled)
    worker.proceed.fire()
    _ = try await first.value
    #expect(worker.runs.withLock { $0 } == 1)
  }

  @Test func actorsRunTheirMembersThemselves() async throws {
    let door = Door()
    let tally = Tally()
    let handle = try await door.registry.expose(tally, as: "tally")
    #expect(door.askNow(.get, "tally.count") == nil)
    #expect(await door.ask(.call, "tally.add", "[2]") == "2")
    #expect(await door.ask(.call, "tally.later", #"{"n":3}"#) == "5")
    #expect(await door.ask(.call, "tally.add", "[\"x\"]").hasPrefix("invalid_parameters"))
    #expect(await door.ask(.set, "tally.count", "9") == "null")
    #expect(await door.ask(.get, "tally.count") == "9")
    #expect(await door.ask(.set, "tally.numbers[1]", "7") == "null")
    #expect(await door.ask(.get, "tally.numbers") == "[1,7]")
    #expect(await door.ask(.call, "tally.list") == #"{"key":"00000000000000000000000000000001"}"#)
    #expect(await door.ask(.set, "tally.shown", "4") == "null")
    #expect(door.published.all == ["shown=1", "shown=4"])
    handle.remove()
    #expect(await door.ask(.get, "tally.count").hasPrefix("object_not_found"))
  }

  @Test func aGateKeepsSwiftCodeAndPagesApart() async throws {
    let door = Door()
    let handle = try door.registry.expose(Vault(), as: "vault")
    let answer = try await handle.use { vault in
      vault.open = 5
      return door.askNow(.get, "vault.open")
    }
    #expect(answer == nil, "the gate is taken, and the event loop does not wait")
    #expect(door.askNow(.get, "vault.open") == "5")
    #expect(handle.useIfFree { $0.open } == 5)
    let waiting = try await handle.use { vault in
      #expect(handle.useIfFree { $0.open } == nil)
      let call = door.begin(.call, "vault.sum", "[1]")
      vault.open = 6
      return call
    }
    #expect(try await waiting.value == "3")
  }
}
