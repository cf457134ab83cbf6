extension Schema {
  /// The columns that rows of a type have, in the order in which the type reads its properties.
  ///
  /// ```swift
  /// struct Trade: Codable { var id: Int, symbol: String, price: Double? }
  /// let trades = try Table(schema: Schema(of: Trade.self), index: "id")  // int64, string, float64
  /// ```
  ///
  /// Enums with raw values are `CaseIterable` or ``CellConvertible``, unless they are optional: some value of them is needed.
  ///
  /// - Parameter type: A type whose properties are single values. Its `init(from:)` is called with sample values.
  /// - Throws: When a property is a list or has properties of its own, or when the type takes none of the sample values.
  public init(of type: (some Decodable).Type) throws(TableError) {
    let probe = SchemaProbe()
    do {
      _ = try type.init(from: probe)
    } catch let error as TableError {
      throw error
    } catch {
      throw TableError("The columns of `\(type)` do not show by themselves (\(error)); list them: `Schema([.init(\"id\", .int64), …])`")
    }
    guard !probe.columns.isEmpty else { throw TableError.rowIsNoStruct }
    self.init(probe.columns)
  }
}

/// Takes down what a type reads, and answers with samples.
private final class SchemaProbe: Decoder {
  private(set) var columns: [Schema.Column] = []
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(ProbeContainer(probe: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw TableError.rowIsNoStruct }
  func singleValueContainer() throws -> any SingleValueDecodingContainer { ProbeRow(probe: self) }

  func note(_ name: String, _ kind: ColumnKind) {
    guard !columns.contains(where: { $0.name == name }) else { return }
    columns.append(Schema.Column(name, kind))
  }
}

private struct ProbeRow: SingleValueDecodingContainer {
  let probe: SchemaProbe
  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { false }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    guard CellType.kind(of: type) == nil else { throw TableError.rowIsNoStruct }
    return try Value(from: probe)
  }
}

private struct ProbeContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let probe: SchemaProbe
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { [] }

  func contains(_ key: Key) -> Bool { true }
  func decodeNil(forKey key: Key) throws -> Bool { false }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    let cell = CellProbe(name: key.stringValue)
    let value = try cell.read(type)
    guard let kind = cell.kind else { throw TableError.nested(key.stringValue) }
    probe.note(key.stringValue, kind)
    return value
  }

  func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
    guard let kind = CellType.kind(of: type) else { return try decode(type, forKey: key) }
    probe.note(key.stringValue, kind)
    return nil
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
    throw TableError.nested(key.stringValue)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw TableError.nested(key.stringValue) }
  func superDecoder() throws -> any Decoder { throw TableError.nested("super") }
  func superDecoder(forKey key: Key) throws -> any Decoder { throw TableError.nested(key.stringValue) }
}

/// One cell of the samples.
private final class CellProbe: Decoder, SingleValueDecodingContainer {
  private(set) var kind: ColumnKind?
  private let name: String
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  init(name: String) { self.name = name }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> { throw TableError.nested(name) }
  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw TableError.nested(name) }
  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }
  func decodeNil() -> Bool { false }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try read(type) }

  func read<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if let kind = CellType.kind(of: type) { self.kind = kind }
    if let sample = CellType.firstCase(of: type) as? Value { return sample }
    if let convertible = type as? any CellConvertible.Type, let sample = convertible.init(cell: convertible.cellKind.sample) as? Value {
      return sample
    }
    return try Value(from: self)
  }
}
