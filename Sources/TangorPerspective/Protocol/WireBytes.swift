/// The form of protobuf messages, as far as whole data sets are cut out of them and put into them without being copied on the way.
enum WireBytes {
  /// A field within a message.
  struct Field {
    let number: Int
    /// The kind of encoding: 2 for bytes and messages.
    let kind: Int
    /// The field's contents, without tag and length.
    let contents: Range<Int>
    /// All of it.
    let whole: Range<Int>
  }

  /// The fields of a message, in their order.
  ///
  /// - Parameter range: Where the message lies in `bytes`.
  /// - Returns: nil when it is not well formed.
  static func fields(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> [Field]? {
    var fields: [Field] = []
    var place = range.lowerBound
    while place < range.upperBound {
      let start = place
      guard let tag = varint(bytes, &place, range.upperBound), tag >> 3 > 0, tag >> 3 <= 0x1FFF_FFFF else { return nil }
      let from: Int
      var length: UInt64
      switch tag & 7 {
      case 0:
        from = place
        guard varint(bytes, &place, range.upperBound) != nil else { return nil }
        length = UInt64(place - from)
      case 1: (from, length) = (place, 8)
      case 2:
        guard let given = varint(bytes, &place, range.upperBound) else { return nil }
        (from, length) = (place, given)
      case 5: (from, length) = (place, 4)
      default: return nil
      }
      guard length <= UInt64(range.upperBound - from) else { return nil }
      place = from + Int(length)
      fields.append(Field(number: Int(tag >> 3), kind: Int(tag & 7), contents: from..<place, whole: start..<place))
    }
    return fields
  }

  private static func varint(_ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ end: Int) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard place < end else { return nil }
      let byte = bytes[place]
      place += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }

  static func append(_ value: UInt64, to output: inout [UInt8]) {
    var value = value
    while value >= 0x80 {
      output.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    output.append(UInt8(value))
  }

  /// Appends the tag and length of a field of bytes.
  static func appendHead(_ number: Int, length: Int, to output: inout [UInt8]) {
    append(UInt64(number) << 3 | 2, to: &output)
    append(UInt64(length), to: &output)
  }

  /// How many bytes a number takes.
  static func length(of value: UInt64) -> Int { max(1, (64 - value.leadingZeroBitCount + 6) / 7) }
}
