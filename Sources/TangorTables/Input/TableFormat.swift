/// How bytes hold rows.
package enum TableFormat: Sendable, Hashable {
  /// Comma-separated values.
  case csv
  /// A JSON list with an object for each row.
  case rows
  /// A JSON object with a list for each column.
  case columns
  /// A JSON object to a line.
  case lines
  /// An Arrow IPC stream or file.
  case arrow

  /// Reads the rows.
  ///
  /// - Parameters:
  ///   - bytes: What holds them.
  ///   - schema: What the table takes that they are for; nil to find out by the rows. Arrow tells its own.
  ///   - listFlatten: What lists within rows become.
  ///   - index: The table's index column.
  ///   - compression: Reads compressed Arrow; nil where none can be read.
  /// - Throws: When the bytes are not what they are said to be, or do not fit the schema.
  package func read(
    _ bytes: Vector<UInt8>, schema: Schema?, listFlatten: ListFlatten, index: String?,
    compression: (any ArrowCompression)? = ArrowCodecs.available
  ) throws(TableError) -> Batch {
    if self == .arrow { return try ArrowReader.read(bytes, listFlatten: listFlatten, index: index, compression: compression) }
    let result: Result<Batch, TableError> = bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(TableError) in try read(UnsafeRawBufferPointer(buffer), schema, listFlatten, index) }
    }
    return try result.get()
  }

  private func read(
    _ text: UnsafeRawBufferPointer, _ schema: Schema?, _ listFlatten: ListFlatten, _ index: String?
  ) throws(TableError) -> Batch {
    switch self {
    case .csv, .arrow: try CSVReader.read(text, schema: schema)
    case .rows: try JSONTableReader.rows(text, schema: schema, listFlatten: listFlatten, index: index)
    case .columns: try JSONTableReader.columns(text, schema: schema, listFlatten: listFlatten, index: index)
    case .lines: try JSONTableReader.ndjson(text, schema: schema, listFlatten: listFlatten, index: index)
    }
  }
}
