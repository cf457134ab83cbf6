extension JSONWriter {
  /// Writes an integer.
  @inlinable
  public mutating func write(_ value: Int) { write(integer: value) }

  /// Writes an integer of any type of up to 64 bits.
  @inlinable
  public mutating func write(integer value: some FixedWidthInteger) {
    separate()
    if value < 0 { bytes.append(ASCII.minus) }
    append(digits: UInt64(truncatingIfNeeded: value.magnitude))
  }

  /// Writes a number as the shortest text that reads back as the same `Double`. Whole numbers keep a fraction (`2.0`), so that they stay
  /// doubles. JSON has no infinities and no NaN: they are written as `null`.
  public mutating func write(_ value: Double) {
    guard value.isFinite else { return writeNull() }
    separate()
    // Where four decimals suffice and the number has at most 15 digits, no other text as short reads back as the same value.
    let scaled = (value * 10_000).rounded()
    let magnitude = scaled.magnitude
    if magnitude < 1e15, scaled / 10_000 == value, magnitude != 0 || value.sign == .plus {
      if value < 0 { bytes.append(ASCII.minus) }
      appendTenThousandths(UInt64(magnitude))
    } else {
      append(value.description)
    }
  }

  /// Writes a number as the shortest text that reads back as the same `Float`, otherwise like a `Double`.
  public mutating func write(_ value: Float) {
    guard value.isFinite else { return writeNull() }
    separate()
    append(value.description)
  }

  private mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }

  private mutating func appendTenThousandths(_ value: UInt64) {
    append(digits: value / 10_000)
    bytes.append(ASCII.point)
    var rest = value % 10_000
    var place: UInt64 = 1_000
    repeat {
      bytes.append(ASCII.zero + UInt8(truncatingIfNeeded: rest / place))
      rest %= place
      place /= 10
    } while rest != 0
  }

  /// Appends an unsigned integer, two digits at a time.
  @inlinable
  mutating func append(digits value: UInt64) {
    if value < 10 {
      bytes.append(ASCII.zero + UInt8(truncatingIfNeeded: value))
      return
    }
    let pairs: StaticString = """
      0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
      5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
      """
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      // 20 digits hold every UInt64, and each step below writes at a place of its own.
      var place = 20
      var rest = value
      while rest >= 10 {
        let pair = Int(truncatingIfNeeded: rest % 100) &* 2
        rest /= 100
        place &-= 2
        digits[place] = pairs.utf8Start[pair]
        digits[place &+ 1] = pairs.utf8Start[pair &+ 1]
      }
      if rest > 0 {
        place &-= 1
        digits[place] = ASCII.zero + UInt8(truncatingIfNeeded: rest)
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[place...]))
    }
  }
}
