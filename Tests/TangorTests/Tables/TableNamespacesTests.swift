import TangorPerspective
import TangorTables
import TangorTesting
import Testing

@testable import Tangor

@Suite struct TableNamespacesTests {
  private let clock = ManualClock()
  private let namespaces: TableNamespaces

  init() {
    namespaces = TableNamespaces(maximum: 2, lease: .seconds(60), time: TimeSource(clock)) { PerspectiveServer() }
  }

  private func makeTable(in server: PerspectiveServer) throws {
    try server.host(Table(schema: Schema([.init("a", .int64)])), as: "t")
  }

  @Test func eachHasTablesOfItsOwn() throws {
    let first = try namespaces.enter("a")
    try makeTable(in: first)
    #expect(try namespaces.enter("a") === first)
    #expect(try namespaces.enter("b").tables.isEmpty)
    #expect(namespaces.count == 2 && namespaces.connections == 3)
  }

  @Test func oneWithoutTablesEndsWithItsLastConnection() throws {
    let first = try namespaces.enter("a")
    _ = try namespaces.enter("a")
    namespaces.leave("a")
    #expect(namespaces.count == 1)
    namespaces.leave("a")
    #expect(namespaces.count == 0)
    #expect(try namespaces.enter("a") !== first)
  }

  @Test func tablesAreKeptForALease() throws {
    let first = try namespaces.enter("a")
    try makeTable(in: first)
    namespaces.leave("a")
    clock.advance(by: .seconds(59))
    namespaces.sweep()
    #expect(try namespaces.enter("a") === first)
    clock.advance(by: .seconds(600))
    namespaces.sweep()
    #expect(namespaces.count == 1)
    namespaces.leave("a")
    clock.advance(by: .seconds(60))
    namespaces.sweep()
    #expect(namespaces.count == 0)
  }

  @Test func thereAreNoMoreThanMayBe() throws {
    _ = try namespaces.enter("a")
    _ = try namespaces.enter("b")
    let error = #expect(throws: TangorError.self) { try namespaces.check("c") }
    #expect(error?.code == .tooManyRequests)
    _ = try namespaces.enter("b")
  }

  @Test(arguments: ["", "a\nb", String(repeating: "é", count: 65)]) func namesHaveBounds(name: String) {
    let error = #expect(throws: TangorError.self) { try namespaces.enter(name) }
    #expect(error?.code == .notFound)
    #expect(namespaces.count == 0)
  }
}
