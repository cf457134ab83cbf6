/// The encoder of one value. It opens at most one container in its buffer, and `close` ends it.
final class ValueEncoder: Encoder {
  private enum Container { case none, keyed, unkeyed, single }

  let buffer: EncodingBuffer
  let path: CodingPath?
  let depth: Int
  private var container = Container.none
  fileprivate(set) var count = 0

  init(buffer: EncodingBuffer, path: CodingPath?, depth: Int) {
    self.buffer = buffer
    self.path = path
    self.depth = depth
  }

  var codingPath: [any CodingKey] { CodingPath.keys(path) }
  var userInfo: [CodingUserInfoKey: Any] { buffer.session.userInfo }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(KeyedContainer(encoder: open(.keyed)))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer { UnkeyedContainer(encoder: open(.unkeyed)) }

  func singleValueContainer() -> any SingleValueEncodingContainer { SingleContainer(encoder: self) }

  /// Opens a container, or goes on with an open one of the same kind, as subclasses do with their superclass's.
  ///
  /// - Returns: this encoder, or one whose output is dropped after a misuse
  private func open(_ kind: Container) -> ValueEncoder {
    if container == kind { return self }
    guard container == .none else {
      refuse("The value asked for containers of different kinds.")
      return ValueEncoder(buffer: EncodingBuffer(buffer.session), path: path, depth: depth)
    }
    container = kind
    if kind == .keyed { buffer.writer.beginObject() } else { buffer.writer.beginArray() }
    return self
  }

  private func refuse(_ detail: String) {
    guard buffer.session.failure == nil else { return }
    buffer.session.failure = .invalidValue(JSONValue.null, .init(codingPath: codingPath, debugDescription: detail))
  }

  fileprivate func beginSingle() throws {
    guard container == .none else {
      let detail = "The value was encoded more than once into one place."
      throw EncodingError.invalidValue(JSONValue.null, .init(codingPath: codingPath, debugDescription: detail))
    }
    container = .single
  }

  /// Ends what was opened; a value that encoded nothing is an empty object.
  func close() {
    switch container {
    case .none: buffer.writer.writeRaw("{}".utf8)
    case .keyed: buffer.writer.endObject()
    case .unkeyed: buffer.writer.endArray()
    case .single: break
    }
    container = .single
  }

  /// Writes a value at this place: primitives at once, others through their own coding.
  @inline(__always)
  fileprivate func put<T: Encodable>(_ value: T, key: @autoclosure () -> CodingPath.Step?) throws {
    if T.self == String.self, let value = value as? String { return buffer.writer.write(value) }
    if T.self == Int.self, let value = value as? Int { return buffer.writer.write(value) }
    if T.self == Double.self, let value = value as? Double { return buffer.writer.write(value) }
    if T.self == Bool.self, let value = value as? Bool { return buffer.writer.write(value) }
    try buffer.encode(value, path: path, key: key(), depth: depth)
  }
}

private struct KeyedContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let encoder: ValueEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }

  func encodeNil(forKey key: Key) {
    encoder.buffer.writer.writeKey(key.stringValue)
    encoder.buffer.writer.writeNull()
  }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    encoder.buffer.writer.writeKey(key.stringValue)
    try encoder.put(value, key: CodingPath.Step(key))
  }

  private func nest(_ key: CodingPath.Step) -> ValueEncoder {
    encoder.buffer.writer.writeKey(key.stringValue)
    return encoder.buffer.nest(path: encoder.path, key: key, depth: encoder.depth)
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
    nest(CodingPath.Step(key)).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { nest(CodingPath.Step(key)).unkeyedContainer() }
  func superEncoder() -> any Encoder { nest(.super) }
  func superEncoder(forKey key: Key) -> any Encoder { nest(CodingPath.Step(key)) }
}

private struct UnkeyedContainer: UnkeyedEncodingContainer {
  let encoder: ValueEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }
  var count: Int { encoder.count }

  func encodeNil() {
    encoder.count += 1
    encoder.buffer.writer.writeNull()
  }

  func encode<T: Encodable>(_ value: T) throws {
    try encoder.put(value, key: CodingPath.Step(intValue: encoder.count))
    encoder.count += 1
  }

  private func nest() -> ValueEncoder {
    defer { encoder.count += 1 }
    return encoder.buffer.nest(path: encoder.path, key: CodingPath.Step(intValue: encoder.count), depth: encoder.depth)
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> { nest().container(keyedBy: type) }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nest().unkeyedContainer() }
  func superEncoder() -> any Encoder { nest() }
}

private struct SingleContainer: SingleValueEncodingContainer {
  let encoder: ValueEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }

  func encodeNil() throws {
    try encoder.beginSingle()
    encoder.buffer.writer.writeNull()
  }

  func encode<T: Encodable>(_ value: T) throws {
    try encoder.beginSingle()
    try encoder.put(value, key: nil)
  }
}
