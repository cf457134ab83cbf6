/// Writes a value of an `Encodable` type into the columns of a batch, as a row.
struct RowEncoder: Encoder {
  let columns: RowColumns
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(RowEncodingContainer<Key>(columns: columns))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer { RefusedList(.rowIsNoStruct) }

  func singleValueContainer() -> any SingleValueEncodingContainer { WrappedRow(encoder: self) }

  /// - Throws: `TableError`, or what the rows' own code throws.
  static func batch<Row: Encodable>(_ rows: some Sequence<Row>, nils: NilMeaning) throws -> Batch {
    let columns = RowColumns(nils: nils)
    let encoder = RowEncoder(columns: columns)
    for row in rows {
      try row.encode(to: encoder)
      columns.endRow()
    }
    return columns.finish()
  }
}

/// A row that encodes itself as another value.
private struct WrappedRow: SingleValueEncodingContainer {
  let encoder: RowEncoder
  var codingPath: [any CodingKey] { [] }

  mutating func encodeNil() throws { throw TableError.rowIsNoStruct }

  mutating func encode<Value: Encodable>(_ value: Value) throws {
    guard CellType.kind(of: Value.self) == nil else { throw TableError.rowIsNoStruct }
    try value.encode(to: encoder)
  }
}

private struct RowEncodingContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let columns: RowColumns
  var codingPath: [any CodingKey] { [] }

  mutating func encodeNil(forKey key: Key) throws { try columns.column(key.stringValue).appendNull() }

  mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    try CellEncoder.write(value, to: columns.column(key.stringValue))
  }

  mutating func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try writeIfPresent(value, key) }
  mutating func encodeIfPresent(_ value: String?, forKey key: Key) throws { try writeIfPresent(value, key) }
  mutating func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try writeIfPresent(value, key) }
  mutating func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try writeIfPresent(value, key) }
  mutating func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try writeIfPresent(value, key) }
  mutating func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try writeIfPresent(value, key) }
  mutating func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try writeIfPresent(value, key) }
  mutating func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try writeIfPresent(value, key) }
  mutating func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try writeIfPresent(value, key) }
  mutating func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try writeIfPresent(value, key) }
  mutating func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try writeIfPresent(value, key) }
  mutating func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try writeIfPresent(value, key) }
  mutating func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try writeIfPresent(value, key) }
  mutating func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try writeIfPresent(value, key) }
  mutating func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws { try writeIfPresent(value, key) }

  @inline(__always)
  private func writeIfPresent<Value: Encodable>(_ value: Value?, _ key: Key) throws {
    let column = columns.column(key.stringValue)
    if let value {
      try CellEncoder.write(value, to: column)
    } else {
      let kind = CellType.kind(of: Value.self)
      if columns.nils == .clears { try column.appendNull(kind) } else { try column.note(kind) }
    }
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
    KeyedEncodingContainer(RefusedObject(.nested(key.stringValue)))
  }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { RefusedList(.nested(key.stringValue)) }
  mutating func superEncoder() -> any Encoder { CellEncoder(column: columns.column("super")) }
  mutating func superEncoder(forKey key: Key) -> any Encoder { CellEncoder(column: columns.column(key.stringValue)) }
}

extension TableError {
  static let rowIsNoStruct = TableError("A row is a struct whose properties are columns; give rows of such a type")

  /// - Parameter name: The column in which something lies that is no single value.
  static func nested(_ name: String) -> TableError {
    TableError("`\(name)` is a list or has properties of its own, and a cell holds one value; leave it out of `CodingKeys`, or flatten it")
  }
}
