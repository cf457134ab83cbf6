import TangorTables

/// The rows of the table `data_source_one`: orders of four years, more of them from year to year. Every row follows from its number alone.
struct SalesRows: Sequence, Sendable {
  /// How many.
  let count: Int

  static let schema = Schema([
    .init("Order", .int32), .init("Date", .date), .init("Month", .date), .init("Year", .int32), .init("Region", .string),
    .init("Country", .string), .init("Channel", .string), .init("Category", .string), .init("Product", .string),
    .init("Quantity", .int32), .init("Sales", .float64), .init("Profit", .float64), .init("Returned", .boolean),
  ])
  /// 2021-01-01.
  static let firstDay = 18_628
  static let days = 1_461
  private static let batchSize = 65_536

  struct Iterator: IteratorProtocol {
    fileprivate let rows: SalesRows
    private var position = 0

    fileprivate init(_ rows: SalesRows) { self.rows = rows }

    mutating func next() -> Batch? {
      guard position < rows.count else { return nil }
      let range = position..<Swift.min(position + SalesRows.batchSize, rows.count)
      position = range.upperBound
      return rows.batch(range)
    }
  }

  func makeIterator() -> Iterator { Iterator(self) }

  /// One order. Money is in cents, so that nothing is rounded.
  struct Order {
    let day: Int
    let country: Int32
    let channel: Int32
    let product: Int32
    let quantity: Int
    let sales: Int
    let profit: Int
    let isReturned: Bool
  }

  /// The order of a number from 0 on.
  ///
  /// - Parameter month: Gives the month, from 0 on, of a day counted from the first one.
  func order(_ number: Int, month: (Int) -> Int) -> Order {
    let draw = Self.draw(UInt64(number))
    func bits(_ shift: Int, _ count: Int) -> Int { Int(truncatingIfNeeded: (draw >> UInt64(shift)) & (1 << UInt64(count) - 1)) }
    // The last day has twice the orders of the first.
    let share = (1 + 3 * Double(number) / Double(count)).squareRoot() - 1
    let day = Swift.min(Int(Double(Self.days) * share), Self.days - 1)
    let country = SalesCatalogue.countryChoices[bits(0, 4)]
    let product = bits(7, 4)
    let (place, ware) = (SalesCatalogue.countries[Int(country)], SalesCatalogue.products[product])
    let quantity = 1 + bits(11, 8) % 6 + SalesCatalogue.seasons[month(day)]
    let price = ware.price + ware.price * (bits(19, 10) % 21 - 10) / 100
    let sales = price * quantity * (100 - SalesCatalogue.discounts[bits(29, 3)]) / 100
    let profit = sales - ware.price * quantity * ware.cost / 100 - sales * place.freight / 100
    return Order(
      day: day, country: country, channel: SalesCatalogue.channelChoices[bits(4, 3)], product: Int32(product), quantity: quantity,
      sales: sales, profit: profit, isReturned: bits(32, 10) % 25 == 0)
  }

  private func batch(_ range: Range<Int>) -> Batch {
    let calendar = (0..<Self.days).map { CivilDate(dayNumber: Self.firstDay + $0) }
    let months = calendar.map { $0.month - 1 }
    let firsts = calendar.map { Int32(CivilDate(year: $0.year, month: $0.month, day: 1).dayNumber) }
    let orders = range.map { order($0) { months[$0] } }
    func numbers<Number: BitwiseCopyable & Sendable>(_ number: (Order) -> Number) -> Vector<Number> { Vector(orders.map(number)) }
    func texts(_ names: [String], _ code: (Order) -> Int32) -> BatchValues { .dictionary(numbers(code), values: TextVector(names)) }
    let values: [BatchValues] = [
      .int32(Vector(range.map { Int32($0 + 1) })),
      .date(numbers { Int32(Self.firstDay + $0.day) }),
      .date(numbers { firsts[$0.day] }),
      .int32(numbers { Int32(calendar[$0.day].year) }),
      texts(SalesCatalogue.regions) { SalesCatalogue.countries[Int($0.country)].region },
      texts(SalesCatalogue.countries.map(\.name)) { $0.country },
      texts(SalesCatalogue.channels) { $0.channel },
      texts(SalesCatalogue.categories) { SalesCatalogue.products[Int($0.product)].category },
      texts(SalesCatalogue.products.map(\.name)) { $0.product },
      .int32(numbers { Int32($0.quantity) }),
      .float64(numbers { Double($0.sales) / 100 }),
      .float64(numbers { Double($0.profit) / 100 }),
      .boolean(numbers { $0.isReturned ? 1 : 0 }),
    ]
    return Batch(rowCount: range.count, columns: zip(Self.schema.columns, values).map { BatchColumn($0.name, $1) })
  }

  /// 64 bits that follow from a number and look like chance (splitmix64).
  private static func draw(_ number: UInt64) -> UInt64 {
    var bits = (number &+ 1) &* 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
