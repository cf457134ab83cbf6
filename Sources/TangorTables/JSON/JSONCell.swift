/// Values of columns as JSON.
enum JSONCell {
  /// Appends a value that is there.
  ///
  /// - Parameter isFormatted: whether dates and moments are text; otherwise they are milliseconds since 1970-01-01T00:00:00Z
  @inline(__always)
  static func append(_ values: BatchValues, _ row: Int, to output: inout ByteOutput, isFormatted: Bool) {
    switch values {
    case .int8(let values): output.append(integer: values[row])
    case .int16(let values): output.append(integer: values[row])
    case .int32(let values): output.append(integer: values[row])
    case .int64(let values): output.append(integer: values[row])
    case .uint8(let values): output.append(integer: values[row])
    case .uint16(let values): output.append(integer: values[row])
    case .uint32(let values): output.append(integer: values[row])
    case .uint64(let values): output.append(integer: values[row])
    case .float32(let values): output.append(values[row], .json)
    case .float64(let values): output.append(values[row], .json)
    case .boolean(let values): output.append(values[row] != 0 ? "true" : "false")
    case .date(let values):
      guard isFormatted else { return output.append(integer: Int64(values[row]) * Int64(millisecondsPerDay)) }
      output.append(0x22)
      output.append(date: values[row])
      output.append(0x22)
    case .datetime(let values):
      guard isFormatted else { return output.append(integer: values[row]) }
      output.append(0x22)
      output.append(datetime: values[row])
      output.append(0x22)
    case .text(let texts): texts.withBytes(row) { output.append(jsonText: $0) }
    case .dictionary(let codes, let texts): texts.withBytes(Int(codes[row])) { output.append(jsonText: $0) }
    case .null: output.append("null")
    }
  }
}

extension TextVector {
  /// The bytes of a text, while `body` runs.
  @inline(__always)
  func withBytes<Result>(_ place: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let range = Int(offsets[place])..<Int(offsets[place + 1])
    return bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
  }
}

extension ByteOutput {
  mutating func append(jsonString text: String) {
    var text = text
    text.withUTF8 { append(jsonText: $0) }
  }

  /// Appends a text in quotes. Quotes, backslashes and control characters are escaped, and nothing else.
  ///
  /// - Parameter text: valid UTF-8
  mutating func append(jsonText text: UnsafeBufferPointer<UInt8>) {
    guard !text.needsEscape else { return append(escaping: text) }
    append(upTo: text.count + 2) { tail in
      tail.put(0x22)
      tail.put(text)
      tail.put(0x22)
    }
  }

  private mutating func append(escaping text: UnsafeBufferPointer<UInt8>) {
    append(upTo: text.count * 6 + 2) { tail in
      tail.put(0x22)
      for byte in text {
        if byte >= 0x20, byte != 0x22, byte != 0x5C { tail.put(byte) } else { tail.put(escapeOf: byte) }
      }
      tail.put(0x22)
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether a quote, a backslash or a control character is among the bytes.
  fileprivate var needsEscape: Bool {
    guard let base = baseAddress else { return false }
    let ones: UInt64 = 0x0101_0101_0101_0101
    var place = 0
    while count - place >= 8 {
      let word = UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self)
      let quotes = word ^ (ones &* 0x22)
      let backslashes = word ^ (ones &* 0x5C)
      let marks = (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (word &- ones &* 0x20) & ~word
      if marks & 0x8080_8080_8080_8080 != 0 { return true }
      place += 8
    }
    while place < count {
      if base[place] < 0x20 || base[place] == 0x22 || base[place] == 0x5C { return true }
      place += 1
    }
    return false
  }
}

extension ByteOutput.Tail {
  fileprivate mutating func put(escapeOf byte: UInt8) {
    switch byte {
    case 0x22: put("\\\"")
    case 0x5C: put("\\\\")
    case 0x08: put("\\b")
    case 0x09: put("\\t")
    case 0x0A: put("\\n")
    case 0x0C: put("\\f")
    case 0x0D: put("\\r")
    default:
      put("\\u00")
      put(0x30 + byte >> 4)
      put(byte & 15 < 10 ? 0x30 + byte & 15 : 0x37 + byte & 15)
    }
  }
}
