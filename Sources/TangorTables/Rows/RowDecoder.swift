/// Columns by their names, of which rows are read as values of Swift types.
final class ColumnIndex: Sendable {
  let rowCount: Int
  let columns: [BatchColumn]
  private let positions: [String: Int]

  /// - Parameter batch: Where names repeat, the first column counts.
  init(_ batch: Batch) {
    rowCount = batch.rowCount
    columns = batch.columns
    positions = Dictionary(columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  subscript(name: String) -> BatchColumn? { positions[name].map { columns[$0] } }

  /// All rows as values.
  ///
  /// - Throws: `TableError`, or what the type's own code throws.
  func rows<Row: Decodable>(as type: Row.Type) throws -> [Row] {
    var rows: [Row] = []
    rows.reserveCapacity(rowCount)
    for row in 0..<rowCount {
      do {
        rows.append(try Row(from: RowDecoder(columns: self, row: row)))
      } catch let error as DecodingError {
        throw TableError("Row \(row): \(error.sentence)")
      }
    }
    return rows
  }
}

/// Reads a value of a `Decodable` type from a row of columns.
struct RowDecoder: Decoder {
  let columns: ColumnIndex
  let row: Int
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(RowDecodingContainer(columns: columns, row: row))
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
  let columns: ColumnIndex
  let row: Int
  var codingPath: [any CodingKey] { [] }

  var allKeys: [Key] { columns.columns.compactMap { Key(stringValue: $0.name) } }

  func contains(_ key: Key) -> Bool { columns[key.stringValue] != nil }

  func decodeNil(forKey key: Key) throws -> Bool { columns[key.stringValue].map { $0.cell(row) == .null } ?? true }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    guard let column = columns[key.stringValue] else {
      throw TableError("There is no column `\(key.stringValue)`; the columns are \(columns.columns.map(\.name).listed)")
    }
    return try CellDecoder(cell: column.cell(row), name: column.name, row: row).read(type)
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
    throw TableError.nested(key.stringValue)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw TableError.nested(key.stringValue) }
  func superDecoder() throws -> any Decoder { throw TableError.nested("super") }
  func superDecoder(forKey key: Key) throws -> any Decoder { throw TableError.nested(key.stringValue) }
}

extension Sequence<String> {
  /// In a sentence: each in quotes, the first few.
  var listed: String {
    var names = prefix(21).map { "`\($0)`" }
    if names.count > 20 { names[20] = "…" }
    return names.isEmpty ? "none" : names.joined(separator: ", ")
  }
}

extension DecodingError {
  /// What is wrong, without the types that nobody asked for.
  fileprivate var sentence: String {
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context), .dataCorrupted(let context):
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? context.debugDescription : "`\(path)`: \(context.debugDescription)"
    @unknown default: return "\(self)"
    }
  }
}
