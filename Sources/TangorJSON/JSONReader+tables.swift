/// A number as it is written: tables tell whole numbers from others by their spelling.
package enum JSONNumber: Sendable, Hashable {
  /// Written without fraction and exponent.
  case integer(Int64)
  /// Written without fraction and exponent, and beyond 64 bits.
  case bigInteger(Double)
  case double(Double)
}

extension JSONReader {
  /// Takes a number in the way it is written.
  ///
  /// - Throws: ``JSONError`` when something else comes next, or the number is beyond the largest `Double`
  package mutating func readNumber() throws(JSONError) -> JSONNumber {
    skipWhitespace()
    var place = cursor
    let isNegative = place < end && place.pointee == ASCII.minus
    if isNegative { place += 1 }
    let first = place
    var magnitude: UInt64 = 0
    while place < end, case let digit = place.pointee &- ASCII.zero, digit <= 9 {
      magnitude = magnitude &* 10 &+ UInt64(digit)
      place += 1
    }
    var count = place - first
    let isSimple = count > 0 && (count == 1 || first.pointee != ASCII.zero)
    // Up to 18 digits cannot overflow; what else there may be goes the slow way, which also finds the errors.
    if isSimple, count <= 18, !(isNegative && magnitude == 0) {
      if place == end || (place.pointee != ASCII.point && place.pointee | 0x20 != ASCII.lowerE) {
        cursor = place
        return .integer(isNegative ? -Int64(magnitude) : Int64(magnitude))
      }
      if place.pointee == ASCII.point {
        let point = place
        place += 1
        while place < end, case let digit = place.pointee &- ASCII.zero, digit <= 9 {
          magnitude = magnitude &* 10 &+ UInt64(digit)
          place += 1
        }
        let decimals = place - point - 1
        count += decimals
        // Both operands of the division are exact then, so its one rounding is the right one.
        if decimals > 0, count <= 18, magnitude <= 1 << 53, place == end || place.pointee | 0x20 != ASCII.lowerE {
          cursor = place
          let value = Double(magnitude) / Self.powersOfTen[decimals]
          return .double(isNegative ? -value : value)
        }
      }
    }
    guard cursor < end, cursor.pointee == ASCII.minus || cursor.pointee &- ASCII.zero <= 9 else { throw mismatch("a number") }
    let token = try scanNumber()
    guard token.isInteger, !(token.isNegative && token.significand == 0) else { return .double(try double(token)) }
    if !token.isFull {
      if !token.isNegative, let value = Int64(exactly: token.significand) { return .integer(value) }
      if token.isNegative, let value = Int64(exactly: 0 - Int128(token.significand)) { return .integer(value) }
    }
    return .bigInteger(try double(token))
  }
}

extension JSONKey {
  /// Whether the name is these bytes.
  package func isEqual(to name: UnsafeBufferPointer<UInt8>) -> Bool {
    if span.hasEscapes { return span.string.utf8.elementsEqual(name) }
    guard let base = name.baseAddress else { return span.count == 0 }
    return span.count == name.count && areEqual(span.start, base, name.count)
  }
}
