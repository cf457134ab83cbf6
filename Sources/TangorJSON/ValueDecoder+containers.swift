struct KeyedValueContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: ValueDecoder
  let object: JSONObject

  var codingPath: [any CodingKey] { decoder.codingPath }
  var allKeys: [Key] { object.compactMap { Key(stringValue: $0.key) } }

  func contains(_ key: Key) -> Bool { object[key.stringValue] != nil }

  func decodeNil(forKey key: Key) throws -> Bool { try value(key).isNull }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    let value = try value(key)
    if T.self == String.self, case .string(let value) = value, let value = value as? T { return value }
    if T.self == Int.self, case .integer(let value) = value, let value = Int(exactly: value) as? T { return value }
    return try decoder.nested(value, CodingPath.Step(key)).unbox(type)
  }

  private func value(_ key: Key) throws -> JSONValue {
    if let value = object[key.stringValue] { return value }
    throw DecodingError.keyNotFound(key, decoder.context("The object has no member \"\(key.stringValue)\"."))
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
    try decoder.nested(value(key), CodingPath.Step(key)).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder.nested(value(key), CodingPath.Step(key)).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { decoder.nested(object["super"] ?? .null, .super) }

  func superDecoder(forKey key: Key) throws -> any Decoder { decoder.nested(object[key.stringValue] ?? .null, CodingPath.Step(key)) }
}

struct UnkeyedValueContainer: UnkeyedDecodingContainer {
  let decoder: ValueDecoder
  let elements: [JSONValue]
  private(set) var currentIndex = 0

  init(decoder: ValueDecoder, elements: [JSONValue]) {
    self.decoder = decoder
    self.elements = elements
  }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  /// The next element; the place moves on only after the element was decoded.
  private func next(_ type: any Any.Type) throws -> ValueDecoder {
    let key = CodingPath.Step(intValue: currentIndex)
    guard !isAtEnd else {
      let path = decoder.codingPath + [key]
      let detail = "The array has no more than \(elements.count) elements."
      throw DecodingError.valueNotFound(type, DecodingError.Context(codingPath: path, debugDescription: detail))
    }
    return decoder.nested(elements[currentIndex], key)
  }

  mutating func decodeNil() throws -> Bool {
    guard try next(JSONValue.self).value.isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let result = try next(type).unbox(type)
    currentIndex += 1
    return result
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    let container = try next(JSONObject.self).container(keyedBy: type)
    currentIndex += 1
    return container
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try next([JSONValue].self).unkeyedContainer()
    currentIndex += 1
    return container
  }

  mutating func superDecoder() throws -> any Decoder {
    let nested = try next(JSONValue.self)
    currentIndex += 1
    return nested
  }
}

struct SingleValueContainer: SingleValueDecodingContainer {
  let decoder: ValueDecoder

  var codingPath: [any CodingKey] { decoder.codingPath }

  func decodeNil() -> Bool { decoder.value.isNull }

  func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.unbox(type) }
}
