import TangorTables
import Testing

@testable import Tangor

@Suite struct TableRegistryTests {
  private let schema = Schema([.init("id", .int64), .init("price", .float64)])

  @Test func tablesAreKnownByName() throws {
    let tables = TableRegistry(configuration: .init())
    let trades = try tables.host(Table(schema: schema, index: "id"), as: "trades")
    try tables.host(Table(schema: schema), as: "log", isReadOnly: true)
    #expect(tables.names == ["log", "trades"])
    #expect(tables["trades"] === trades)
    #expect(tables["nothing"] == nil)
  }

  @Test(arguments: ["", "trades"]) func aNameIsNeededAndTakenOnce(name: String) throws {
    let tables = TableRegistry(configuration: .init())
    try tables.host(Table(schema: schema), as: "trades")
    let error = #expect(throws: TangorError.self) { try tables.host(Table(schema: schema), as: name) }
    #expect(error?.code == .invalidRequest)
    #expect(tables.names == ["trades"])
  }

  @Test func aWithdrawnTableIsGone() throws {
    let tables = TableRegistry(configuration: .init())
    try tables.host(Table(schema: schema), as: "trades")
    tables.withdraw("trades")
    tables.withdraw("trades")
    #expect(tables.names.isEmpty)
    try tables.host(Table(schema: schema), as: "trades")
  }
}
