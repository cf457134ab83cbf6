import TangorJSON

/// Reads values of one type; how is found out once, when the interface is made.
///
/// `@unchecked Sendable` is safe because neither this class nor its subclass has any state.
class ValueReader<Value: Decodable & SendableMetatype>: @unchecked Sendable {
  /// The reader of a type: direct where the type reads itself, through `Codable` otherwise.
  static func make() -> ValueReader<Value> {
    if let type = Value.self as? any (Decodable & JSONReadable & SendableMetatype).Type,
      let direct = Self.direct(type) as? ValueReader<Value>
    {
      return direct
    }
    return ValueReader<Value>()
  }

  private static func direct<Direct: Decodable & JSONReadable & SendableMetatype>(_ type: Direct.Type) -> AnyObject {
    DirectReader<Direct>()
  }

  /// Takes a value.
  ///
  /// - Throws: `JSONError`, `DecodingError` or what the type's own decoding throws.
  func read(_ reader: inout JSONReader) throws -> Value {
    try JSONDecoding.decode(Value.self, from: reader.readValue())
  }
}

private final class DirectReader<Value: Decodable & JSONReadable & SendableMetatype>: ValueReader<Value>, @unchecked Sendable {
  override func read(_ reader: inout JSONReader) throws -> Value { try Value(from: &reader) }
}
