import Synchronization
import Testing

@testable import TangorTables

/// What a subscriber was told, as text.
private final class Notices: Sendable {
  private let texts = Mutex<[String]>([])

  func note(_ notice: Table.Notice) {
    texts.withLock { texts in
      switch notice {
      case .update(let port, let rows): texts.append("update \(port)" + (rows.map { " \($0.slice.rowCount)" } ?? ""))
      case .removal(let keys): texts.append("removal " + keys.cells.map(\.pathText).joined(separator: ","))
      }
    }
  }

  var all: [String] { texts.withLock { $0 } }
}

@Suite struct TableTests {
  private let schema = Schema([.init("k", .int32), .init("v", .int32)])

  private func batch(_ rows: [(Int64, Int64)]) -> Batch {
    Batch(rows.map { ["k": .integer($0.0), "v": .integer($0.1)] }, schema: schema)
  }

  @Test func subscribersAreToldInOrder() async throws {
    let table = try Table(schema: schema, index: "k")
    let view = try await table.makeView(ViewConfiguration(columns: ["v"], groupBy: ["k"]))
    let notices = Notices()
    _ = try await table.subscribe(to: view, .removals, notices.note)
    let withRows = try await table.subscribe(to: view, .updatesWithRows, notices.note)
    _ = try await table.subscribe(to: view, .updates, notices.note)
    let port = await table.makePort()
    try await table.update(batch([(1, 1), (2, 2)]), port: port)
    try await table.update(batch([]))
    try await table.remove(BatchColumn("", [.integer(1), .integer(9)], kind: .int32))
    try await table.replace(batch([(3, 3)]))
    await table.unsubscribe(withRows)
    await table.clear()
    #expect(
      notices.all == [
        "update 1 3", "update 1", "removal 1", "update 0 1", "update 0", "removal 2", "update 0 2", "update 0", "removal 3", "update 0",
      ])
    #expect(await table.count == 0)
  }

  @Test func viewsAreForgotten() async throws {
    let table = try Table(schema: schema)
    let view = try await table.makeView(ViewConfiguration())
    let notices = Notices()
    _ = try await table.subscribe(to: view, .updates, notices.note)
    try await table.update(batch([(1, 1)]))
    #expect(try await table.withView(view) { $0.rowCount } == 1)
    await table.deleteView(view)
    try await table.update(batch([(1, 1)]))
    #expect(notices.all == ["update 0"])
    #expect(await table.viewCount == 0)
    await #expect(throws: TableError("View not found")) { try await table.withView(view) { $0.rowCount } }
    await #expect(throws: TableError.self) { try await table.subscribe(to: view, .updates, notices.note) }
    await #expect(throws: TableError.self) { try await table.makeView(ViewConfiguration(columns: ["zz"])) }
  }

  @Test func equalViewsShareTheirGroupsAndOpenThemApart() throws {
    let table = try TableCore(schema: schema)
    try table.write([["k": .integer(1), "v": .integer(1)], ["k": .integer(2), "v": .integer(1)]])
    let observers = { table.observers.filter { $0.observer != nil }.count }
    var views: [any TableView] = []
    for _ in 0..<3 { views.append(try table.makeView(ViewConfiguration(groupBy: ["k"]))) }
    #expect(observers() == 1)
    #expect(views[0].collapse(0) == 2 && views[0].rowCount == 1 && views[1].rowCount == 3)
    views.append(try table.makeView(ViewConfiguration()))
    views.append(try table.makeView(ViewConfiguration(columns: ["k", "v"])))
    #expect(observers() == 2)
    views.append(try table.makeView(ViewConfiguration(groupBy: ["k"], aggregates: ["v": ["high"]])))
    #expect(observers() == 3)
    try table.write([["k": .integer(3), "v": .integer(5)]])
    #expect(views.map(\.rowCount) == [1, 4, 4, 3, 3, 4])
    views = []
    #expect(observers() == 0)
    for number in 0..<200 { _ = try table.makeView(ViewConfiguration(filter: [.init("k", "==", [.number(Double(number))])])) }
    #expect(table.sharedViews.count <= 17 && table.observers.count <= 2)
  }

  @Test func wrongTablesSayWhy() {
    #expect(throws: TableError("Specified index `zz` does not exist in dataset.")) { try Table(schema: schema, index: "zz") }
    #expect(throws: TableError.self) { try Table(schema: schema, index: "k", limit: 3) }
    #expect(throws: TableError.self) { try Table(schema: schema, limit: -1) }
    #expect(throws: TableError.self) { try Table(schema: Schema([.init("k", .int32), .init("k", .string)])) }
  }
}
