extension JSONWriter {
  @inlinable
  mutating func append(_ string: String, isKey: Bool) {
    // Swift's own strings have contiguous storage; only those bridged from elsewhere are copied.
    let isDone: Void? = string.utf8.withContiguousStorageIfAvailable { appendString($0, isKey: isKey) }
    if isDone == nil { Array(string.utf8).withUnsafeBufferPointer { appendString($0, isKey: isKey) } }
  }

  /// Appends a string in quotes after the comma that may be due, escaping quotes, backslashes and control characters and nothing else.
  ///
  /// - Parameters:
  ///   - text: valid UTF-8
  ///   - isKey: whether a colon follows
  @inlinable
  mutating func appendString(_ text: UnsafeBufferPointer<UInt8>, isKey: Bool) {
    guard Self.plainPrefix(of: text, from: 0) == text.count else { return appendEscaped(text, isKey: isKey) }
    let isDue = needsComma
    append(upTo: text.count + 4) { tail in
      tail.putComma(if: isDue)
      tail.put(ASCII.quote)
      if let base = text.baseAddress { tail.put(base, text.count) }
      tail.put(ASCII.quote)
      if isKey { tail.put(ASCII.colon) }
    }
  }

  /// The first place at or after `start` that needs an escape, or the count.
  @inlinable
  static func plainPrefix(of text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    guard let base = text.baseAddress else { return 0 }
    let count = text.count
    var place = start
    while count - place >= 8 {
      let marks = ASCII.stringMarks(ASCII.word(at: base + place), orNonASCII: false)
      if marks != 0 { return place + marks.trailingZeroBitCount &>> 3 }
      place += 8
    }
    while place < count, base[place] >= 0x20, base[place] != ASCII.quote, base[place] != ASCII.backslash { place += 1 }
    return place
  }

  @usableFromInline @inline(never)
  mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>, isKey: Bool) {
    separate()
    bytes.append(ASCII.quote)
    var start = 0
    while start < text.count {
      let stop = Self.plainPrefix(of: text, from: start)
      bytes.append(contentsOf: text[start..<stop])
      if stop < text.count { appendEscape(of: text[stop]) }
      start = stop + 1
    }
    bytes.append(ASCII.quote)
    if isKey { bytes.append(ASCII.colon) }
  }

  private mutating func appendEscape(of byte: UInt8) {
    switch byte {
    case ASCII.quote: append("\\\"")
    case ASCII.backslash: append("\\\\")
    case 0x08: append("\\b")
    case 0x09: append("\\t")
    case 0x0A: append("\\n")
    case 0x0C: append("\\f")
    case 0x0D: append("\\r")
    default:
      append("\\u00")
      bytes.append(ASCII.zero + byte >> 4)
      let low = byte & 15
      bytes.append(low < 10 ? ASCII.zero + low : 0x57 + low)
    }
  }
  private mutating func append(_ escape: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: escape.utf8Start, count: escape.utf8CodeUnitCount))
  }
}
