extension JSONWriter {
  /// Writes an integer.
  @inlinable
  public mutating func write(_ value: Int) { write(integer: value) }

  /// Writes an integer of any type of up to 64 bits.
  @inlinable
  public mutating func write(integer value: some FixedWidthInteger) {
    let isDue = needsComma
    let magnitude = UInt64(truncatingIfNeeded: value.magnitude)
    append(upTo: 22) { tail in
      tail.putComma(if: isDue)
      if value < 0 { tail.put(ASCII.minus) }
      tail.put(digits: magnitude)
    }
  }

  /// Writes a number as the shortest text that reads back as the same `Double`. Whole numbers keep a fraction (`2.0`), so that they stay
  /// doubles. JSON has no infinities and no NaN: they are written as `null`.
  public mutating func write(_ value: Double) {
    guard value.isFinite else { return writeNull() }
    // Where four decimals suffice and the number has at most 15 digits, no other text as short reads back as the same value.
    let scaled = (value * 10_000).rounded()
    let magnitude = scaled.magnitude
    if magnitude < 1e15, scaled / 10_000 == value, magnitude != 0 || value.sign == .plus {
      let isDue = needsComma
      append(upTo: 24) { tail in
        tail.putComma(if: isDue)
        if value < 0 { tail.put(ASCII.minus) }
        tail.put(tenThousandths: UInt64(magnitude))
      }
    } else {
      separate()
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
}

extension JSONWriter.Tail {
  /// Puts a fixed-point number with one to four decimals. Below 1e15 that takes up to 16 bytes.
  fileprivate mutating func put(tenThousandths value: UInt64) {
    put(digits: value / 10_000)
    put(ASCII.point)
    var rest = value % 10_000
    var place: UInt64 = 1_000
    repeat {
      put(ASCII.zero + UInt8(truncatingIfNeeded: rest / place))
      rest %= place
      place /= 10
    } while rest != 0
  }

  /// Puts an unsigned integer, two digits at a time. It takes up to 20 bytes.
  @inlinable
  mutating func put(digits value: UInt64) {
    if value < 10 { return put(ASCII.zero + UInt8(truncatingIfNeeded: value)) }
    let pairs: StaticString = """
      0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
      5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
      """
    var count = 2
    var bound: UInt64 = 100
    while value >= bound {
      count &+= 1
      if count == 20 { break }
      bound &*= 10
    }
    // Each step writes the two places before the last ones; `count` is the number of digits, so the last step ends at `next`.
    var place = count
    var rest = value
    while place >= 2 {
      let pair = Int(truncatingIfNeeded: rest % 100) &* 2
      rest /= 100
      place &-= 2
      next[place] = pairs.utf8Start[pair]
      next[place &+ 1] = pairs.utf8Start[pair &+ 1]
    }
    if place == 1 { next[0] = ASCII.zero + UInt8(truncatingIfNeeded: rest) }
    next += count
  }
}
