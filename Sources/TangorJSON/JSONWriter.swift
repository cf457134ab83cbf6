/// Writes JSON text into an array of bytes, value after value.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.beginObject()
/// writer.writeKey("id")
/// writer.write(7)
/// writer.writeKey("tags")
/// writer.write(["new", "open"])
/// writer.endObject()
/// // {"id":7,"tags":["new","open"]}
/// ```
///
/// Commas come by themselves: the writer looks at the last byte, and puts a comma where that ends a value. It does not check that brackets
/// match and that keys and values alternate; that is the caller's part. Bytes up to the space (a line feed between two texts, say) separate
/// texts, so append them to ``bytes`` directly.
public struct JSONWriter: Sendable {
  /// The text so far, in UTF-8.
  public var bytes: [UInt8] = []

  /// Makes a writer.
  ///
  /// - Parameter capacity: bytes to make room for at first; the text may grow beyond
  @inlinable
  public init(capacity: Int = 256) {
    bytes.reserveCapacity(capacity)
  }

  /// Puts the comma that is due before a value or key.
  @inlinable @inline(__always)
  mutating func separate() {
    // A value ends with a quote, bracket, brace, digit or letter. `|` folds `[` into `{`.
    if let last = bytes.last, last > 0x20, last != ASCII.comma, last != ASCII.colon, last | 0x20 != ASCII.openBrace {
      bytes.append(ASCII.comma)
    }
  }

  @inlinable @inline(__always)
  mutating func append(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Writes `{`.
  @inlinable
  public mutating func beginObject() {
    separate()
    bytes.append(ASCII.openBrace)
  }

  /// Writes `}`.
  @inlinable
  public mutating func endObject() { bytes.append(ASCII.closeBrace) }

  /// Writes `[`.
  @inlinable
  public mutating func beginArray() {
    separate()
    bytes.append(ASCII.openBracket)
  }

  /// Writes `]`.
  @inlinable
  public mutating func endArray() { bytes.append(ASCII.closeBracket) }

  /// Writes the name of a member and its colon.
  @inlinable
  public mutating func writeKey(_ name: StaticString) {
    separate()
    name.withUTF8Buffer { appendQuoted($0) }
    bytes.append(ASCII.colon)
  }

  /// Writes the name of a member and its colon.
  @inlinable
  public mutating func writeKey(_ name: String) {
    separate()
    append(quoted: name)
    bytes.append(ASCII.colon)
  }

  /// Writes `null`.
  @inlinable
  public mutating func writeNull() {
    separate()
    append("null")
  }

  /// Writes `true` or `false`.
  @inlinable
  public mutating func write(_ value: Bool) {
    separate()
    if value { append("true") } else { append("false") }
  }

  /// Writes a string, with its quotes and escapes.
  @inlinable
  public mutating func write(_ value: String) {
    separate()
    append(quoted: value)
  }

  /// Writes a string that the program contains, with its quotes and escapes.
  @inlinable @_disfavoredOverload
  public mutating func write(_ value: StaticString) {
    separate()
    value.withUTF8Buffer { appendQuoted($0) }
  }

  /// Writes a value that writes itself.
  @inlinable
  public mutating func write(_ value: some JSONWritable) {
    value.write(to: &self)
  }

  /// Writes bytes that are one valid JSON value already. They are not checked; prefer a ``JSONFragment`` for what came from outside.
  @inlinable
  public mutating func writeRaw(_ value: some Sequence<UInt8>) {
    separate()
    bytes.append(contentsOf: value)
  }
}
