/// The name of a keyed thing: 128 random bits, written as 32 lower-case hexadecimal digits.
///
/// Whoever holds a key may use what it names, within the access rules, so keys come from the system's secure random source.
public struct Key: Sendable, Hashable {
  let high: UInt64
  let low: UInt64

  /// Makes a fresh key.
  public init() {
    var random = SystemRandomNumberGenerator()
    high = random.next()
    low = random.next()
  }

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads a key as it travels.
  ///
  /// - Parameter text: 32 lower-case hexadecimal digits; anything else gives `nil`.
  public init?(_ text: some StringProtocol) {
    var words: (UInt64, UInt64) = (0, 0)
    var count = 0
    for byte in text.utf8 {
      let digit: UInt64
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt64(byte &- UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = UInt64(byte &- UInt8(ascii: "a") &+ 10)
      default: return nil
      }
      if count < 16 { words.0 = words.0 << 4 | digit } else { words.1 = words.1 << 4 | digit }
      count += 1
      if count > 32 { return nil }
    }
    guard count == 32 else { return nil }
    (high, low) = words
  }

  // The bits are random already: folding them is as good a hash as mixing them again, but the table must stay safe from keys
  // that a client made up to collide, so the standard hasher is kept.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(high)
    hasher.combine(low)
  }
}

extension Key: CustomStringConvertible {
  public var description: String {
    String(unsafeUninitializedCapacity: 32) { digits in
      for (word, offset) in [(high, 0), (low, 16)] {
        for index in 0..<16 {
          let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * index)) & 15
          digits[offset + index] = nibble < 10 ? nibble + UInt8(ascii: "0") : nibble - 10 + UInt8(ascii: "a")
        }
      }
      return 32
    }
  }
}
