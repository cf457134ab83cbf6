/// A value that writes itself as JSON, without `Codable`'s cost.
///
/// A type that is `Encodable` too must give both the same form: ``JSONEncoding`` prefers this one.
public protocol JSONWritable {
  /// Writes exactly one JSON value.
  func write(to writer: inout JSONWriter)
}

/// A value that reads itself from JSON, without `Codable`'s cost.
public protocol JSONReadable {
  /// Takes exactly one JSON value.
  ///
  /// - Throws: ``JSONError`` when no value of this type comes next
  init(from reader: inout JSONReader) throws(JSONError)
}

/// A value that reads itself from JSON and writes itself as JSON.
public typealias JSONConvertible = JSONReadable & JSONWritable

extension JSONWritable {
  /// The value as the bytes of a JSON text.
  @inlinable
  public func jsonBytes() -> [UInt8] {
    var writer = JSONWriter()
    write(to: &writer)
    return writer.bytes
  }
}

extension JSONReadable {
  /// Reads a value from the bytes of a JSON text.
  ///
  /// - Parameters:
  ///   - json: the text in UTF-8
  ///   - limits: the bounds of the reading
  /// - Throws: ``JSONError`` when the text is not one value of this type
  @inlinable
  public init(json: some Sequence<UInt8>, limits: JSONLimits = .default) throws {
    self = try JSONReader.read(json, limits: limits) { reader in try Self(from: &reader) }
  }

  /// Reads a value from a JSON text.
  ///
  /// - Parameters:
  ///   - json: the text
  ///   - limits: the bounds of the reading
  /// - Throws: ``JSONError`` when the text is not one value of this type
  @inlinable
  public init(json: String, limits: JSONLimits = .default) throws {
    self = try JSONReader.read(json, limits: limits) { reader in try Self(from: &reader) }
  }
}
