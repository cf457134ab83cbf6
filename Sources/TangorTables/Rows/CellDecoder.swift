/// Reads a value of a `Decodable` type from one cell.
struct CellDecoder: Decoder, SingleValueDecodingContainer {
  let column: BatchColumn
  let row: Int
  private var cell: CellValue { column.cell(row) }
  private var name: String { column.name }
  var codingPath: [any CodingKey] { [CellKey(stringValue: name)] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> { throw TableError.nested(name) }
  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw TableError.nested(name) }
  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { !column.hasValue(row) }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try read(type) }

  init(column: BatchColumn, row: Int) { (self.column, self.row) = (column, row) }

  /// - Throws: When the cell holds something else.
  @inline(__always)
  func read<Value: Decodable>(_ type: Value.Type) throws -> Value {
    // What is most often asked, without a look at what the type conforms to. Generic code that is specialized has one of the branches.
    if type == Int.self, case .int64(let values) = column.values, column.hasValue(row), let value = Int(values[row]) as? Value {
      return value
    }
    if type == Double.self, case .float64(let values) = column.values, column.hasValue(row), let value = values[row] as? Value {
      return value
    }
    if type == String.self, case .text(let text) = cell, let value = text as? Value { return value }
    return try readRest(type)
  }

  private func readRest<Value: Decodable>(_ type: Value.Type) throws -> Value {
    guard let convertible = type as? any CellConvertible.Type else { return try Value(from: self) }
    if let value = convertible.init(cell: cell) as? Value { return value }
    throw mismatch(type)
  }

  private func mismatch(_ type: Any.Type) -> TableError {
    guard cell != .null else {
      return TableError("Row \(row) has no value in column `\(name)`; make the property optional (`\(type)?`)")
    }
    return TableError("Row \(row) has \(cell.words) in column `\(name)`, which is no value of `\(type)`")
  }
}

private struct CellKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension CellValue {
  /// In a sentence.
  fileprivate var words: String {
    switch self {
    case .text(let text): "the text `\(text.prefix(100))`"
    default: pathText
    }
  }
}
