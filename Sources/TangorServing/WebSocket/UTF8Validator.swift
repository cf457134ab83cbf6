/// Checks text that comes in parts for well-formed UTF-8 (RFC 3629), and says so at the first wrong byte.
struct UTF8Validator {
  /// How many continuation bytes must still come.
  private var pending = 0
  /// The range the next continuation byte must lie in; narrower than usual after E0, ED, F0 and F4.
  private var lowest: UInt8 = 0x80
  private var highest: UInt8 = 0xBF

  /// Whether what came so far ends between characters.
  var isComplete: Bool { pending == 0 }

  /// Whether a whole text is well-formed.
  @inline(__always)
  static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var validator = UTF8Validator()
    return validator.validate(bytes) && validator.isComplete
  }

  /// Takes the next part.
  ///
  /// - Returns: Whether all so far may be the beginning of well-formed text.
  @inline(__always)
  mutating func validate(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    if pending == 0 {
      index = asciiPrefix(bytes, from: 0)
      if index == bytes.count { return true }
    }
    return validateRest(bytes, from: index)
  }

  private mutating func validateRest(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if pending > 0 {
        guard byte >= lowest, byte <= highest else { return false }
        pending -= 1
        (lowest, highest) = (0x80, 0xBF)
        continue
      }
      switch byte {
      case 0x00...0x7F: index = asciiPrefix(bytes, from: index)
      case 0xC2...0xDF: pending = 1
      case 0xE0: (pending, lowest) = (2, 0xA0)
      case 0xED: (pending, highest) = (2, 0x9F)
      case 0xE1...0xEF: pending = 2
      case 0xF0: (pending, lowest) = (3, 0x90)
      case 0xF4: (pending, highest) = (3, 0x8F)
      case 0xF1...0xF3: pending = 3
      default: return false
      }
    }
    return true
  }

  /// Where the ASCII characters from `start` on end.
  @inline(__always)
  private func asciiPrefix(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    while index &+ 8 <= bytes.count, bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
      index &+= 8
    }
    while index < bytes.count, bytes[index] < 0x80 { index &+= 1 }
    return index
  }
}
