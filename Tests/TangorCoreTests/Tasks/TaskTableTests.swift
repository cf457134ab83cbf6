import Testing

@testable import TangorCore

@Suite struct TaskTableTests {
  private func table(_ change: (inout TasksConfiguration) -> Void = { _ in }) -> TaskTable {
    var configuration = TasksConfiguration()
    change(&configuration)
    return TaskTable(configuration)
  }

  private func code(_ body: () throws -> Void) -> ErrorCode? {
    do { try body() } catch { return (error as? TangorError)?.code }
    return nil
  }

  @Test func aTaskGoesThroughItsStates() throws {
    var table = table()
    let id = try table.add("feed", .started)
    #expect(table[id]?.state == .waiting)
    #expect(table.begin(id, at: .seconds(1)) == 1)
    #expect(table[id]?.state == .running && table[id]?.lastRun == .seconds(1))
    table.endRun(id, at: .seconds(3), error: "broken")
    table.sleep(id, until: .seconds(4), state: .backingOff)
    #expect(table[id]?.lastLength == .seconds(2) && table[id]?.nextRun == .seconds(4) && table[id]?.lastError == "broken")
    #expect(table.begin(id, at: .seconds(4)) == 2)
    #expect(table[id]?.nextRun == nil)
    table.endRun(id, at: .seconds(5))
    #expect(table.end(id, at: .seconds(5), state: .finished) == [])
    #expect(table[id]?.state == .finished && table[id]?.failures == 1 && table.failedCount == 1)
    #expect(table.begin(id, at: .seconds(6)) == 1 + 1, "what has ended begins no more")
    #expect(table[id]?.state == .finished && table.liveCount == 0 && table.keptCount == 1)
  }

  @Test func namesOfTasksThatGoOnAreTheirOwn() throws {
    var table = table()
    let first = try table.add("a", .started)
    #expect(code { _ = try table.add("a", .repeated) } == .invalidRequest)
    _ = table.end(first, at: .zero, state: .failed)
    let second = try table.add("a", .repeated)
    #expect(table.find("a")?.id == second)
    let spawned = [try table.add("b", .spawned), try table.add("b", .spawned)]
    #expect(table.find("b")?.id == spawned[1])
    for name in ["", "a\nb", String(repeating: "x", count: 129)] {
      #expect(code { _ = try table.add(name, .spawned) } == .invalidParameters)
    }
  }

  @Test func limitsCountWhatLives() throws {
    var table = table { $0.maximumTasks = 2 }
    let first = try table.add("a", .spawned)
    _ = try table.add("b", .spawned)
    #expect(code { _ = try table.add("c", .spawned) } == .tooManyRequests)
    _ = table.end(first, at: .zero, state: .finished)
    _ = table.end(first, at: .zero, state: .finished)
    #expect(table.liveCount == 1, "a task ends once")
    _ = try table.add("c", .spawned)
    table.close()
    #expect(code { _ = try table.add("d", .spawned) } == .shuttingDown)
  }

  @Test func whatHasEndedIsForgottenByNumberAndByLease() throws {
    var table = table {
      $0.keptResults = 2
      $0.resultLease = .seconds(60)
    }
    let ids = try (0..<4).map { try table.add("t\($0)", .spawned) }
    #expect(table.end(ids[0], at: .seconds(1), state: .finished) == [])
    #expect(table.end(ids[1], at: .seconds(2), state: .finished) == [])
    #expect(table.end(ids[2], at: .seconds(3), state: .finished) == [ids[0]])
    #expect(table.find("t0") == nil && table.find("t1") != nil)
    // A name that was given anew stays with its new holder.
    let again = try table.add("t1", .spawned)
    #expect(table.forget(at: .seconds(62)) == [ids[1]])
    #expect(table.find("t1")?.id == again)
    #expect(table.forget(at: .milliseconds(62_999)) == [])
    #expect(table.forget(at: .seconds(63)) == [ids[2]])
    #expect(table.all.map(\.name) == ["t3", "t1"])
  }
}
