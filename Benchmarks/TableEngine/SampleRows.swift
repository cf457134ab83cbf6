import TangorTables

/// The rows that every engine is given: the same at every run.
enum SampleRows {
  /// The states of a linear congruential generator.
  private struct Numbers {
    var state: UInt64 = 42
    mutating func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    /// In all of a double's digits, from 0 to 1.
    mutating func fraction() -> Double {
      let high = next(1 << 31)
      return Double(high << 22 | next(1 << 22)) / 0x1p53
    }
  }

  /// Seven columns: a number that counts, texts of 50 and of 5,000 kinds, amounts in cents, numbers of all digits, small numbers, days.
  static func arrow(count: Int) throws -> [UInt8] {
    var numbers = Numbers()
    let states = (0..<50).map { "State \($0)" }
    let cities = (0..<5_000).map { "\(["North", "South", "New", "Old", "Port"][$0 % 5]) City \($0)" }
    var stateCodes: [Int32] = []
    var cityCodes: [Int32] = []
    var sales: [Double] = []
    var scores: [Double] = []
    var quantities: [Int32] = []
    var days: [Int32] = []
    for _ in 0..<count {
      stateCodes.append(Int32(numbers.next(50)))
      cityCodes.append(Int32(numbers.next(5_000)))
      sales.append(Double(numbers.next(100_000)) / 100)
      scores.append(numbers.fraction() * 1_000)
      quantities.append(Int32(numbers.next(100)))
      days.append(19_000 + Int32(numbers.next(730)))
    }
    return try ArrowWriter.stream(
      Batch(
        rowCount: count,
        columns: [
          BatchColumn("id", .int64(Vector((0..<count).map { Int64($0) }))),
          BatchColumn("state", .dictionary(Vector(stateCodes), values: TextVector(states))),
          BatchColumn("city", .dictionary(Vector(cityCodes), values: TextVector(cities))),
          BatchColumn("sales", .float64(Vector(sales))), BatchColumn("score", .float64(Vector(scores))),
          BatchColumn("quantity", .int32(Vector(quantities))), BatchColumn("day", .date(Vector(days))),
        ]))
  }
}
