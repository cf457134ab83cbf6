/// Rows for a table, in any of the forms that it takes.
///
/// ```swift
/// let trades = try Table(.csv(text), index: "id")
/// try await trades.update(.rows([Trade(id: 1, price: 9.5)]))
/// try await trades.update(.json(#"[{"id": 1, "price": 10}]"#))
/// ```
///
/// In an update, columns that the table does not have are passed over, columns that the input does not have keep their values, and cells
/// that are null lose theirs.
public struct TableInput: Sendable {
  enum Content {
    case batch(Result<Batch, TableError>)
    case bytes(Vector<UInt8>, TableFormat, ListFlatten)
  }

  let content: Content

  // MARK: Swift values

  /// Values of a type whose properties are columns.
  ///
  /// Properties are numbers, `Bool`, `String`, ``Timestamp``, ``CalendarDate``, other ``CellConvertible`` types, enums with such raw values,
  /// and optionals of them. Types that write themselves with `encode(to:)` may leave keys out: such a cell keeps its value, whatever `nils`
  /// says, and `encodeNil(forKey:)` always clears it.
  ///
  /// - Parameters:
  ///   - rows: They are read at once; the input keeps nothing of them.
  ///   - nils: What an optional property that is nil says: that the cell has no value, or nothing.
  /// - Throws: `TableError` when a property is no single value, or a property has values of several types; what the rows' own code throws.
  public static func rows<Row: Encodable>(_ rows: some Sequence<Row>, nils: NilMeaning = .clears) throws -> TableInput {
    var batch = try RowEncoder.batch(rows, nils: nils)
    if batch.rowCount == 0, let type = Row.self as? any Decodable.Type, let schema = try? Schema(of: type) {
      batch.columns = schema.columns.map { BatchColumn($0.name, [], kind: $0.kind) }
    }
    return TableInput(content: .batch(.success(batch)))
  }

  /// Columns of equal length, by name.
  ///
  /// What is wrong with them is thrown by the table that gets them.
  public static func columns(_ columns: KeyValuePairs<String, TableColumn>) -> TableInput {
    Self.columns(columns.map { (name: $0.key, values: $0.value) })
  }

  /// Columns of equal length, where names are not known beforehand.
  ///
  /// What is wrong with them is thrown by the table that gets them.
  public static func columns(_ columns: [(name: String, values: TableColumn)]) -> TableInput {
    TableInput(content: .batch(Result { () throws(TableError) in try TableColumn.batch(columns) }))
  }

  // MARK: Formats

  /// Comma-separated values with a header, in UTF-8. What is wrong with the text is thrown by the table that gets it; so below.
  public static func csv(_ bytes: some Collection<UInt8>) -> TableInput { TableInput(content: .bytes(Vector(bytes), .csv, .zip)) }

  public static func csv(_ text: String) -> TableInput { csv(text.utf8) }

  /// One JSON text: a list with an object for each row, or an object with a list for each column.
  ///
  /// - Parameters:
  ///   - bytes: In UTF-8.
  ///   - lists: What lists within rows become.
  public static func json(_ bytes: some Collection<UInt8>, lists: ListFlatten = .zip) -> TableInput {
    switch bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
    case 0x5B: return TableInput(content: .bytes(Vector(bytes), .rows, lists))
    case 0x7B: return TableInput(content: .bytes(Vector(bytes), .columns, lists))
    default:
      let error = TableError("The JSON of a table is a list of rows, `[{\"a\": 1}]`, or an object of columns, `{\"a\": [1]}`")
      return TableInput(content: .batch(.failure(error)))
    }
  }

  public static func json(_ text: String, lists: ListFlatten = .zip) -> TableInput { json(text.utf8, lists: lists) }

  /// A JSON object to a line.
  ///
  /// - Parameters:
  ///   - bytes: In UTF-8.
  ///   - lists: What lists within rows become.
  public static func ndjson(_ bytes: some Collection<UInt8>, lists: ListFlatten = .zip) -> TableInput {
    TableInput(content: .bytes(Vector(bytes), .lines, lists))
  }

  public static func ndjson(_ text: String, lists: ListFlatten = .zip) -> TableInput { ndjson(text.utf8, lists: lists) }

  /// An Arrow IPC stream or file.
  ///
  /// - Parameters:
  ///   - bytes: They are copied once.
  ///   - lists: What lists within rows become.
  public static func arrow(_ bytes: some Collection<UInt8>, lists: ListFlatten = .zip) -> TableInput {
    TableInput(content: .bytes(Vector(bytes), .arrow, lists))
  }
}
