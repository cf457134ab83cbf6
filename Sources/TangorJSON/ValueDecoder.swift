/// The decoder of one value of a tree.
struct ValueDecoder: Decoder {
  let value: JSONValue
  let path: CodingPath?
  let userInfo: [CodingUserInfoKey: Any]
  let depth: Int

  var codingPath: [any CodingKey] { CodingPath.keys(path) }

  init(value: JSONValue, path: CodingPath?, userInfo: [CodingUserInfoKey: Any], depth: Int) {
    self.value = value
    self.path = path
    self.userInfo = userInfo
    self.depth = depth
  }

  func nested(_ value: JSONValue, _ key: CodingPath.Step) -> ValueDecoder {
    ValueDecoder(value: value, path: CodingPath(path, key), userInfo: userInfo, depth: depth + 1)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let object) = value else { throw mismatch(JSONObject.self, "an object") }
    return KeyedDecodingContainer(KeyedValueContainer(decoder: self, object: object))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let elements) = value else { throw mismatch([JSONValue].self, "an array") }
    return UnkeyedValueContainer(decoder: self, elements: elements)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { SingleValueContainer(decoder: self) }

  /// The value as a `T`: primitives at once, others through their own coding.
  @inline(__always)
  func unbox<T: Decodable>(_ type: T.Type) throws -> T {
    if T.self == String.self, case .string(let value) = value, let value = value as? T { return value }
    if T.self == Bool.self, case .bool(let value) = value, let value = value as? T { return value }
    if T.self == Int.self, case .integer(let value) = value, let value = Int(exactly: value) as? T { return value }
    if T.self == Double.self, case .double(let value) = value, let value = value as? T { return value }
    return try unboxSlowly(type)
  }

  private func unboxSlowly<T: Decodable>(_ type: T.Type) throws -> T {
    if let primitive = type as? any Primitive.Type { return try unbox(primitive, as: type) }
    do {
      if let decoded = try FoundationTypes.decode(type, from: value) { return decoded }
    } catch {
      if error.isMismatch { throw DecodingError.typeMismatch(type, context(error.detail)) }
      throw DecodingError.dataCorrupted(context(error.detail))
    }
    guard depth <= JSONLimits.depthCeiling else {
      throw DecodingError.dataCorrupted(context("The value is nested more than \(JSONLimits.depthCeiling) levels deep."))
    }
    return try T(from: self)
  }

  private func unbox<P: Primitive, T>(_ primitive: P.Type, as type: T.Type) throws -> T {
    if let result = P(json: value) as? T { return result }
    if value.isNull {
      throw DecodingError.valueNotFound(type, context("Expected \(P.phrase), found null."))
    }
    guard P.kind == value.kind else { throw mismatch(type, P.phrase) }
    throw DecodingError.dataCorrupted(context("The number \(value) is no \(type)."))
  }

  func context(_ detail: String) -> DecodingError.Context {
    DecodingError.Context(codingPath: codingPath, debugDescription: detail)
  }

  private func mismatch(_ type: any Any.Type, _ expected: String) -> DecodingError {
    if value.isNull { return .valueNotFound(type, context("Expected \(expected), found null.")) }
    return .typeMismatch(type, context("Expected \(expected), found \(value.kind.phrase)."))
  }
}

/// A type that one JSON value holds without any coding of its own.
private protocol Primitive {
  static var kind: JSONKind { get }
  static var phrase: String { get }
  init?(json: JSONValue)
}

extension Primitive where Self: FixedWidthInteger {
  static var kind: JSONKind { .number }
  static var phrase: String { "an integer" }
  init?(json: JSONValue) {
    switch json {
    case .integer(let value): self.init(exactly: value)
    case .double(let value): self.init(exactly: value)
    case .bigNumber(let text): self.init(text)
    default: return nil
    }
  }
}

extension Int: Primitive {}
extension Int8: Primitive {}
extension Int16: Primitive {}
extension Int32: Primitive {}
extension Int64: Primitive {}
extension Int128: Primitive {}
extension UInt: Primitive {}
extension UInt8: Primitive {}
extension UInt16: Primitive {}
extension UInt32: Primitive {}
extension UInt64: Primitive {}
extension UInt128: Primitive {}

extension Double: Primitive {
  fileprivate static var kind: JSONKind { .number }
  fileprivate static var phrase: String { "a number" }
  fileprivate init?(json: JSONValue) {
    guard let value = json.double else { return nil }
    self = value
  }
}

extension Float: Primitive {
  fileprivate static var kind: JSONKind { .number }
  fileprivate static var phrase: String { "a number" }
  fileprivate init?(json: JSONValue) {
    // The shortest text of the double avoids rounding twice.
    guard let value = json.double, let narrow = Float(value.description), narrow.isFinite else { return nil }
    self = narrow
  }
}

extension Bool: Primitive {
  fileprivate static var kind: JSONKind { .bool }
  fileprivate static var phrase: String { "a boolean" }
  fileprivate init?(json: JSONValue) {
    guard let value = json.bool else { return nil }
    self = value
  }
}

extension String: Primitive {
  fileprivate static var kind: JSONKind { .string }
  fileprivate static var phrase: String { "a string" }
  fileprivate init?(json: JSONValue) {
    guard let value = json.string else { return nil }
    self = value
  }
}

extension JSONValue: Primitive {
  fileprivate static var kind: JSONKind { .object }
  fileprivate static var phrase: String { "a value" }
  fileprivate init?(json: JSONValue) { self = json }
}

extension JSONFragment: Primitive {
  fileprivate static var kind: JSONKind { .object }
  fileprivate static var phrase: String { "a value" }
  fileprivate init?(json: JSONValue) { self.init(json) }
}
