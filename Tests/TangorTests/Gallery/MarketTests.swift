import TangorTables
import Testing

@testable import TangorGallery

@Suite struct MarketTests {
  private let time = Timestamp(milliseconds: 1_000)

  @Test func symbolsAreDifferentFromEachOther() {
    let market = Market(count: 9_000, seed: 1)
    #expect(market.instruments.count == 8_000)
    #expect(Set(market.instruments.map(\.symbol)).count == 8_000)
  }

  @Test func theSameSeedMakesTheSameMarket() {
    func prices(_ seed: UInt64) -> [Double] {
      var market = Market(count: 50, seed: seed)
      for _ in 0..<20 { _ = market.trade(30, time: time) }
      return market.instruments.map(\.price)
    }
    #expect(prices(1) == prices(1))
    #expect(prices(1) != prices(2))
  }

  @Test func pricesStayNearWhereTheyBegan() {
    var market = Market(count: 20, seed: 3)
    for _ in 0..<2_000 { _ = market.trade(100, time: time) }
    #expect(market.instruments.allSatisfy { $0.price > $0.open * 0.5 && $0.price < $0.open * 2 })
    #expect(market.instruments.contains { $0.price != $0.open })
  }

  @Test func whatIsTradedFitsTheTable() async throws {
    var market = Market(count: 500, seed: 1)
    let table = try Table(market.rows(time: time), index: "symbol")
    for _ in 0..<5 { try await table.update(market.trade(100, time: Timestamp(milliseconds: 2_000))) }
    #expect(await table.count == 500)
    #expect(table.schema["time"] == .datetime && table.schema["volume"] == .int64)
    let traded = try await table.view(.init(columns: ["symbol"], filter: [.init("volume", ">", [0])]))
    #expect(try await traded.count == market.instruments.filter { $0.volume > 0 }.count)
    await traded.close()
  }
}
