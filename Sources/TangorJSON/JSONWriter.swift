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

  /// Whether a comma is due before a value or key.
  @inlinable
  var needsComma: Bool {
    @inline(__always) get {
      // A value ends with a quote, bracket, brace, digit or letter. `|` folds `[` into `{`.
      guard let last = bytes.last else { return false }
      return last > 0x20 && last != ASCII.comma && last != ASCII.colon && last | 0x20 != ASCII.openBrace
    }
  }

  /// Puts the comma that is due before a value or key.
  @inlinable @inline(__always)
  mutating func separate() {
    if needsComma { bytes.append(ASCII.comma) }
  }

  /// Appends up to `capacity` bytes with one check for room; `write` must not put more.
  @inlinable @inline(__always)
  mutating func append(upTo capacity: Int, _ write: (inout Tail) -> Void) {
    bytes.append(addingCapacity: capacity) { span in
      span.withUnsafeMutableBufferPointer { buffer, count in
        guard let base = buffer.baseAddress else { return }
        var tail = Tail(next: base)
        write(&tail)
        count = tail.next - base
      }
    }
  }

  /// The free room behind the text, written from the front without further checks.
  @usableFromInline
  struct Tail {
    @usableFromInline var next: UnsafeMutablePointer<UInt8>

    @inlinable @inline(__always)
    init(next: UnsafeMutablePointer<UInt8>) { self.next = next }

    @inlinable @inline(__always)
    mutating func put(_ byte: UInt8) {
      next.pointee = byte
      next += 1
    }

    @inlinable @inline(__always)
    mutating func putComma(if isDue: Bool) {
      next.pointee = ASCII.comma
      next += isDue ? 1 : 0
    }

    @inlinable @inline(__always)
    mutating func put(_ source: UnsafePointer<UInt8>, _ count: Int) {
      // Two words that may overlap are cheaper than a call for the short texts that most are.
      if count >= 8, count <= 16 {
        let low = UnsafeRawPointer(source).loadUnaligned(as: UInt64.self)
        let high = UnsafeRawPointer(source + (count - 8)).loadUnaligned(as: UInt64.self)
        UnsafeMutableRawPointer(next).storeBytes(of: low, as: UInt64.self)
        UnsafeMutableRawPointer(next + (count - 8)).storeBytes(of: high, as: UInt64.self)
      } else if count > 16 {
        next.update(from: source, count: count)
      } else {
        for index in 0..<count { next[index] = source[index] }
      }
      next += count
    }

    @inlinable @inline(__always)
    mutating func put(_ text: StaticString) { put(text.utf8Start, text.utf8CodeUnitCount) }
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
    name.withUTF8Buffer { appendString($0, isKey: true) }
  }

  /// Writes the name of a member and its colon.
  @inlinable @_disfavoredOverload  // so that literals are taken as StaticString
  public mutating func writeKey(_ name: String) { append(name, isKey: true) }

  /// Writes `null`.
  @inlinable
  public mutating func writeNull() {
    let isDue = needsComma
    append(upTo: 5) { tail in
      tail.putComma(if: isDue)
      tail.put("null")
    }
  }

  /// Writes `true` or `false`.
  @inlinable
  public mutating func write(_ value: Bool) {
    let isDue = needsComma
    append(upTo: 6) { tail in
      tail.putComma(if: isDue)
      if value { tail.put("true") } else { tail.put("false") }
    }
  }

  /// Writes a string, with its quotes and escapes.
  @inlinable @_disfavoredOverload  // so that literals are taken as StaticString
  public mutating func write(_ value: String) {
    append(value, isKey: false)
  }

  /// Writes a string that the program contains, with its quotes and escapes.
  @inlinable
  public mutating func write(_ value: StaticString) {
    value.withUTF8Buffer { appendString($0, isKey: false) }
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
