/// A pull reader over the bytes of one JSON text. It builds no tree: the caller asks for the values that it expects, in their order.
///
/// ```swift
/// let (name, age) = try JSONReader.read(bytes) { reader in
///   var name = "", age = 0
///   try reader.readObject { reader, key throws(JSONError) in
///     switch key {
///     case "name": name = try reader.readString()
///     case "age": age = try reader.readInt()
///     default: break  // a value that nobody reads is checked and skipped
///     }
///   }
///   return (name, age)
/// }
/// ```
///
/// The grammar is RFC 8259 without extensions: no comments, no trailing commas, no byte order mark, strings in valid UTF-8 without lone
/// surrogates, and nesting up to ``JSONLimits/maximumDepth``. After an error the reader's place is unspecified; read no further.
///
/// A reader exists only inside ``read(_:limits:_:)-(UnsafeRawBufferPointer,_,_)`` and cannot be copied, so it does not outlive the bytes.
public struct JSONReader: ~Copyable {
  // Invariant of all pointers: start <= cursor <= end, and the bytes in start..<end stay valid while the reader exists.
  @usableFromInline let start: UnsafePointer<UInt8>
  @usableFromInline let end: UnsafePointer<UInt8>
  @usableFromInline var cursor: UnsafePointer<UInt8>
  @usableFromInline var depth = 0
  @usableFromInline let maximumDepth: Int
  /// Whether the innermost array or object was opened just now, so that no comma is due before what follows.
  @usableFromInline var isFresh = false

  @inlinable
  init(start: UnsafePointer<UInt8>, count: Int, limits: JSONLimits) {
    self.start = start
    self.end = start + count
    self.cursor = start
    self.maximumDepth = limits.maximumDepth
  }

  /// The byte at which the reader stands, counted from 0.
  @inlinable
  public var offset: Int { cursor - start }

  /// Reads one JSON text.
  ///
  /// - Parameters:
  ///   - bytes: the text in UTF-8; must stay unchanged during the call
  ///   - limits: the bounds of the reading
  ///   - body: takes the value from the reader
  /// - Returns: what `body` returned
  /// - Throws: ``JSONError`` when the text is not one JSON value, or what `body` throws
  @inlinable
  public static func read<R>(
    _ bytes: UnsafeRawBufferPointer, limits: JSONLimits = .default, _ body: (inout JSONReader) throws -> R
  ) throws -> R {
    guard let base = bytes.baseAddress, bytes.count > 0 else {
      throw JSONError(.unexpectedEnd, at: 0, "the text is empty")
    }
    var reader = JSONReader(start: base.assumingMemoryBound(to: UInt8.self), count: bytes.count, limits: limits)
    let result = try body(&reader)
    try reader.finish()
    return result
  }

  /// Reads one JSON text from any bytes; those without contiguous storage are copied first.
  ///
  /// - Throws: ``JSONError`` when the text is not one JSON value, or what `body` throws
  @inlinable
  public static func read<R>(
    _ bytes: some Sequence<UInt8>, limits: JSONLimits = .default, _ body: (inout JSONReader) throws -> R
  ) throws -> R {
    let result = try bytes.withContiguousStorageIfAvailable { buffer in
      try read(UnsafeRawBufferPointer(buffer), limits: limits, body)
    }
    if let result { return result }
    return try Array(bytes).withUnsafeBytes { buffer in try read(buffer, limits: limits, body) }
  }

  /// Reads one JSON text from a string.
  ///
  /// - Throws: ``JSONError`` when the text is not one JSON value, or what `body` throws
  @inlinable
  public static func read<R>(
    _ text: String, limits: JSONLimits = .default, _ body: (inout JSONReader) throws -> R
  ) throws -> R {
    try read(text.utf8, limits: limits, body)
  }

  @inlinable
  mutating func finish() throws(JSONError) {
    skipWhitespace()
    if cursor < end { throw failure(.trailingCharacters, "found \(describeByte()) after the value") }
    if depth != 0 { throw failure(.unexpectedEnd, "an array or object was left open") }
  }

  @inlinable @inline(__always)
  mutating func skipWhitespace() {
    // Bits 9, 10, 13 and 32: tab, line feed, carriage return, space.
    while cursor < end, cursor.pointee <= 0x20, (0x1_0000_2600 as UInt64) &>> UInt64(cursor.pointee) & 1 == 1 { cursor += 1 }
  }

  /// The kind of the value that comes next, without taking it.
  ///
  /// - Throws: ``JSONError`` when no value starts here
  @inlinable
  public mutating func peekKind() throws(JSONError) -> JSONKind {
    skipWhitespace()
    guard cursor < end else { throw mismatch("a value") }
    switch cursor.pointee {
    case ASCII.quote: return .string
    case ASCII.openBrace: return .object
    case ASCII.openBracket: return .array
    case 0x30...0x39, ASCII.minus: return .number
    case 0x74, 0x66: return .bool
    case 0x6E: return .null
    default: throw mismatch("a value")
    }
  }

  /// Takes `null` if it comes next.
  ///
  /// - Returns: whether it was there; otherwise nothing was taken
  /// - Throws: ``JSONError`` for a misspelt literal
  @inlinable
  public mutating func readNull() throws(JSONError) -> Bool {
    skipWhitespace()
    guard cursor < end, cursor.pointee == 0x6E else { return false }
    guard takeLiteral("null") else { throw misspelt("null") }
    return true
  }

  /// Takes `true` or `false`.
  ///
  /// - Throws: ``JSONError`` when something else comes next
  @inlinable
  public mutating func readBool() throws(JSONError) -> Bool {
    skipWhitespace()
    guard cursor < end else { throw mismatch("a boolean") }
    switch cursor.pointee {
    case 0x74:
      guard takeLiteral("true") else { throw misspelt("true") }
      return true
    case 0x66:
      guard takeLiteral("false") else { throw misspelt("false") }
      return false
    default:
      throw mismatch("a boolean")
    }
  }

  @inlinable @inline(__always)
  mutating func takeLiteral(_ literal: StaticString) -> Bool {
    let count = literal.utf8CodeUnitCount
    guard end - cursor >= count, areEqual(cursor, literal.utf8Start, count) else { return false }
    cursor += count
    return true
  }

  @usableFromInline @inline(never)
  func misspelt(_ literal: String) -> JSONError {
    let here = UnsafeBufferPointer(start: cursor, count: end - cursor)
    if literal.utf8.starts(with: here) { return failure(.unexpectedEnd, "the literal \(literal) is cut off") }
    return failure(.unexpectedCharacter, "expected the literal \(literal)")
  }
}

/// Whether two runs of bytes are equal. Both must hold `count` bytes.
@inlinable @inline(__always)
func areEqual(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int) -> Bool {
  var index = 0
  while count - index >= 8 {
    guard ASCII.word(at: left + index) == ASCII.word(at: right + index) else { return false }
    index += 8
  }
  while index < count {
    guard left[index] == right[index] else { return false }
    index += 1
  }
  return true
}
