extension JSONReader {
  /// A checked string of the text, without its quotes and still with its escapes.
  @usableFromInline
  struct StringSpan {
    @usableFromInline let start: UnsafePointer<UInt8>
    @usableFromInline let count: Int
    @usableFromInline let hasEscapes: Bool

    @inlinable @inline(__always)
    init(start: UnsafePointer<UInt8>, count: Int, hasEscapes: Bool) {
      self.start = start
      self.count = count
      self.hasEscapes = hasEscapes
    }

    @inlinable
    var string: String {
      if !hasEscapes { return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }
      return unescapedString
    }

    @usableFromInline @inline(never)
    var unescapedString: String {
      // Every escape is longer than what it stands for, so the span's own length suffices.
      String(unsafeUninitializedCapacity: count) { buffer in
        guard let target = buffer.baseAddress else { return 0 }
        return unescape(into: target)
      }
    }
  }

  /// Takes a string.
  ///
  /// - Throws: ``JSONError`` when something else comes next or the string is invalid
  @inlinable
  public mutating func readString() throws(JSONError) -> String {
    skipWhitespace()
    guard cursor < end, cursor.pointee == ASCII.quote else { throw mismatch("a string") }
    return try scanString().string
  }

  /// Takes a string and lends its bytes, unescaped and in UTF-8, without making a `String`.
  ///
  /// - Parameter body: gets the bytes, which are valid during the call only; a string without escapes is not copied
  /// - Returns: what `body` returned
  /// - Throws: ``JSONError`` when something else comes next or the string is invalid
  @inlinable
  public mutating func readStringBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) throws(JSONError) -> R {
    skipWhitespace()
    guard cursor < end, cursor.pointee == ASCII.quote else { throw mismatch("a string") }
    let span = try scanString()
    if !span.hasEscapes { return body(UnsafeBufferPointer(start: span.start, count: span.count)) }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: span.count) { buffer in
      guard let target = buffer.baseAddress else { return body(UnsafeBufferPointer(start: nil, count: 0)) }
      return body(UnsafeBufferPointer(start: target, count: span.unescape(into: target)))
    }
  }

  /// Checks the string whose opening quote is at the cursor and moves behind its closing quote.
  @inlinable
  mutating func scanString() throws(JSONError) -> StringSpan {
    let first = cursor + 1
    var place = first
    while end - place >= 8 {
      let marks = ASCII.stringMarks(ASCII.word(at: place), orNonASCII: true)
      if marks == 0 {
        place += 8
        continue
      }
      place += marks.trailingZeroBitCount &>> 3
      if place.pointee == ASCII.quote {
        cursor = place + 1
        return StringSpan(start: first, count: place - first, hasEscapes: false)
      }
      break
    }
    cursor = place
    return try scanRest(of: first)
  }

  /// Goes on with a string in which something rarer than plain ASCII was met, or of which fewer than eight bytes remain.
  @usableFromInline
  mutating func scanRest(of first: UnsafePointer<UInt8>) throws(JSONError) -> StringSpan {
    var hasEscapes = false
    while true {
      while end - cursor >= 8 {
        let marks = ASCII.stringMarks(ASCII.word(at: cursor), orNonASCII: true)
        if marks != 0 {
          cursor += marks.trailingZeroBitCount &>> 3
          break
        }
        cursor += 8
      }
      guard cursor < end else { throw failure(.unexpectedEnd, "a string is not closed") }
      switch cursor.pointee {
      case ASCII.quote:
        let span = StringSpan(start: first, count: cursor - first, hasEscapes: hasEscapes)
        cursor += 1
        return span
      case ASCII.backslash:
        hasEscapes = true
        try scanEscape()
      case 0x00..<0x20:
        throw failure(.invalidString, "a control character must be escaped, found \(describeByte())")
      case 0x00..<0x80:
        cursor += 1
      default:
        try scanMultibyte()
      }
    }
  }

  private mutating func scanEscape() throws(JSONError) {
    guard end - cursor >= 2 else { throw failure(.unexpectedEnd, "an escape is cut off") }
    switch cursor[1] {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
      cursor += 2
    case 0x75:
      let unit = try scanHex(after: 2)
      if unit & 0xFC00 == 0xDC00 { throw failure(.invalidString, "the second half of a surrogate pair stands alone") }
      guard unit & 0xFC00 == 0xD800 else {
        cursor += 6
        return
      }
      guard end - cursor >= 8 else {
        if end - cursor == 6 || cursor[6] == ASCII.backslash { throw failure(.unexpectedEnd, "a surrogate pair is cut off") }
        throw failure(.invalidString, "the first half of a surrogate pair stands alone")
      }
      guard cursor[6] == ASCII.backslash, cursor[7] == 0x75, try scanHex(after: 8) & 0xFC00 == 0xDC00 else {
        throw failure(.invalidString, "the first half of a surrogate pair stands alone")
      }
      cursor += 12
    default:
      throw failure(.invalidString, "an unknown escape")
    }
  }

  /// The four hexadecimal digits that stand `distance` bytes after the cursor.
  private func scanHex(after distance: Int) throws(JSONError) -> UInt32 {
    var unit: UInt32 = 0
    for index in distance..<distance + 4 {
      guard end - cursor > index else { throw failure(.unexpectedEnd, "an escape is cut off") }
      guard let digit = hexDigit(cursor[index]) else { throw failure(.invalidString, "\\u needs four hexadecimal digits") }
      unit = unit << 4 | digit
    }
    return unit
  }

  /// Moves over one character of two to four bytes, by the table of well-formed sequences in chapter 3 of the Unicode standard.
  private mutating func scanMultibyte() throws(JSONError) {
    let lead = cursor.pointee
    let second: ClosedRange<UInt8>
    let count: Int
    switch lead {
    case 0xC2...0xDF: (count, second) = (2, 0x80...0xBF)
    case 0xE0: (count, second) = (3, 0xA0...0xBF)
    case 0xED: (count, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (count, second) = (3, 0x80...0xBF)
    case 0xF0: (count, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (count, second) = (4, 0x80...0xBF)
    case 0xF4: (count, second) = (4, 0x80...0x8F)
    default: throw failure(.invalidUTF8, "\(describeByte()) starts no character")
    }
    for index in 1..<count {
      guard end - cursor > index else { throw failure(.unexpectedEnd, "a character is cut off") }
      let isValid = index == 1 ? second.contains(cursor[1]) : cursor[index] & 0xC0 == 0x80
      guard isValid else { throw failure(.invalidUTF8, "a character of \(count) bytes is broken") }
    }
    cursor += count
  }
}

private func hexDigit(_ byte: UInt8) -> UInt32? {
  switch byte {
  case 0x30...0x39: UInt32(byte) - 0x30
  case 0x41...0x46: UInt32(byte) - 0x37
  case 0x61...0x66: UInt32(byte) - 0x57
  default: nil
  }
}

extension JSONReader.StringSpan {
  /// Writes the string without its escapes. `scanString` has checked every escape, and `target` holds at least `count` bytes.
  ///
  /// - Returns: how many bytes were written
  @usableFromInline
  func unescape(into target: UnsafeMutablePointer<UInt8>) -> Int {
    var source = start
    let end = start + count
    var written = 0
    func unit(at place: UnsafePointer<UInt8>) -> UInt32 {
      (0..<4).reduce(0) { $0 << 4 | (hexDigit(place[$1]) ?? 0) }
    }
    func put(_ byte: UInt32) {
      target[written] = UInt8(truncatingIfNeeded: byte)
      written += 1
    }
    while source < end {
      guard source.pointee == ASCII.backslash else {
        target[written] = source.pointee
        written += 1
        source += 1
        continue
      }
      let escape = source[1]
      source += 2
      switch escape {
      case 0x62: put(0x08)
      case 0x66: put(0x0C)
      case 0x6E: put(0x0A)
      case 0x72: put(0x0D)
      case 0x74: put(0x09)
      case 0x75:
        var scalar = unit(at: source)
        source += 4
        if scalar & 0xFC00 == 0xD800 {
          scalar = 0x10000 + (scalar & 0x3FF) << 10 + unit(at: source + 2) & 0x3FF
          source += 6
        }
        switch scalar {
        case ..<0x80:
          put(scalar)
        case ..<0x800:
          put(0xC0 | scalar >> 6)
          put(0x80 | scalar & 0x3F)
        case ..<0x10000:
          put(0xE0 | scalar >> 12)
          put(0x80 | scalar >> 6 & 0x3F)
          put(0x80 | scalar & 0x3F)
        default:
          put(0xF0 | scalar >> 18)
          put(0x80 | scalar >> 12 & 0x3F)
          put(0x80 | scalar >> 6 & 0x3F)
          put(0x80 | scalar & 0x3F)
        }
      default: put(UInt32(escape))
      }
    }
    return written
  }
}
