/// How numbers with a fraction are written: in the shortest digits that read back as the same number.
enum FloatStyle {
  /// Whole numbers end in `.0`; exponents from 1e21 on and below 1e-6, without a plus sign. What is not finite has no text.
  case json
  /// Whole numbers have no point; exponents from 1e15 on, with a plus sign, and below 1e-6.
  case csv

  /// The first exponent that is written as one.
  var exponentBound: Int {
    switch self {
    case .json: 21
    case .csv: 15
    }
  }
}

extension ByteOutput {
  /// Appends a number. JSON has no infinities and no NaN: they are written as `null` there.
  mutating func append(_ value: Double, _ style: FloatStyle) {
    guard value.isFinite else { return append(notFinite: value, style) }
    // Where four decimals suffice and the number has at most 15 digits, no other text as short reads back as the same value.
    let scaled = (value * 10_000).rounded()
    let magnitude = scaled.magnitude
    if magnitude < 1e15, scaled / 10_000 == value, magnitude >= 1 {
      append(upTo: 24) { tail in
        if value < 0 { tail.put(0x2D) }
        tail.put(tenThousandths: UInt64(magnitude), keepsPoint: style == .json)
      }
      return
    }
    // Between these bounds Swift describes a number as JSON has it, and CSV has it so but for whole numbers.
    if value.magnitude >= 1e-4, value.magnitude < 1e15 { return appendPlain(value.description, style) }
    appendShortest(value.description, style)
  }

  private mutating func appendPlain(_ description: String, _ style: FloatStyle) {
    var description = description
    description.withUTF8 { text in
      let isWhole = text.count > 2 && text[text.count - 1] == 0x30 && text[text.count - 2] == 0x2E
      append(style == .csv && isWhole ? UnsafeBufferPointer(rebasing: text.dropLast(2)) : text)
    }
  }

  mutating func append(_ value: Float, _ style: FloatStyle) {
    guard value.isFinite else { return append(notFinite: Double(value), style) }
    // JSON knows no single precision: it gets the double that the number is.
    if style == .json { return append(Double(value), style) }
    appendShortest(value.description, style)
  }

  private mutating func append(notFinite value: Double, _ style: FloatStyle) {
    switch style {
    case .json: append("null")
    case .csv: append(value.isNaN ? "nan" : value < 0 ? "-inf" : "inf")
    }
  }

  /// Writes a number anew whose description in the shortest digits is given.
  private mutating func appendShortest(_ description: String, _ style: FloatStyle) {
    var description = description
    description.withUTF8 { text in
      var parts = DecimalParts()
      parts.take(text)
      withUnsafeBytes(of: parts.digits) { digits in
        append(upTo: 48) { $0.put(parts, UnsafeRawBufferPointer(rebasing: digits[..<parts.count]), style) }
      }
    }
  }
}

/// A number's digits and where its point stands: `0.digits × 10^point`.
private struct DecimalParts {
  /// Up to 17 digits; room for 24.
  var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
  var count = 0
  var point = 0
  var isNegative = false

  /// - Parameter text: a number as Swift describes it, such as `-12.5`, `5e-324` or `1.5e+16`
  mutating func take(_ text: UnsafeBufferPointer<UInt8>) {
    var place = 0
    if text[0] == 0x2D {
      isNegative = true
      place = 1
    }
    var zeros = 0
    var seenPoint = false
    withUnsafeMutableBytes(of: &digits) { digits in
      while place < text.count, text[place] | 0x20 != 0x65 {
        let byte = text[place]
        place += 1
        if byte == 0x2E {
          seenPoint = true
        } else if byte == 0x30 {
          // Zeros in front count for the point alone, zeros at the end not at all.
          if count == 0 { point -= seenPoint ? 1 : 0 } else { zeros += 1 }
          if count > 0, !seenPoint { point += 1 }
        } else {
          while zeros > 0, count < 24 {
            digits[count] = 0x30
            (count, zeros) = (count + 1, zeros - 1)
          }
          if count < 24 { digits[count] = byte }
          count = min(count + 1, 24)
          if !seenPoint { point += 1 }
        }
      }
    }
    guard place < text.count else { return }
    place += 1
    let isDown = text[place] == 0x2D
    if text[place] == 0x2D || text[place] == 0x2B { place += 1 }
    var exponent = 0
    while place < text.count {
      exponent = exponent * 10 + Int(text[place] &- 0x30)
      place += 1
    }
    point += isDown ? -exponent : exponent
  }
}

extension ByteOutput.Tail {
  /// Puts a fixed-point number of up to 15 digits with one to four decimals.
  ///
  /// - Parameter keepsPoint: whether a whole number ends in `.0`
  fileprivate mutating func put(tenThousandths value: UInt64, keepsPoint: Bool) {
    put(digits: value / 10_000)
    var rest = value % 10_000
    guard rest != 0 || keepsPoint else { return }
    put(0x2E)
    var place: UInt64 = 1_000
    repeat {
      put(0x30 + UInt8(truncatingIfNeeded: rest / place))
      rest %= place
      place /= 10
    } while rest != 0
  }

  /// Puts a number in up to 48 bytes.
  fileprivate mutating func put(_ parts: DecimalParts, _ digits: UnsafeRawBufferPointer, _ style: FloatStyle) {
    if parts.isNegative { put(0x2D) }
    guard !digits.isEmpty else { return put(style == .json ? "0.0" : "0") }
    let exponent = parts.point - 1
    if exponent >= style.exponentBound || exponent < -6 {
      put(digits[0])
      if digits.count > 1 { put(0x2E) }
      for digit in digits.dropFirst() { put(digit) }
      put(0x65)
      if exponent < 0 { put(0x2D) } else if style == .csv { put(0x2B) }
      return put(digits: UInt64(exponent.magnitude))
    }
    if exponent < 0 {
      put("0.")
      for _ in 0..<(-exponent - 1) { put(0x30) }
      for digit in digits { put(digit) }
      return
    }
    for index in 0..<max(digits.count, parts.point) {
      if index == parts.point { put(0x2E) }
      put(index < digits.count ? digits[index] : 0x30)
    }
    if digits.count <= parts.point, style == .json { put(".0") }
  }
}
