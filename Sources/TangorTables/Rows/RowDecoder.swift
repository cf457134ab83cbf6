/// Reads a value of a `Decodable` type from a row of columns.
struct RowDecoder: Decoder {
  let cursor: RowCursor
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(RowDecodingContainer(cursor: cursor))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw TableError.rowIsNoStruct }
  func singleValueContainer() throws -> any SingleValueDecodingContainer { WrappedRow(decoder: self) }
}

/// A row that is read as another value.
private struct WrappedRow: SingleValueDecodingContainer {
  let decoder: RowDecoder
  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { false }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    guard CellType.kind(of: type) == nil else { throw TableError.rowIsNoStruct }
    return try Value(from: decoder)
  }
}

private struct RowDecodingContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let cursor: RowCursor
  var codingPath: [any CodingKey] { [] }

  var allKeys: [Key] { cursor.index.columns.compactMap { Key(stringValue: $0.name) } }

  func contains(_ key: Key) -> Bool { cursor.place(of: key.stringValue) != nil }

  func decodeNil(forKey key: Key) throws -> Bool {
    guard let place = cursor.place(of: key.stringValue) else { return true }
    return !cursor.index.columns[place].hasValue(cursor.row)
  }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    guard let place = cursor.place(of: key.stringValue) else { throw cursor.index.missing(key.stringValue) }
    return try CellDecoder(column: cursor.index.columns[place], row: cursor.row).read(type)
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
    throw TableError.nested(key.stringValue)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw TableError.nested(key.stringValue) }
  func superDecoder() throws -> any Decoder { throw TableError.nested("super") }
  func superDecoder(forKey key: Key) throws -> any Decoder { throw TableError.nested(key.stringValue) }
}
