/// What the sales of `SalesRows` are made of. Choices are as likely as they stand often in their lists, whose lengths are powers of two.
enum SalesCatalogue {
  struct Country {
    let name: String
    let region: Int32
    /// Percent of a sale that its way there costs.
    let freight: Int
  }

  struct Product {
    let name: String
    let category: Int32
    /// In cents.
    let price: Int
    /// Percent of the price.
    let cost: Int
  }

  static let regions = ["Americas", "Asia-Pacific", "Europe"]
  static let countries = [
    Country(name: "Australia", region: 1, freight: 14), Country(name: "Brazil", region: 0, freight: 12),
    Country(name: "Canada", region: 0, freight: 5), Country(name: "France", region: 2, freight: 2),
    Country(name: "Germany", region: 2, freight: 1), Country(name: "India", region: 1, freight: 9),
    Country(name: "Japan", region: 1, freight: 8), Country(name: "Mexico", region: 0, freight: 7),
    Country(name: "Spain", region: 2, freight: 3), Country(name: "Sweden", region: 2, freight: 4),
    Country(name: "United Kingdom", region: 2, freight: 6), Country(name: "United States", region: 0, freight: 3),
  ]
  static let countryChoices: [Int32] = [0, 1, 2, 3, 4, 4, 5, 6, 6, 7, 8, 9, 10, 11, 11, 11]
  static let channels = ["Online", "Partner", "Retail"]
  static let channelChoices: [Int32] = [0, 0, 0, 0, 1, 2, 2, 2]
  static let categories = ["Furniture", "Office", "Technology"]
  static let products = [
    Product(name: "Armchair", category: 0, price: 27_900, cost: 72), Product(name: "Bookcase", category: 0, price: 18_900, cost: 78),
    Product(name: "Desk", category: 0, price: 34_900, cost: 81), Product(name: "Lamp", category: 0, price: 5_900, cost: 58),
    Product(name: "Table", category: 0, price: 45_900, cost: 92), Product(name: "Binder", category: 1, price: 490, cost: 45),
    Product(name: "Calendar", category: 1, price: 1_290, cost: 50), Product(name: "Envelopes", category: 1, price: 790, cost: 52),
    Product(name: "Paper", category: 1, price: 650, cost: 61), Product(name: "Pencils", category: 1, price: 380, cost: 40),
    Product(name: "Stapler", category: 1, price: 1_590, cost: 55), Product(name: "Camera", category: 2, price: 64_900, cost: 83),
    Product(name: "Headset", category: 2, price: 9_900, cost: 64), Product(name: "Laptop", category: 2, price: 119_000, cost: 88),
    Product(name: "Monitor", category: 2, price: 28_900, cost: 79), Product(name: "Printer", category: 2, price: 16_900, cost: 94),
  ]
  /// In percent.
  static let discounts = [0, 0, 0, 0, 0, 5, 10, 25]
  /// What is added to the quantity, by month: people buy for the holidays.
  static let seasons = [0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 2, 3]
}
