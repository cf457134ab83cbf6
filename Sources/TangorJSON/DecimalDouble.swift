/// The double nearest to a decimal number of up to 19 digits, by one or two multiplications.
///
/// The method is that of Eisel and Lemire ("Number Parsing at a Gigabyte per Second", 2021): the digits are multiplied with the first 128 bits
/// of the power of ten, which tells the nearest double nearly always, and tells when it does not.
package enum DecimalDouble {
  private static let exponents = -342...308

  /// `significand × 10^exponent`, rounded to the nearest, ties to even.
  ///
  /// - Parameters:
  ///   - significand: all digits of the number
  /// - Returns: nil where this method does not tell: at the edges of what a double can hold, and in very rare cases between
  package static func value(_ significand: UInt64, exponent: Int) -> Double? {
    if significand == 0 { return 0 }
    guard exponents.contains(exponent) else { return nil }
    let power = PowersOfFive.shared.words[exponent - exponents.lowerBound]
    let shift = significand.leadingZeroBitCount
    let normal = significand << UInt64(shift)
    var (upper, lower) = normal.multipliedFullWidth(by: power.high)
    // Where the bits below the result's precision are all ones, the rest of the power may still carry into it.
    if upper & 0x1FF == 0x1FF {
      let (carry, overflow) = lower.addingReportingOverflow(normal.multipliedFullWidth(by: power.low).high)
      lower = carry
      if overflow { upper &+= 1 }
      if lower == .max, !(-27...55 ~= exponent) { return nil }
    }
    let isHigh = Int(upper >> 63)
    var mantissa = upper >> UInt64(isHigh + 9)
    // 217,706 / 65,536 is the binary logarithm of ten, near enough for all exponents in question.
    var binary = (217_706 * exponent) >> 16 + 63 + isHigh - shift + 1023
    guard binary > 0 else { return nil }
    // Exactly between two doubles, which only these exponents allow: down to the even one.
    if lower <= 1, -4...23 ~= exponent, mantissa & 3 == 1, mantissa << UInt64(isHigh + 9) == upper { mantissa &= ~1 }
    mantissa = (mantissa + mantissa & 1) >> 1
    if mantissa >= 1 << 53 {
      mantissa = 1 << 52
      binary += 1
    }
    guard binary < 0x7FF else { return nil }
    return Double(bitPattern: mantissa & (1 << 52 - 1) | UInt64(binary) << 52)
  }

  /// The first 128 bits of 5^n for each exponent: cut off for those from 0 on, rounded up for those below.
  private struct PowersOfFive {
    static let shared = PowersOfFive()
    let words: [(high: UInt64, low: UInt64)]

    private init() {
      // Long multiplication and division in digits of 32 bits, the lowest first. It is done once, in about a millisecond.
      var powers: [(high: UInt64, low: UInt64)] = []
      var reciprocals: [(high: UInt64, low: UInt64)] = []
      var power: [UInt32] = [1]
      for exponent in 0...max(exponents.upperBound, -exponents.lowerBound) {
        if exponent <= exponents.upperBound { powers.append(Self.top(of: power)) }
        if exponent > 0 { reciprocals.append(Self.reciprocal(of: power)) }
        Self.multiply(&power, by: 5)
      }
      words = reciprocals.reversed() + powers
    }

    private static func multiply(_ digits: inout [UInt32], by factor: UInt64) {
      var carry: UInt64 = 0
      for index in digits.indices {
        let product = UInt64(digits[index]) * factor + carry
        digits[index] = UInt32(truncatingIfNeeded: product)
        carry = product >> 32
      }
      if carry > 0 { digits.append(UInt32(truncatingIfNeeded: carry)) }
    }

    /// The bits from the highest on.
    private static func top(of digits: [UInt32]) -> (high: UInt64, low: UInt64) {
      var bits: UInt128 = 0
      for place in 1...4 { bits = bits << 32 | UInt128(place <= digits.count ? digits[digits.count - place] : 0) }
      let shift = bits.leadingZeroBitCount
      if shift > 0 { bits = bits << UInt128(shift) | UInt128(digits.count < 5 ? 0 : digits[digits.count - 5] >> UInt32(32 - shift)) }
      return (UInt64(bits >> 64), UInt64(truncatingIfNeeded: bits))
    }

    /// The first 128 bits of 1/n, rounded up, by long division bit by bit.
    private static func reciprocal(of divisor: [UInt32]) -> (high: UInt64, low: UInt64) {
      var bits: UInt128 = 0
      // The power of two that is just below the divisor is what is left before the first bit of the quotient.
      var rest = [UInt32](repeating: 0, count: divisor.count)
      let top = divisor[divisor.count - 1]
      rest[divisor.count - 1] = 1 << UInt32(31 - top.leadingZeroBitCount)
      for _ in 0..<128 {
        var carry: UInt32 = 0
        for index in rest.indices {
          let digit = rest[index]
          rest[index] = digit << 1 | carry
          carry = digit >> 31
        }
        let isLess = carry == 0 && rest.reversed().lexicographicallyPrecedes(divisor.reversed())
        bits <<= 1
        if isLess { continue }
        bits |= 1
        var borrow: Int64 = 0
        for index in rest.indices {
          let difference = Int64(rest[index]) - Int64(divisor[index]) + borrow
          rest[index] = UInt32(truncatingIfNeeded: difference)
          borrow = difference >> 32
        }
      }
      bits += 1
      return (UInt64(bits >> 64), UInt64(truncatingIfNeeded: bits))
    }
  }
}
