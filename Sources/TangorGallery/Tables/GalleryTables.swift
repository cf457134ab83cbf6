import Tangor
import TangorTables

extension TangorApp {
  /// The tables of the page `tables.html`.
  ///
  /// - Parameter salesRows: The rows of `data_source_one`.
  func addTables(salesRows: Int) throws {
    try tables.host(
      Table(schema: SalesRows.schema), as: "data_source_one", isReadOnly: true, contents: SalesRows(count: salesRows))
    let market = Market(count: 500, seed: 1)
    let ticks = try Table(market.rows(time: MarketService.now), index: "symbol")
    try tables.host(ticks, as: "ticks", isReadOnly: true)
    add(service: MarketService(table: ticks, market: market))
  }
}
