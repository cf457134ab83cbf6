extension JSONReader {
  /// Takes any value as a tree.
  ///
  /// - Throws: ``JSONError`` when no valid value comes next
  public mutating func readValue() throws(JSONError) -> JSONValue {
    skipWhitespace()
    guard cursor < end else { throw mismatch("a value") }
    switch cursor.pointee {
    case ASCII.quote:
      return .string(try scanString().string)
    case ASCII.openBrace:
      try enter()
      var object = JSONObject()
      while let key = try nextKey() {
        let value = try readValue()
        object.set(key.string, value)
      }
      return .object(object)
    case ASCII.openBracket:
      try enter()
      var elements: [JSONValue] = []
      while try nextElement() { elements.append(try readValue()) }
      return .array(elements)
    case 0x30...0x39, ASCII.minus:
      return try readNumberValue()
    case 0x6E:
      return try readNull() ? .null : .null
    default:
      guard cursor.pointee == 0x74 || cursor.pointee == 0x66 else { throw mismatch("a value") }
      return .bool(try readBool())
    }
  }

  private mutating func readNumberValue() throws(JSONError) -> JSONValue {
    let token = try scanNumber()
    guard token.isInteger, !(token.isNegative && token.significand == 0) else { return .double(try double(token)) }
    if !token.isFull {
      if !token.isNegative, let value = Int64(exactly: token.significand) { return .integer(value) }
      if token.isNegative, let value = Int64(exactly: 0 - Int128(token.significand)) { return .integer(value) }
    }
    return .bigNumber(String(decoding: UnsafeBufferPointer(start: token.start, count: token.count), as: UTF8.self))
  }

  /// Checks any value and takes it without making anything of it.
  ///
  /// - Throws: ``JSONError`` when no valid value comes next
  public mutating func skipValue() throws(JSONError) {
    switch try peekKind() {
    case .null: _ = try readNull()
    case .bool: _ = try readBool()
    case .number: _ = try scanNumber()
    case .string: _ = try scanString()
    case .array:
      try enter()
      while try nextElement() { try skipValue() }
    case .object:
      try enter()
      while try nextKey() != nil { try skipValue() }
    }
  }

  /// Checks any value and takes it as it is written.
  ///
  /// - Returns: the bytes of the text where it stands, counted from 0, without white space around it
  /// - Throws: ``JSONError`` when no valid value comes next
  public mutating func readRawValue() throws(JSONError) -> Range<Int> {
    skipWhitespace()
    let first = offset
    try skipValue()
    return first..<offset
  }

  /// Checks any value and lends its bytes as they are written, without white space around them.
  ///
  /// - Parameter body: gets the bytes, which are valid during the call only
  /// - Returns: what `body` returned
  /// - Throws: ``JSONError`` when no valid value comes next
  @inlinable
  public mutating func readRawBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) throws(JSONError) -> R {
    let range = try readRawValue()
    return body(UnsafeBufferPointer(start: start + range.lowerBound, count: range.count))
  }

  /// Checks any value and copies its bytes as they are written, without white space around them.
  ///
  /// - Throws: ``JSONError`` when no valid value comes next
  public mutating func readFragment() throws(JSONError) -> JSONFragment {
    try readRawBytes { JSONFragment(unchecked: Array($0)) }
  }

  /// Takes a value of a type that reads itself.
  ///
  /// - Parameter type: the value's type
  /// - Throws: ``JSONError`` when no such value comes next
  @inlinable
  public mutating func read<T: JSONReadable>(_ type: T.Type = T.self) throws(JSONError) -> T {
    try T(from: &self)
  }
}
