import Glibc
import TangorJSON

/// Numbers as text, outside of JSON.
enum NumberText {
  /// A whole number with an optional minus sign and nothing else.
  ///
  /// - Returns: nil when the text is none or does not fit
  @inline(__always)
  static func integer(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard let base = text.baseAddress, !text.isEmpty else { return nil }
    let isNegative = base[0] == 0x2D
    var place = isNegative ? 1 : 0
    guard place < text.count, text.count - place <= 18 else { return longInteger(text) }
    var magnitude: Int64 = 0
    while place < text.count {
      let digit = base[place] &- 0x30
      guard digit <= 9 else { return nil }
      magnitude = magnitude &* 10 &+ Int64(digit)
      place += 1
    }
    return isNegative ? -magnitude : magnitude
  }

  private static func longInteger(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    let isNegative = text[0] == 0x2D
    guard text.count > (isNegative ? 1 : 0) else { return nil }
    var value: Int64 = 0
    for byte in text.dropFirst(isNegative ? 1 : 0) {
      let digit = byte &- 0x30
      guard digit <= 9 else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflows) = product.subtractingReportingOverflow(Int64(digit))
      guard !overflow, !overflows else { return nil }
      value = sum
    }
    if isNegative { return value }
    return value == .min ? nil : -value
  }

  /// `0x` and up to 16 hexadecimal digits.
  static func hexadecimal(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard text.count > 2, text.count <= 18, text[0] == 0x30, text[1] | 0x20 == 0x78 else { return nil }
    var value: UInt64 = 0
    for byte in text.dropFirst(2) {
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt64(byte &- 0x30)
      case 0x41...0x46, 0x61...0x66: value = value << 4 | (UInt64(byte | 0x20) &- 0x57)
      default: return nil
      }
    }
    return Int64(bitPattern: value)
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// The double nearest to a decimal number, or `inf`, `infinity` or `nan` in any case.
  ///
  /// - Returns: nil when the text is none of these
  static func double(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    guard let base = text.baseAddress, !text.isEmpty else { return nil }
    let count = text.count
    let isSigned = base[0] == 0x2D || base[0] == 0x2B
    var place = isSigned ? 1 : 0
    var magnitude: UInt64 = 0
    var digits = 0
    var decimals = 0
    while place < count, case let digit = base[place] &- 0x30, digit <= 9 {
      magnitude = magnitude &* 10 &+ UInt64(digit)
      place += 1
      digits += 1
    }
    if place < count, base[place] == 0x2E {
      place += 1
      let first = place
      while place < count, case let digit = base[place] &- 0x30, digit <= 9 {
        magnitude = magnitude &* 10 &+ UInt64(digit)
        place += 1
      }
      decimals = place - first
      digits += decimals
    }
    guard digits > 0 else { return place == (isSigned ? 1 : 0) ? word(text, from: place) : nil }
    if place == count, digits <= 18, magnitude <= 1 << 53 {
      // Both operands of the division are exact, so its one rounding is the right one.
      let value = Double(magnitude) / powersOfTen[decimals]
      return base[0] == 0x2D ? -value : value
    }
    var exponent = -decimals
    if place < count {
      guard base[place] | 0x20 == 0x65 else { return nil }
      place += 1
      let isDown = place < count && base[place] == 0x2D
      if isDown || place < count && base[place] == 0x2B { place += 1 }
      guard place < count else { return nil }
      var written = 0
      while place < count {
        let digit = base[place] &- 0x30
        guard digit <= 9 else { return nil }
        // What lies beyond this bound outweighs the digits of any text that fits memory.
        if written < 1 << 56 { written = written * 10 + Int(digit) }
        place += 1
      }
      exponent += isDown ? -written : written
    }
    if digits <= 19, let value = DecimalDouble.value(magnitude, exponent: exponent) { return base[0] == 0x2D ? -value : value }
    return checked(text)
  }

  /// A decimal number whose spelling was checked.
  private static func checked(_ text: UnsafeBufferPointer<UInt8>) -> Double {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { copy in
      for (index, byte) in text.enumerated() { copy[index] = CChar(bitPattern: byte) }
      copy[text.count] = 0
      guard let start = copy.baseAddress else { return 0 }
      return strtod(start, nil)
    }
  }

  private static func word(_ text: UnsafeBufferPointer<UInt8>, from place: Int) -> Double? {
    let rest = text.count - place
    guard rest == 3 || rest == 8 else { return nil }
    switch String(decoding: text[place...], as: UTF8.self).lowercased() {
    case "inf", "infinity": return text[0] == 0x2D ? -.infinity : .infinity
    case "nan": return .nan
    default: return nil
    }
  }

  /// The text without spaces and tabs around it.
  @inline(__always)
  static func trimmed(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var (lower, upper) = (0, text.count)
    while lower < upper, text[lower] == 0x20 || text[lower] == 0x09 { lower += 1 }
    while lower < upper, text[upper - 1] == 0x20 || text[upper - 1] == 0x09 { upper -= 1 }
    return UnsafeBufferPointer(rebasing: text[lower..<upper])
  }

  /// A double with six decimals, as tables write numbers into columns of text.
  static func sixDecimals(_ value: Double) -> [UInt8] {
    // The largest double has 309 digits before its point.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 352) { buffer in
      let count = withVaList([value]) { vsnprintf(buffer.baseAddress, buffer.count, "%f", $0) }
      return buffer.prefix(max(0, min(Int(count), buffer.count - 1))).map { UInt8(bitPattern: $0) }
    }
  }
}
