/// A write that waits for the poll.
enum PendingChange {
  case write(PreparedBatch, port: Int)
  case remove([RowKey])
  case replace(PreparedBatch)
  case clear
}

/// A key by which somebody names a row of a table with an index.
enum RowKey: Hashable {
  case null
  case text(String)
  /// The sort key of a value of the index column's kind.
  case value(UInt64)
}

/// A batch that fits its table.
struct PreparedBatch {
  let rowCount: Int
  /// By the table's columns.
  let cells: [(column: Int, cells: ColumnCells)]
  /// Keys given apart from the columns, of the index column's kind, or numbers of rows.
  let keys: ColumnCells?

  init(_ batch: Batch, for table: TableCore) throws(TableError) {
    rowCount = batch.rowCount
    var cells: [(column: Int, cells: ColumnCells)] = []
    var keys: ColumnCells?
    for column in batch.columns {
      if let position = table.position(of: column.name) {
        let converted = try Coercion.cells(column, rows: batch.rowCount, to: table.columns[position].kind)
        cells.append((position, converted))
      } else if column.name == TableCore.keyColumn {
        keys = try Coercion.cells(column, rows: batch.rowCount, to: table.indexColumn.map { table.columns[$0].kind } ?? .int64)
      }
    }
    self.cells = cells
    self.keys = keys
  }
}

extension ColumnCells {
  /// Whether a row has a value.
  func hasValue(_ row: Int) -> Bool { values != nil && validity?[row] != false && presence?[row] != false }

  /// Whether a row says something.
  func isPresent(_ row: Int) -> Bool { presence?[row] != false }

  /// The sort key of a row's value, for anything but texts.
  func sortKey(_ row: Int) -> UInt64 {
    switch values {
    case .int8(let vector): vector[row].sortKey
    case .int16(let vector): vector[row].sortKey
    case .int32(let vector): vector[row].sortKey
    case .int64(let vector): vector[row].sortKey
    case .uint8(let vector): vector[row].sortKey
    case .uint16(let vector): vector[row].sortKey
    case .uint32(let vector): vector[row].sortKey
    case .uint64(let vector): vector[row].sortKey
    case .float32(let vector): vector[row].sortKey
    case .float64(let vector): vector[row].sortKey
    case .text, .dictionary, nil: 0
    }
  }

  func integer(_ row: Int) -> Int64 {
    if case .int64(let vector) = values { vector[row] } else { 0 }
  }
}
