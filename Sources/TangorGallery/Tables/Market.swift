import TangorTables

/// An invented market whose prices go up and down: what the table `ticks` shows. A pure value; the same seed makes the same market.
struct Market: Sendable {
  /// What is traded.
  struct Instrument: Sendable {
    let symbol: String
    let sector: String
    /// The price at the beginning.
    let open: Double
    var price: Double
    var volume: Int64
  }

  static let sectors = ["Energy", "Finance", "Health", "Industry", "Materials", "Media", "Retail", "Transport"]
  private(set) var instruments: [Instrument]
  private var random: UInt64

  /// - Parameters:
  ///   - count: Instruments; at most 8,000, which is as many symbols as there are.
  ///   - seed: Makes the prices.
  init(count: Int, seed: UInt64) {
    random = seed
    instruments = []
    let (consonants, vowels) = (Array("BDFGKLMNPRSTVZ"), Array("AEIOU"))
    for number in 0..<min(count, 8_000) {
      let (sector, open) = (Self.sectors[number % Self.sectors.count], Self.round(10 + 190 * share()))
      // Neighbours differ from the first letter on; no two are the same, since 3571 has no factor in common with 14 · 5 · 14 · 14.
      var rest = number * 3_571 % (14 * 5 * 14 * 14)
      func letter(_ letters: [Character]) -> Character {
        defer { rest /= letters.count }
        return letters[rest % letters.count]
      }
      let symbol = String([letter(consonants), letter(vowels), letter(consonants), letter(consonants)])
      instruments.append(Instrument(symbol: symbol, sector: sector, open: open, price: open, volume: 0))
    }
  }

  /// All rows as they stand.
  ///
  /// - Parameter time: Now.
  func rows(time: Timestamp) -> TableInput { input(Array(instruments.indices), time) }

  /// Trades some instruments.
  ///
  /// - Parameters:
  ///   - count: How many, perhaps some of them twice.
  ///   - time: Now.
  /// - Returns: Their rows.
  mutating func trade(_ count: Int, time: Timestamp) -> TableInput {
    let traded = (0..<count).map { _ in min(Int(share() * Double(instruments.count)), instruments.count - 1) }
    for number in traded {
      let step = (share() - 0.5) * 0.006
      // The further a price is from where it began, the more it is drawn back.
      let pull = (instruments[number].open / instruments[number].price - 1) * 0.01
      instruments[number].price = max(Self.round(instruments[number].price * (1 + step + pull)), 0.01)
      instruments[number].volume += 100 * Int64(1 + share() * 20)
    }
    return input(traded, time)
  }

  private func input(_ numbers: [Int], _ time: Timestamp) -> TableInput {
    let traded = numbers.map { instruments[$0] }
    func column<Value: CellConvertible>(_ value: (Instrument) -> Value) -> TableColumn { TableColumn(traded.map(value)) }
    return .columns([
      "symbol": column { $0.symbol },
      "sector": column { $0.sector },
      "price": column { $0.price },
      "change": column { Self.round(($0.price / $0.open - 1) * 100) },
      "bid": column { Self.round($0.price * 0.9995) },
      "ask": column { Self.round($0.price * 1.0005) },
      "volume": column { $0.volume },
      "time": column { _ in time },
    ])
  }

  private static func round(_ value: Double) -> Double { (value * 100).rounded() / 100 }

  /// From 0 to below 1.
  private mutating func share() -> Double {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(random >> 11) / Double(1 << 53)
  }
}
