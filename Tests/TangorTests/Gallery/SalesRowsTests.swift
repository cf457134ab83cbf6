import TangorTables
import Testing

@testable import Tangor
@testable import TangorGallery
@testable import TangorPerspective

@Suite("Sales") struct SalesRowsTests {
  private let sales = SalesRows(count: 70_000)

  @Test func everyRowFollowsFromItsNumber() {
    let order = sales.order(0) { _ in 0 }
    #expect(SalesCatalogue.countries[Int(order.country)].name == "United States")
    #expect(SalesCatalogue.products[Int(order.product)].name == "Camera")
    #expect(order.day == 0 && order.quantity == 6 && order.sales == 373_824 && order.profit == 39_408)
    #expect(sales.order(69_999) { _ in 0 }.day == SalesRows.days - 1)
  }

  @Test func theWholeIsWhatTheBrowserTestsReckonWith() async throws {
    let table = try Table(schema: SalesRows.schema)
    for batch in SalesRows(count: 10_000) { try await table.update(batch) }
    let view = try await table.view(.init(columns: ["Sales", "Profit", "Quantity"], groupBy: ["Year"], groupByDepth: 0))
    let total = try #require(try await view.result().rows(as: Total.self).first)
    #expect((total.sales * 100).rounded() == 947_902_733 && (total.profit * 100).rounded() == 61_294_741)
    #expect(total.quantity == 42_255)
    await view.close()
  }

  private struct Total: Decodable {
    let sales: Double
    let profit: Double
    let quantity: Int

    enum CodingKeys: String, CodingKey {
      case sales = "Sales"
      case profit = "Profit"
      case quantity = "Quantity"
    }
  }

  @Test func batchesAreMadeOnceHoweverManyAsk() async throws {
    let tables = TableRegistry(configuration: .init())
    let table = try Table(schema: SalesRows.schema)
    try tables.host(table, as: "sales", isReadOnly: true, contents: sales)
    #expect(await table.count == 0)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { try? await tables.server.prepare("sales") } }
    }
    #expect(await table.count == 70_000)
    try await tables.server.prepare("sales")
    #expect(await table.count == 70_000)
  }

  @Test func noRowsAreFine() { #expect(Array(SalesRows(count: 0)).isEmpty) }
}
