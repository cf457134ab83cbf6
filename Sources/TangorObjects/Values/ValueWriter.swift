import TangorJSON

/// Writes values of one type; how is found out once, when the interface is made.
///
/// `@unchecked Sendable` is safe because neither this class nor its subclass has any state.
class ValueWriter<Value: Encodable & SendableMetatype>: @unchecked Sendable {
  /// The writer of a type: direct where the type writes itself, through `Codable` otherwise.
  static func make() -> ValueWriter<Value> {
    if let type = Value.self as? any (Encodable & JSONWritable & SendableMetatype).Type,
      let direct = Self.direct(type) as? ValueWriter<Value>
    {
      return direct
    }
    return ValueWriter<Value>()
  }

  private static func direct<Direct: Encodable & JSONWritable & SendableMetatype>(_ type: Direct.Type) -> AnyObject {
    DirectWriter<Direct>()
  }

  /// Writes a value.
  ///
  /// - Throws: `EncodingError` or what the type's own encoding throws.
  func write(_ value: Value, to writer: inout JSONWriter) throws { try JSONEncoding.encode(value, into: &writer) }
}

private final class DirectWriter<Value: Encodable & JSONWritable & SendableMetatype>: ValueWriter<Value>, @unchecked Sendable {
  override func write(_ value: Value, to writer: inout JSONWriter) throws { value.write(to: &writer) }
}
