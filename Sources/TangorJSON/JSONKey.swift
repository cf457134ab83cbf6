/// The name of a member, lent by a ``JSONReader`` and still in the bytes of the text.
///
/// A key is valid as long as the reader that gave it; keep its ``string`` if the name is needed later.
public struct JSONKey {
  @usableFromInline let span: JSONReader.StringSpan

  @inlinable @inline(__always)
  init(_ span: JSONReader.StringSpan) { self.span = span }

  /// The name as a string of its own.
  @inlinable
  public var string: String { span.string }

  /// Whether the name is `name`, byte by byte.
  @inlinable @inline(__always)
  public static func == (key: JSONKey, name: StaticString) -> Bool {
    if key.span.hasEscapes { return key.isEscaped(name) }
    return key.span.count == name.utf8CodeUnitCount && areEqual(key.span.start, name.utf8Start, name.utf8CodeUnitCount)
  }

  /// Whether the name is `name`, byte by byte.
  public static func == (key: JSONKey, name: String) -> Bool {
    key.string.utf8.elementsEqual(name.utf8)
  }

  /// Lets a `switch` over a key name its cases as string literals.
  @inlinable @inline(__always)
  public static func ~= (name: StaticString, key: JSONKey) -> Bool { key == name }

  @usableFromInline @inline(never)
  func isEscaped(_ name: StaticString) -> Bool {
    name.withUTF8Buffer { span.string.utf8.elementsEqual($0) }
  }
}

// The bytes behind a key belong to one reader, which never crosses threads.
@available(*, unavailable)
extension JSONKey: Sendable {}
