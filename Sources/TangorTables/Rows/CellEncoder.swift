/// Writes a value of an `Encodable` type into one cell.
struct CellEncoder: Encoder {
  let column: CellBuilder
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(RefusedObject(.nested(column.name)))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer { RefusedList(.nested(column.name)) }

  func singleValueContainer() -> any SingleValueEncodingContainer { CellEncodingContainer(column: column) }

  /// Appends a value to a column.
  ///
  /// - Throws: When the value is not a single one, or goes with the column's others as little as with each other.
  @inline(__always)
  static func write<Value: Encodable>(_ value: Value, to column: CellBuilder) throws {
    // What is compared here is known where the generic code is specialized, which leaves one of the branches.
    if Value.self == Int.self, let value = value as? Int {
      try column.append(integer: Int64(value), .int64)
    } else if Value.self == Double.self, let value = value as? Double {
      try column.append(double: value, .float64)
    } else if Value.self == String.self, let value = value as? String {
      try column.append(text: value)
    } else {
      try writeRest(value, to: column)
    }
  }

  private static func writeRest<Value: Encodable>(_ value: Value, to column: CellBuilder) throws {
    if let value = value as? any CellConvertible {
      return try column.append(value.cell, type(of: value).cellKind)
    }
    let before = column.count
    try value.encode(to: CellEncoder(column: column))
    guard column.count == before + 1 else { throw TableError.nested(column.name) }
  }
}

private struct CellEncodingContainer: SingleValueEncodingContainer {
  let column: CellBuilder
  var codingPath: [any CodingKey] { [] }

  mutating func encodeNil() throws { try column.appendNull() }
  mutating func encode<Value: Encodable>(_ value: Value) throws { try CellEncoder.write(value, to: column) }
}

/// Takes nothing: stands where a value has parts of its own.
struct RefusedObject<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let error: TableError
  var codingPath: [any CodingKey] { [] }

  init(_ error: TableError) { self.error = error }

  mutating func encodeNil(forKey key: Key) throws { throw error }
  mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws { throw error }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
    KeyedEncodingContainer(RefusedObject<Nested>(error))
  }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { RefusedList(error) }
  mutating func superEncoder() -> any Encoder { RefusedEncoder(error: error) }
  mutating func superEncoder(forKey key: Key) -> any Encoder { RefusedEncoder(error: error) }
}

/// Takes nothing: stands where a value is a list.
struct RefusedList: UnkeyedEncodingContainer {
  let error: TableError
  var codingPath: [any CodingKey] { [] }
  var count: Int { 0 }

  init(_ error: TableError) { self.error = error }

  mutating func encodeNil() throws { throw error }
  mutating func encode<Value: Encodable>(_ value: Value) throws { throw error }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    KeyedEncodingContainer(RefusedObject<Nested>(error))
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { RefusedList(error) }
  mutating func superEncoder() -> any Encoder { RefusedEncoder(error: error) }
}

private struct RefusedEncoder: Encoder, SingleValueEncodingContainer {
  let error: TableError
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> { KeyedEncodingContainer(RefusedObject(error)) }
  func unkeyedContainer() -> any UnkeyedEncodingContainer { RefusedList(error) }
  func singleValueContainer() -> any SingleValueEncodingContainer { self }
  mutating func encodeNil() throws { throw error }
  mutating func encode<Value: Encodable>(_ value: Value) throws { throw error }
}
