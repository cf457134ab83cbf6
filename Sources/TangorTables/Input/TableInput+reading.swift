extension TableInput {
  /// The rows for a table that is not there yet, whose columns are those of the input.
  ///
  /// - Throws: When the input is not what it is said to be.
  func newTable(index: String?) throws(TableError) -> Batch {
    var batch = try read(schema: nil, index: index)
    // What wrote the text put the rows' keys in front of the columns.
    if case .bytes(_, .csv, _) = content { batch.columns.removeAll { $0.name == TableCore.keyColumn } }
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
    case .batch(let batch): try batch.get()
    case .bytes(let bytes, let format, let lists): try format.read(bytes, schema: schema, listFlatten: lists, index: index)
    }
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
