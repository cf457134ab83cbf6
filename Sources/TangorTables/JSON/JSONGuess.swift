import TangorJSON

/// A number of a JSON text.
enum JSONNumberValue {
  case integer(Int64)
  case double(Double)
  /// A whole number beyond 64 bits.
  case big(Double)

  @inline(__always)
  init(_ number: JSONNumber) {
    switch number {
    case .integer(let value): self = .integer(value)
    case .double(let value): self = .double(value)
    case .bigInteger(let value): self = .big(value)
    }
  }

  var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .double(let value), .big(let value): value
    }
  }

  /// Without its fraction, and held within 64 bits. What is no number counts as 0.
  var truncated: Int64 {
    switch self {
    case .integer(let value): value
    case .double(let value), .big(let value):
      if value.isNaN { 0 } else { Int64(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max) }
    }
  }
}

/// What the first text of a column that nobody declared says about it.
enum JSONGuess {
  /// The kind of a column whose first value is this text.
  static func kind(of text: UnsafeBufferPointer<UInt8>) -> ColumnKind {
    if boolean(text) != nil { return .boolean }
    if !text.isEmpty, let number = number(text) {
      if case .integer(let value) = number, Int32(exactly: value) != nil { return .int32 }
      return .float64
    }
    switch DateText.guess(text) {
    case .date: return .date
    case .datetime: return .datetime
    case nil: return .string
    }
  }

  /// `true` or `false` in any case.
  static func boolean(_ text: UnsafeBufferPointer<UInt8>) -> Bool? {
    func isEqual(_ word: StaticString) -> Bool {
      text.count == word.utf8CodeUnitCount && text.enumerated().allSatisfy { $1 | 0x20 == word.utf8Start[$0] }
    }
    if isEqual("true") { return true }
    return isEqual("false") ? false : nil
  }

  /// A number, with spaces in front and a plus sign if there are any.
  static func number(_ text: UnsafeBufferPointer<UInt8>) -> JSONNumberValue? {
    let text = UnsafeBufferPointer(rebasing: text.drop { $0 == 0x20 || $0 == 0x09 })
    guard let first = text.first else { return nil }
    // Most texts that are no numbers end here: numbers, infinities and NaN begin with one of these.
    guard first &- 0x30 <= 9 || [0x2B, 0x2D, 0x2E, 0x49, 0x69, 0x4E, 0x6E].contains(first) else { return nil }
    let unsigned = first == 0x2B && text.count > 1 && text[1] &- 0x30 <= 9 ? UnsafeBufferPointer(rebasing: text[1...]) : text
    if let value = NumberText.integer(unsigned) { return .integer(value) }
    return NumberText.double(text).map { .double($0) }
  }
}
