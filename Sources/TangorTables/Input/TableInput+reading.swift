extension TableInput {
  /// The rows for a table that is not there yet, whose columns are those of the input.
  ///
  /// - Throws: When the input is not what it is said to be.
  func newTable(index: String?) throws(TableError) -> Batch {
    var batch = try read(schema: nil, index: index)
    // What wrote the text put the rows' keys in front of the columns.
    if case .csv = content { batch.columns.removeAll { $0.name == TableCore.keyColumn } }
    guard !batch.columns.isEmpty else {
      throw TableError("There is no column in the rows; make the table with `Table(schema:)`, and update it when there are rows")
    }
    return batch
  }

  /// The rows for a table.
  ///
  /// - Throws: When the input is not what it is said to be, or does not fit.
  package func update(_ table: Table) throws(TableError) -> Batch {
    let schema = table.updateSchema
    let batch = try read(schema: schema, index: table.index)
    guard case .batch = content else { return batch }
    for column in batch.columns {
      guard let kind = schema[column.name], !column.values.fits(kind) else { continue }
      throw TableError("Column `\(column.name)` of the table has \(kind.words) and gets \(column.values.kind.words); convert them first")
    }
    return batch
  }

  private func read(schema: Schema?, index: String?) throws(TableError) -> Batch {
    switch content {
    case .batch(let batch): return try batch.get()
    case .csv(let bytes): return try Self.with(bytes) { bytes throws(TableError) in try CSVReader.read(bytes, schema: schema) }
    case .json(let bytes, let lists):
      return try Self.with(bytes) { bytes throws(TableError) in
        switch bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
        case 0x5B: try JSONTableReader.rows(bytes, schema: schema, listFlatten: lists, index: index)
        case 0x7B: try JSONTableReader.columns(bytes, schema: schema, listFlatten: lists, index: index)
        default: throw TableError("The JSON of a table is a list of rows, `[{\"a\": 1}]`, or an object of columns, `{\"a\": [1]}`")
        }
      }
    case .lines(let bytes, let lists):
      return try Self.with(bytes) { bytes throws(TableError) in
        try JSONTableReader.ndjson(bytes, schema: schema, listFlatten: lists, index: index)
      }
    case .arrow(let bytes, let lists): return try ArrowReader.read(bytes, listFlatten: lists, index: index)
    }
  }

  private static func with(
    _ bytes: Vector<UInt8>, _ read: (UnsafeRawBufferPointer) throws(TableError) -> Batch
  ) throws(TableError) -> Batch {
    let result: Result<Batch, TableError> = bytes.withUnsafeBufferPointer { bytes in
      do throws(TableError) { return .success(try read(UnsafeRawBufferPointer(bytes))) } catch { return .failure(error) }
    }
    return try result.get()
  }
}

extension BatchValues {
  /// Whether a column of a kind takes the values.
  fileprivate func fits(_ kind: ColumnKind) -> Bool {
    if case .null = self { return true }
    switch (self.kind.type, kind.type) {
    case (.integer, .float), (.float, .integer), (.date, .datetime), (.datetime, .date): return true
    case (let one, let other): return one == other
    }
  }
}
