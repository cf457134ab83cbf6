extension JSONReader {
  /// Takes a number as an `Int`. `1.0` and `1e2` are integers too; `1.5` is not.
  ///
  /// - Throws: ``JSONError`` when something else comes next or the number does not fit
  @inlinable
  public mutating func readInt() throws(JSONError) -> Int {
    try readInteger(Int.self)
  }

  /// Takes a number as an integer of a type of up to 64 bits. `1.0` and `1e2` are integers too; `1.5` is not.
  ///
  /// - Parameter type: the integer's type
  /// - Throws: ``JSONError`` when something else comes next or the number does not fit
  @inlinable
  public mutating func readInteger<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(JSONError) -> T {
    skipWhitespace()
    var place = cursor
    let isNegative = place < end && place.pointee == ASCII.minus
    if isNegative { place += 1 }
    let first = place
    var magnitude: UInt64 = 0
    while place < end {
      let digit = place.pointee &- ASCII.zero
      if digit > 9 { break }
      magnitude = magnitude &* 10 &+ UInt64(digit)
      place += 1
    }
    let count = place - first
    // Up to 18 digits cannot overflow; what else there may be goes the slow way, which also finds the errors.
    guard count > 0, count <= 18, count == 1 || first.pointee != ASCII.zero,
      place == end || (place.pointee != ASCII.point && place.pointee | 0x20 != ASCII.lowerE)
    else {
      let exact = try readExactInteger()
      let value = exact.isNegative ? T(exactly: 0 - Int128(exact.magnitude)) : T(exactly: exact.magnitude)
      guard let value else { throw integerOutOfRange() }
      return value
    }
    let signed = isNegative ? 0 &- Int64(truncatingIfNeeded: magnitude) : Int64(truncatingIfNeeded: magnitude)
    guard let value = T(exactly: signed) else { throw integerOutOfRange() }
    cursor = place
    return value
  }

  @usableFromInline @inline(never)
  func integerOutOfRange() -> JSONError {
    failure(.outOfRange, "the integer does not fit its type")
  }

  @usableFromInline
  mutating func readExactInteger() throws(JSONError) -> (isNegative: Bool, magnitude: UInt64) {
    guard cursor < end, cursor.pointee == ASCII.minus || cursor.pointee &- ASCII.zero <= 9 else { throw mismatch("an integer") }
    let token = try scanNumber()
    var magnitude = token.significand
    var exponent = token.exponent
    if magnitude == 0 { return (false, 0) }
    while exponent < 0, magnitude.isMultiple(of: 10) {
      magnitude /= 10
      exponent += 1
    }
    if exponent < 0 { throw failure(.typeMismatch, "expected an integer, found a fraction") }
    // Digits that did not fit the significand lie beyond 64 bits.
    guard token.isExact, exponent < 20 else { throw integerOutOfRange() }
    for _ in 0..<exponent {
      let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      if overflow { throw integerOutOfRange() }
      magnitude = product
    }
    return (token.isNegative, magnitude)
  }

  /// Takes a number as the nearest `Double`; `-0` is `-0.0`, and what is too small becomes zero.
  ///
  /// - Throws: ``JSONError`` when something else comes next or the number is beyond the largest `Double`
  @inlinable
  public mutating func readDouble() throws(JSONError) -> Double {
    skipWhitespace()
    guard cursor < end, cursor.pointee == ASCII.minus || cursor.pointee &- ASCII.zero <= 9 else { throw mismatch("a number") }
    return try double(scanNumber())
  }

  /// Takes a number as the nearest `Float`.
  ///
  /// - Throws: ``JSONError`` when something else comes next or the number is beyond the largest `Float`
  public mutating func readFloat() throws(JSONError) -> Float {
    skipWhitespace()
    guard cursor < end, cursor.pointee == ASCII.minus || cursor.pointee &- ASCII.zero <= 9 else { throw mismatch("a number") }
    let token = try scanNumber()
    let wide = try double(token)
    var value = Float(wide)
    // Rounding twice errs only where the first rounding landed halfway between two floats, or among the subnormal ones.
    if wide.significandBitPattern & 0x1FFF_FFFF == 0x1000_0000 || (value.isSubnormal || value == 0) && wide != 0 {
      value = Float(decimalText(token)) ?? value
    }
    guard value.isFinite else { throw failure(.outOfRange, "the number is beyond the largest Float") }
    return value
  }

  /// A number of the text, taken apart: its value is `significand × 10^exponent`, plus dropped digits below when it is not exact.
  @usableFromInline
  struct NumberToken {
    @usableFromInline var start: UnsafePointer<UInt8>
    @usableFromInline var count = 0
    @usableFromInline var isNegative = false
    /// Neither a fraction nor an exponent is written.
    @usableFromInline var isInteger = true
    @usableFromInline var significand: UInt64 = 0
    @usableFromInline var exponent = 0
    /// No digit other than zero was dropped.
    @usableFromInline var isExact = true
    /// The first digit that did not fit was met; from there on all are dropped.
    @usableFromInline var isFull = false

    init(start: UnsafePointer<UInt8>) { self.start = start }

    /// Takes one more digit into the significand.
    ///
    /// - Returns: whether it is part of the significand now
    @inline(__always)
    mutating func take(_ digit: UInt8) -> Bool {
      // Up to this bound ten times the significand and any digit fit.
      if !isFull, significand <= 1_844_674_407_370_955_160 {
        significand = significand &* 10 &+ UInt64(digit)
        return true
      }
      if !isFull, significand == 1_844_674_407_370_955_161, digit <= 5 {
        significand = significand &* 10 &+ UInt64(digit)
        return true
      }
      isFull = true
      if digit != 0 { isExact = false }
      return false
    }
  }

  /// Checks and takes the number that starts at the cursor, with a minus sign or a digit.
  @usableFromInline
  mutating func scanNumber() throws(JSONError) -> NumberToken {
    var token = NumberToken(start: cursor)
    if cursor.pointee == ASCII.minus {
      token.isNegative = true
      cursor += 1
    }
    guard cursor < end else { throw failure(.unexpectedEnd, "a number is cut off") }
    if cursor.pointee == ASCII.zero {
      cursor += 1
      if cursor < end, cursor.pointee &- ASCII.zero <= 9 { throw failure(.invalidNumber, "a leading zero") }
    } else {
      guard cursor.pointee &- ASCII.zero <= 9 else { throw failure(.invalidNumber, "a minus sign needs a digit after it") }
      while cursor < end, case let digit = cursor.pointee &- ASCII.zero, digit <= 9 {
        if !token.take(digit) { token.exponent += 1 }
        cursor += 1
      }
    }
    if cursor < end, cursor.pointee == ASCII.point {
      token.isInteger = false
      cursor += 1
      let first = cursor
      while cursor < end, case let digit = cursor.pointee &- ASCII.zero, digit <= 9 {
        if token.take(digit) { token.exponent -= 1 }
        cursor += 1
      }
      if cursor == first { throw digitMissing("a decimal point needs a digit after it") }
    }
    if cursor < end, cursor.pointee | 0x20 == ASCII.lowerE {
      token.isInteger = false
      try scanExponent(into: &token)
    }
    token.count = cursor - token.start
    return token
  }

  private mutating func scanExponent(into token: inout NumberToken) throws(JSONError) {
    cursor += 1
    let isNegative = cursor < end && cursor.pointee == ASCII.minus
    if isNegative || cursor < end && cursor.pointee == 0x2B { cursor += 1 }
    let first = cursor
    var exponent = 0
    while cursor < end, case let digit = cursor.pointee &- ASCII.zero, digit <= 9 {
      // What lies beyond this bound outweighs the digits of any text that fits memory.
      if exponent < 1 << 56 { exponent = exponent * 10 + Int(digit) }
      cursor += 1
    }
    if cursor == first { throw digitMissing("an exponent needs a digit") }
    token.exponent += isNegative ? -exponent : exponent
  }

  private func digitMissing(_ detail: String) -> JSONError {
    failure(cursor < end ? .invalidNumber : .unexpectedEnd, detail)
  }

  static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// The double nearest to a number.
  @usableFromInline
  func double(_ token: NumberToken) throws(JSONError) -> Double {
    // Both operands are exact here, so the one rounding of the operation is the right one.
    if token.isExact, token.significand <= 1 << 53, token.exponent >= -22, token.exponent <= 22 {
      let significand = Double(token.significand)
      let magnitude =
        token.exponent < 0
        ? significand / Self.powersOfTen[-token.exponent]
        : significand * Self.powersOfTen[token.exponent]
      return token.isNegative ? -magnitude : magnitude
    }
    if token.isExact, let value = DecimalDouble.value(token.significand, exponent: token.exponent) {
      return token.isNegative ? -value : value
    }
    if token.significand == 0 || token.exponent < -400 { return token.isNegative ? -0.0 : 0.0 }
    guard token.exponent <= 310, let value = Double(decimalText(token)), value.isFinite else {
      throw failure(.outOfRange, "the number is beyond the largest Double")
    }
    return value
  }

  /// The number as text of bounded length that rounds to the same binary value: no halfway point between two doubles has more than 767
  /// significant digits, so of longer numbers only whether anything follows matters.
  private func decimalText(_ token: NumberToken) -> String {
    let text = UnsafeBufferPointer(start: token.start, count: token.count)
    if token.count <= 128 { return String(decoding: text, as: UTF8.self) }
    var digits: [UInt8] = []
    var exponent = token.exponent
    var hasMore = false
    for byte in text {
      if byte | 0x20 == ASCII.lowerE { break }
      guard byte &- ASCII.zero <= 9, byte != ASCII.zero || !digits.isEmpty else { continue }
      if digits.count < 800 { digits.append(byte) } else if byte != ASCII.zero { hasMore = true }
    }
    // `exponent` belongs to the significand's last digit: move it to the last digit kept here.
    exponent -= digits.count - String(token.significand).utf8.count
    if hasMore {
      digits.append(0x31)
      exponent -= 1
    }
    return (token.isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self) + "e\(exponent)"
  }
}
