/// Any JSON value as a tree.
///
/// Numbers keep their kind: what is written without fraction and exponent is an ``integer(_:)`` (or a ``bigNumber(_:)`` where 64 bits do
/// not suffice), everything else and `-0` a ``double(_:)``. Values of different kinds are not equal, `1` and `1.0` neither; the accessors
/// are more lenient.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  case double(Double)
  /// An integer beyond 64 bits, as it was written.
  case bigNumber(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// Reads a tree from the bytes of a JSON text. Of members with the same name the last one stays.
  ///
  /// - Parameters:
  ///   - bytes: the text in UTF-8
  ///   - limits: the bounds of the reading
  /// - Throws: ``JSONError`` when the text is not one JSON value
  public init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = .default) throws {
    self = try JSONReader.read(bytes, limits: limits) { reader in try reader.readValue() }
  }

  /// Reads a tree from a JSON text. Of members with the same name the last one stays.
  ///
  /// - Parameters:
  ///   - text: the text
  ///   - limits: the bounds of the reading
  /// - Throws: ``JSONError`` when the text is not one JSON value
  public init(parsing text: String, limits: JSONLimits = .default) throws {
    self = try JSONReader.read(text, limits: limits) { reader in try reader.readValue() }
  }

  /// The kind of the value.
  public var kind: JSONKind {
    switch self {
    case .null: .null
    case .bool: .bool
    case .integer, .double, .bigNumber: .number
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value as JSON text.
  public var description: String {
    JSONFragment(self).description
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  public init(nilLiteral: ()) { self = .null }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
}

extension JSONValue: ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral members: (String, JSONValue)...) { self = .object(JSONObject(members)) }
}
