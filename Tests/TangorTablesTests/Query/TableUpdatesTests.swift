import Testing

@testable import TangorTables

@Suite(.timeLimit(.minutes(1))) struct TableUpdatesTests {
  private func table() throws -> Table { try Table(.columns(["id": [1, 2], "v": [10, 20]]), index: "id") }

  @Test func writesAreToldWithTheirPortsAndRows() async throws {
    let table = try table()
    let view = try await table.view(.init(columns: ["v"], filter: [.init("v", ">", 10)]))
    var updates = try await view.updates(rows: true).makeAsyncIterator()
    let port = await table.makePort()
    try await table.update(.columns(["id": [3, 4], "v": [30, 5]]), port: port)
    try await table.remove(keys: [3])
    let first = try #require(await updates.next())
    #expect(first.port == port)
    #expect(try first.rows?["v", as: Int.self] == [30])
    let second = try #require(await updates.next())
    #expect(second.port == 0 && second.rows?.rowCount == 0)
  }

  @Test func aReaderWaitsForTheNextWrite() async throws {
    let table = try table()
    let view = try await table.view()
    let updates = try await view.updates()
    let reader = Task { () -> [Int] in
      var ports: [Int] = []
      for await update in updates {
        ports.append(update.port)
        if ports.count == 3 { break }
      }
      return ports
    }
    // A write while an update of the same port waits is told together with it: each is written when the one before was taken.
    let ports = [await table.makePort(), await table.makePort(), await table.makePort()]
    for port in ports { try await table.update(.columns(["id": [1], "v": [1]]), port: port) }
    #expect(await reader.value == ports)
  }

  @Test func slowReadersFindOneUpdateForEachPort() async throws {
    let table = try table()
    let view = try await table.view()
    var plain = try await view.updates().makeAsyncIterator()
    var detailed = try await view.updates(rows: true, capacity: 3).makeAsyncIterator()
    let port = await table.makePort()
    for row in 0..<1_000 { try await table.update(.columns(["id": [.integer(Int64(row))], "v": [1]]), port: row % 2 * port) }
    for expected in [0, port] {
      #expect(await plain.next()?.port == expected)
      let update = try #require(await detailed.next())
      #expect(update.port == expected && update.rows == nil)
    }
    // Everything was told: what comes now is the next write.
    try await table.update(.columns(["id": [5], "v": [7]]), port: port)
    #expect(await plain.next()?.port == port)
    #expect(try await detailed.next()?.rows?["v", as: Int.self] == [7])
  }

  @Test func aCancelledTaskEndsIt() async throws {
    let table = try table()
    let view = try await table.view()
    let updates = try await view.updates()
    let reader = Task { () -> Int in
      var count = 0
      for await _ in updates { count += 1 }
      return count
    }
    reader.cancel()
    #expect(await reader.value == 0)
    try await table.update(.columns(["id": [1], "v": [1]]))
    var again = updates.makeAsyncIterator()
    #expect(await again.next() == nil)
  }

  @Test func closingTheViewEndsIt() async throws {
    let table = try table()
    let view = try await table.view()
    let updates = try await view.updates()
    let reader = Task { () -> Int in
      var count = 0
      for await _ in updates { count += 1 }
      return count
    }
    await view.close()
    #expect(await reader.value == 0)
    #expect(await table.viewCount == 0)
  }

  @Test func aSequenceKeepsItsViewUntilItGoes() async throws {
    let table = try table()
    var updates: TableUpdates? = try await table.view().updates()
    #expect(updates != nil)
    try await table.update(.columns(["id": [1], "v": [1]]))
    #expect(await table.viewCount == 1)
    updates = nil
    while await table.viewCount > 0 { await Task.yield() }
  }

  // MARK: The queue

  private func update(_ port: Int, rows: Int? = nil) -> TableUpdate {
    TableUpdate(port: port, changed: rows.map { ChangedRows(ResultSlice(rowCount: $0, columns: [])) })
  }

  private func drain(_ queue: inout UpdateQueue) -> [String] {
    var texts: [String] = []
    while let update = queue.next() { texts.append("\(update.port)" + (update.rows.map { ":\($0.rowCount)" } ?? "")) }
    return texts
  }

  @Test func anUpdateThatSaysNoMoreIsNotKept() {
    var queue = UpdateQueue(capacity: 2)
    for port in [1, 0, 1, 2, 0, 0] { queue.add(update(port)) }
    #expect(queue.count == 3)
    #expect(queue.next()?.port == 1)
    queue.add(update(1))
    #expect(drain(&queue) == ["0", "2", "1"])
    #expect(queue.next() == nil)
  }

  @Test func rowsAreGivenUpTogether() {
    var queue = UpdateQueue(capacity: 3)
    for (port, rows) in [(0, 1), (1, 2), (0, 3)] { queue.add(update(port, rows: rows)) }
    #expect(queue.next()?.rows?.rowCount == 1)
    queue.add(update(1, rows: 4))
    #expect(queue.count == 3)
    queue.add(update(2, rows: 5))
    queue.add(update(2, rows: 6))
    #expect(drain(&queue) == ["1", "0", "2"])
    queue.add(update(2, rows: 7))
    #expect(drain(&queue) == ["2:7"])
  }

  @Test func aQueueThatIsReadForLongStaysSmall() {
    var queue = UpdateQueue(capacity: 1_000)
    for row in 0..<500 { queue.add(update(0, rows: row)) }
    for row in 0..<10_000 {
      #expect(queue.next()?.rows?.rowCount == row)
      queue.add(update(0, rows: row + 500))
      #expect(queue.count == 500)
    }
  }

  @Test func whatEndedTakesNothing() {
    var queue = UpdateQueue(capacity: 3)
    queue.add(update(0))
    queue.finish()
    queue.add(update(1))
    #expect(queue.next() == nil && queue.isFinished)
  }
}
