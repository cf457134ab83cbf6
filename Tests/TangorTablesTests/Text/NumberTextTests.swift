import TangorTesting
import Testing

@testable import TangorTables

@Suite struct NumberTextTests {
  static func double(_ text: String) -> Double? { Array(text.utf8).withUnsafeBufferPointer { NumberText.double($0) } }
  static func integer(_ text: String) -> Int64? { Array(text.utf8).withUnsafeBufferPointer { NumberText.integer($0) } }

  @Test(arguments: [
    "0", "-0", "1", "+1", "1.", ".5", "-.5e1", "1e5", "1E+5", "1e-5", "007.50", "9007199254740993", "9007199254740992.5", "1e22", "1e23",
    "8.5e22", "123456789012345678", "1234567890123456789", "12345678901234567890", "0.1234567890123456789012345", "4.9e-324", "2e-324",
    "2.2250738585072014e-308", "2.2250738585072011e-308", "1.7976931348623157e308", "1e309", "-1e400", "1e-400", "1e99999999999999999999",
    "1e-99999999999999999999", "0e99999999999999999999", "179769313486231570000e289", "5e-1", "6755399441055744.5", "6755399441055745.5",
  ]) func doubles(text: String) throws {
    #expect(Self.double(text)?.bitPattern == Double(text == "1." ? "1" : text == ".5" ? "0.5" : text)?.bitPattern)
  }

  @Test(arguments: ["", "+", "-", ".", "e5", "1e", "1e+", "1.5x", "0x10", "--1", "1..5", "1e5.5", "in", "infinit", "1 "])
  func noDoubles(text: String) {
    #expect(Self.double(text) == nil)
  }

  @Test func words() {
    #expect(Self.double("-Infinity") == -.infinity && Self.double("inf") == .infinity)
    #expect(Self.double("NaN")?.isNaN == true)
  }

  @Test func randomNumbersAreRoundedToTheNearest() {
    var random = SeededGenerator(seed: 21)
    for _ in 0..<30_000 {
      let exact = Double(bitPattern: random.next())
      if exact.isFinite { #expect(Self.double("\(exact)")?.bitPattern == exact.bitPattern) }
      let digits = random.next() >> UInt64.random(in: 0..<64, using: &random)
      let text = "\(digits)e\(Int.random(in: -345...310, using: &random))"
      #expect(Self.double(text)?.bitPattern == Double(text)?.bitPattern, "\(text)")
      // Exactly between two doubles, and one unit of the last digit beside.
      let halfway = UInt64.random(in: 1 << 53..<1 << 54, using: &random) | 1
      for value in [halfway, halfway * 2 - 1, halfway * 2 + 1] {
        #expect(Self.double("\(value)e0")?.bitPattern == Double(value).bitPattern)
      }
    }
  }

  @Test func integers() {
    for text in ["0", "-1", "007", "9223372036854775807", "-9223372036854775808", "000000000000000000000000001"] {
      #expect(Self.integer(text) == Int64(text))
    }
    for text in ["", "-", "+1", "1.0", "9223372036854775808", "-9223372036854775809", "1e3", " 1", "0x10"] {
      #expect(Self.integer(text) == nil)
    }
  }

  @Test func sixDecimals() {
    #expect(NumberText.sixDecimals(2.7) == Array("2.700000".utf8))
    #expect(NumberText.sixDecimals(-Double.greatestFiniteMagnitude).count == 309 + 1 + 7)
  }
}
