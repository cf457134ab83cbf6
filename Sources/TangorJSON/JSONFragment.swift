/// The bytes of exactly one valid JSON value, ready to be put into a larger text as they are.
public struct JSONFragment: Sendable, Hashable {
  /// The value's text in UTF-8, without white space around it.
  public let bytes: [UInt8]

  /// Writes a value that writes itself.
  @inlinable
  public init(_ value: some JSONWritable) {
    self.init(unchecked: value.jsonBytes())
  }

  /// Encodes a value through `Codable`, or faster where it is ``JSONWritable``.
  ///
  /// - Throws: what ``JSONEncoding/encode(_:limits:userInfo:)`` throws
  public init(encoding value: some Encodable) throws {
    self = try JSONEncoding.encode(value)
  }

  /// Checks bytes that came from outside. White space around the value is left off.
  ///
  /// - Parameters:
  ///   - bytes: the text in UTF-8
  ///   - limits: the bounds of the reading
  /// - Throws: ``JSONError`` when the text is not one JSON value
  public init(validating bytes: some Sequence<UInt8>, limits: JSONLimits = .default) throws {
    self = try JSONReader.read(bytes, limits: limits) { reader in try reader.readFragment() }
  }

  /// Trusts bytes to be one valid JSON value without white space around it. Whatever contains the fragment is invalid if they are not.
  @inlinable
  public init(unchecked bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The fragment `null`.
  public static let null = JSONFragment(unchecked: Array("null".utf8))

  /// The value as a tree.
  ///
  /// - Parameter limits: the bounds of the reading
  /// - Throws: ``JSONError`` when the fragment was made of unchecked bytes that are invalid, or is nested too deeply
  public func value(limits: JSONLimits = .default) throws -> JSONValue {
    try JSONValue(parsing: bytes, limits: limits)
  }
}

extension JSONFragment: CustomStringConvertible {
  /// The text.
  public var description: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSONFragment: JSONConvertible {
  public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readFragment() }

  @inlinable
  public func write(to writer: inout JSONWriter) { writer.writeRaw(bytes) }
}
