import TangorJSON
import TangorTesting
import Testing

@Suite struct NumberTests {
  @Test(arguments: [
    ("0", 0), ("-0", 0), ("1.0", 1), ("1e2", 100), ("1200e-2", 12), ("-5.00", -5), ("0e99999", 0), ("0.0000", 0),
    ("1e18", 1_000_000_000_000_000_000),
    ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("9223372036854775807.000000000000", Int.max),
    ("0.9223372036854775807e19", Int.max), ("92233720368547758070e-1", Int.max), ("123456789012345678", 123_456_789_012_345_678),
  ]) func readsExactIntegers(_ text: String, _ expected: Int) throws {
    #expect(try Int(json: text) == expected)
  }

  @Test(arguments: [
    ("1.5", JSONError.Kind.typeMismatch), ("1e-1", .typeMismatch), ("9223372036854775808", .outOfRange),
    ("-9223372036854775809", .outOfRange),
    ("1e19", .outOfRange), ("1e999999999999999999999", .outOfRange), ("01", .invalidNumber), ("-", .unexpectedEnd), ("-x", .invalidNumber),
    ("123456789012345678901234567890", .outOfRange), ("0.1e-99999999", .typeMismatch), ("1.", .unexpectedEnd), ("1.x", .invalidNumber),
  ]) func refusesOtherIntegers(_ text: String, _ kind: JSONError.Kind) {
    #expect(#expect(throws: JSONError.self) { try Int(json: text) }?.kind == kind)
  }

  @Test func fitsEachType() throws {
    #expect(try UInt64(json: "18446744073709551615") == UInt64.max)
    #expect(throws: JSONError.self) { try UInt64(json: "18446744073709551616") }
    #expect(throws: JSONError.self) { try UInt(json: "-1") }
    #expect(try Int8(json: "-128") == -128)
    #expect(throws: JSONError.self) { try Int8(json: "128") }
    #expect(throws: JSONError.self) { try UInt8(json: "256") }
    #expect(throws: JSONError.self) { try Float(json: "1e39") }
  }

  static let doubles = [
    "0.1", "0.2", "0.3", "1e22", "1e23", "8.5e22", "9007199254740993", "9007199254740992.5", "2.2250738585072011e-308",
    "2.2250738585072014e-308", "4.9406564584124654e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "1.7976931348623157e308",
    "1.7976931348623158e308", "0.000001", "123456.789e-3", "6.02214076e23", "1e-22", "1e-23", "5e-324", "3e-324", "1e-999999999999",
    "1.00000000000000011102230246251565404", "1.00000000000000011102230246251565405", "123456789012345678", "100000000000000000000000",
    "72057594037927945", "0.500000000000000166533453693773481063544750213623046875", "-0.0", "-0", "-1e-400", "9.5367431640625e-7",
  ]

  @Test(arguments: doubles) func roundsToTheNearestDouble(_ text: String) throws {
    let expected = try #require(Double(text))
    #expect(try Double(json: text).bitPattern == expected.bitPattern)
    // The same number with a long tail of zeros, and as a huge integer part with a negative exponent.
    let parts = text.split(separator: "e", omittingEmptySubsequences: false)
    let point = parts[0].contains(".") ? "" : "."
    let long = "\(parts[0])\(point)\(String(repeating: "0", count: 2000))\(parts.count > 1 ? "e\(parts[1])" : "")"
    #expect(try Double(json: long).bitPattern == expected.bitPattern)
  }

  @Test func decidesHalfwayByDigitsFarAway() throws {
    // 1 + 2^-53 lies halfway between 1 and the next double; a digit after any number of zeros lifts it.
    let halfway = "1.00000000000000011102230246251565404236316680908203125"
    #expect(try Double(json: halfway) == 1)
    #expect(try Double(json: halfway + String(repeating: "0", count: 5000) + "1") == 1.0.nextUp)
    #expect(try Double(json: "0." + String(repeating: "0", count: 3000) + "25e3000") == 0.25)
    #expect(try Double(json: "25" + String(repeating: "0", count: 3000) + "e-3002") == 0.25)
    #expect(try Double(json: String(repeating: "9", count: 309) + "e-309") == 1)
    #expect(throws: JSONError.self) { try Double(json: String(repeating: "9", count: 400)) }
  }

  @Test func keepsTheKindOfNumbersInTrees() throws {
    #expect(try JSONValue(parsing: "1") == .integer(1))
    #expect(try JSONValue(parsing: "1.0") == .double(1))
    #expect(try JSONValue(parsing: "1e2") == .double(100))
    #expect(try JSONValue(parsing: "-9223372036854775808") == .integer(.min))
    #expect(try JSONValue(parsing: "9223372036854775808") == .bigNumber("9223372036854775808"))
    #expect(try JSONValue(parsing: "-99999999999999999999") == .bigNumber("-99999999999999999999"))
    guard case .double(let zero) = try JSONValue(parsing: "-0") else { throw JSONError(.typeMismatch, at: 0, "-0 is a double") }
    #expect(zero == 0 && zero.sign == .minus)
  }

  @Test func writesDoublesLikeTheirDescription() {
    var random = SeededGenerator(seed: 7)
    var values: [Double] = [
      0, -0.0, 1, -1, 2, 0.1, 0.5, 1.25, 0.0001, 0.00011, 0.00001, 123.4567, 123.45678, 1e15, 1e16, 1e17, 999_999_999_999.9999, 1e14 + 0.5,
      9_007_199_254_740_992, .leastNonzeroMagnitude, 1e-5, 1e22, 1e23, .greatestFiniteMagnitude, .leastNormalMagnitude, .pi, -.pi,
      99_999_999_999.9999, 1e11 - 0.0001, 4.35, 0.57, 1.005, 2.675, 1.0 / 3,
    ]
    for _ in 0..<5_000 {
      values.append(Double(bitPattern: random.next()))
      values.append(Double(Int64(truncatingIfNeeded: random.next()) >> 20) / 10_000)
      values.append(Double.random(in: -1000...1000, using: &random))
      values.append(Double(Int64(truncatingIfNeeded: random.next()) >> 34) / 1_000)
    }
    for value in values where value.isFinite {
      let text = String(decoding: value.jsonBytes(), as: UTF8.self)
      let isPlain = !value.description.contains("e")
      // Whole numbers from 2^54 on have an exponent in their description; ours stay below that.
      if isPlain || value.magnitude < 1 { #expect(text == value.description) }
      #expect(Double(text)?.bitPattern == value.bitPattern)
      #expect((try? Double(json: text))?.bitPattern == value.bitPattern)
    }
    for value in [Double.nan, .infinity, -.infinity] { #expect(value.jsonBytes() == Array("null".utf8)) }
  }

  @Test func roundTripsFloats() throws {
    var random = SeededGenerator(seed: 8)
    for _ in 0..<5_000 {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
      guard value.isFinite else { continue }
      #expect(try Float(json: value.jsonBytes()).bitPattern == value.bitPattern)
    }
    // Between two floats, so near to the middle that rounding to Double first would fall on it.
    let text = "1.00000017881393432617187499"
    #expect(try Float(json: text) == Float(text))
    #expect(try Float(json: "1e-46") == 0)
  }

  @Test func writesIntegers() {
    for text in ["0", "9", "10", "99", "100", "12345", "-1", "-10", "9223372036854775807", "-9223372036854775808"] {
      #expect(String(decoding: (Int(text) ?? -7).jsonBytes(), as: UTF8.self) == text)
    }
    #expect(UInt64.max.jsonBytes() == Array("18446744073709551615".utf8))
    #expect(Int8.min.jsonBytes() == Array("-128".utf8))
    var power: UInt64 = 1
    for _ in 0..<19 {
      power *= 10
      for value in [power - 1, power, power + 1] { #expect(String(decoding: value.jsonBytes(), as: UTF8.self) == String(value)) }
    }
  }
}
