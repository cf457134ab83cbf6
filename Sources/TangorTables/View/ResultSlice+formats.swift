extension ResultSlice {
  /// For JSON in its three shapes.
  ///
  /// - Parameters:
  ///   - ids: Whether `__ID__` is wanted; the slice was made with its keys then.
  ///   - index: Whether `__INDEX__` is wanted; likewise.
  ///   - isFormatted: Whether dates and moments are texts.
  package func json(ids: Bool = false, index: Bool = false, isFormatted: Bool = false) -> JSONText {
    var rows = ResultRows()
    if let rowPath { rows.paths = RowPaths(depths: Vector(rowPath.lengths.map { Int32($0) }), levels: rowPath.levels) }
    if ids { rows.ids = rowPath == nil ? keys.map { .own($0) } ?? ResultRows.Keys.none : .path }
    if index { rows.index = indexKeys }
    return JSONText(Batch(rowCount: rowCount, columns: columns.map { named($0.title, $0.values) }), rows: rows, isFormatted: isFormatted)
  }

  /// As CSV, the groups' keys as leading columns.
  package func csv() -> [UInt8] { CSVText.text(batch(machineNames: false)) }

  /// As an Arrow stream, the groups' keys as leading columns.
  ///
  /// - Parameters:
  ///   - machineNames: Whether those are called `__ROW_PATH_0__` and so on, and no column is renamed beside them.
  ///   - codec: How bodies are compressed, and what compresses them.
  /// - Throws: When compression fails, or a dictionary would have more than 2 GiB of text.
  package func arrow(
    machineNames: Bool = false, codec: (ArrowCodec, any ArrowCompression)? = nil
  ) throws(TableError) -> [UInt8] {
    try ArrowWriter.stream(batch(machineNames: machineNames), codec: codec)
  }

  /// Keys and values in one batch. A column that has the name of a key says by which aggregate it came about.
  func batch(machineNames: Bool) -> Batch {
    let names = rowPath?.names ?? []
    let keys = (rowPath?.levels ?? []).enumerated().map { level, column in
      named(machineNames ? "__ROW_PATH_\(level)__" : names[level], column)
    }
    let values = columns.map { column -> BatchColumn in
      var title = column.title
      if !machineNames, names.contains(title) || (!column.path.isEmpty && names.contains(column.name)), let aggregate = column.aggregate {
        title += " (\(aggregate))"
      }
      return named(title, column.values)
    }
    return Batch(rowCount: rowCount, columns: keys + values)
  }

  private func named(_ name: String, _ column: BatchColumn) -> BatchColumn {
    BatchColumn(name, column.values, validity: column.validity)
  }

  private var indexKeys: ResultRows.Keys {
    if let groupKeys, let first = groupKeys.first {
      var offsets: [Int64] = [0]
      for keys in groupKeys { offsets.append(offsets[offsets.count - 1] + Int64(keys.values.count)) }
      let cells = groupKeys.flatMap { keys in
        (0..<keys.values.count).map { keys.validity?[$0] == false ? .null : CellValue(keys.values, $0) ?? .null }
      }
      return .lists(offsets: Vector(offsets), BatchColumn(first.name, cells, kind: first.values.kind))
    }
    // Rows that are spread over splits have no keys of their own.
    if let keys, !columns.contains(where: { !$0.path.isEmpty }) { return .own(keys) }
    return .none
  }
}
