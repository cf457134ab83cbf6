import TangorJSON

/// Reads JSON into a batch: rows, columns, or a row to a line.
///
/// Without a schema a column's kind follows from its first value that is not null, and later values may widen it. With one, values are made to
/// fit, names that it does not know are left out (their rows count), and columns that the text does not speak of are not in the batch. Who
/// wants `__INDEX__` from an update puts it into the schema.
///
/// Objects within rows become columns named `outer.inner`. Lists make several rows of one, or become text, as the ``ListFlatten`` says.
package enum JSONTableReader {
  /// Reads `[{"a": 1}, {"a": 2}]`. Cells whose key is missing are absent, those with null are null.
  ///
  /// - Parameters:
  ///   - bytes: one JSON text in UTF-8
  ///   - schema: the kinds of the columns; nil to infer them
  ///   - listFlatten: what lists become
  ///   - index: the column of row keys, which lists must not repeat
  /// - Throws: ``TableError`` when the text is no JSON of this form, or a value does not fit its column
  package static func rows(
    _ bytes: UnsafeRawBufferPointer, schema: Schema? = nil, listFlatten: ListFlatten = .zip, index: String? = nil
  ) throws(TableError) -> Batch {
    try read {
      let rows = JSONRows(byteCount: bytes.count, schema: schema, listFlatten: listFlatten, index: index)
      try JSONReader.read(bytes) { reader in
        try reader.beginArray()
        while try reader.nextElement() { try rows.readRow(&reader, bytes) }
      }
      return try rows.finish()
    }
  }

  /// Reads an object to a line. Empty lines are left out.
  ///
  /// - Throws: ``TableError`` when a line is no object, or a value does not fit its column
  package static func ndjson(
    _ bytes: UnsafeRawBufferPointer, schema: Schema? = nil, listFlatten: ListFlatten = .zip, index: String? = nil
  ) throws(TableError) -> Batch {
    if let batch = parallelLines(bytes, schema, listFlatten, index) { return batch }
    return try read { try lines(bytes, schema, listFlatten, index) }
  }

  private static func lines(
    _ bytes: UnsafeRawBufferPointer, _ schema: Schema?, _ listFlatten: ListFlatten, _ index: String?
  ) throws -> Batch {
    let rows = JSONRows(byteCount: bytes.count, schema: schema, listFlatten: listFlatten, index: index)
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      if !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
        do {
          try JSONReader.read(line) { reader in try rows.readRow(&reader, line) }
        } catch let error as JSONError {
          throw JSONError(error.kind, at: start + error.offset, error.detail)
        }
      }
      start = end + 1
    }
    return try rows.finish()
  }

  /// Bytes that a thread reads for itself.
  private static let partLength = 1 << 20

  /// Reads parts of many lines on several threads.
  ///
  /// - Returns: nil where one reader must do it: for few lines, where anything is wrong with them, and where parts come out with other
  ///   columns than their neighbours, which one reader would have widened as it went.
  private static func parallelLines(
    _ bytes: UnsafeRawBufferPointer, _ schema: Schema?, _ listFlatten: ListFlatten, _ index: String?
  ) -> Batch? {
    let parallelism = Parallelism.current
    let length = min(partLength / 16, parallelism.partSize) * 16
    guard parallelism.threads > 1, bytes.count >= 2 * length else { return nil }
    var bounds = [0]
    while let start = bounds.last, start < bytes.count {
      let wanted = start + length
      bounds.append(wanted >= bytes.count ? bytes.count : bytes[wanted...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count)
    }
    // The bytes stay where they are until all threads are done.
    nonisolated(unsafe) let text = bytes
    let ends = bounds
    let parts = parallelMap(count: ends.count - 1) { part in
      try? lines(UnsafeRawBufferPointer(rebasing: text[ends[part]..<ends[part + 1]]), schema, listFlatten, index)
    }
    let batches = parts.compactMap { $0 }
    guard batches.count == parts.count, let first = batches.first, batches.allSatisfy({ $0.hasColumns(of: first) }) else { return nil }
    return .joined(batches)
  }

  /// Reads `{"a": [1, 2], "b": ["x", null]}`. Shorter columns are filled up with null.
  ///
  /// - Throws: ``TableError`` when the text is no JSON of this form, one of its columns is empty, or a value does not fit its column
  package static func columns(
    _ bytes: UnsafeRawBufferPointer, schema: Schema? = nil, listFlatten: ListFlatten = .zip, index: String? = nil
  ) throws(TableError) -> Batch {
    try read {
      try JSONColumns.read(bytes, rows: JSONRows(byteCount: bytes.count, schema: schema, listFlatten: listFlatten, index: index))
        ?? JSONColumns.transpose(bytes, rows: JSONRows(byteCount: bytes.count, schema: schema, listFlatten: listFlatten, index: index))
    }
  }

  private static func read(_ body: () throws -> Batch) throws(TableError) -> Batch {
    do {
      return try body()
    } catch let error as TableError {
      throw error
    } catch {
      throw TableError("\(error)")
    }
  }
}

/// JSON that holds a list for each column.
private enum JSONColumns {
  /// Reads columns of plain values.
  ///
  /// - Returns: nil when a list or an object stands among the values
  static func read(_ bytes: UnsafeRawBufferPointer, rows: JSONRows) throws -> Batch? {
    var counts: [(column: JSONColumn?, count: Int)] = []
    let isPlain = try JSONReader.read(bytes) { reader -> Bool in
      var isPlain = true
      try reader.beginObject()
      while let key = try reader.nextKey() {
        guard isPlain else {
          try reader.skipValue()
          continue
        }
        let column = try rows.topColumn(key.string)
        var count = 0
        try reader.beginArray()
        while try reader.nextElement() {
          if isPlain { isPlain = try readCell(&reader, column) } else { try reader.skipValue() }
          count += 1
        }
        counts.append((column, count))
      }
      return isPlain
    }
    guard isPlain else { return nil }
    let rowCount = try checkedCount(counts.map(\.count))
    for case (let column?, _) in counts {
      while column.count < rowCount { column.appendNull() }
    }
    rows.take(rowCount)
    return try rows.finish()
  }

  private static func checkedCount(_ counts: [Int]) throws(TableError) -> Int {
    let rowCount = counts.max() ?? 0
    if counts.contains(0) { throw TableError("Can't create table from empty columns") }
    return rowCount
  }

  /// - Returns: false when the value is a list or an object, which is skipped
  private static func readCell(_ reader: inout JSONReader, _ column: JSONColumn?) throws -> Bool {
    let kind = try reader.peekKind()
    guard let column, kind != .array, kind != .object else {
      try reader.skipValue()
      return kind != .array && kind != .object || column == nil
    }
    switch kind {
    case .null:
      _ = try reader.readNull()
      column.appendNull()
    case .bool: try column.append(reader.readBool())
    case .number: try column.append(JSONNumberValue(reader.readNumber()))
    case .string:
      let failure = try reader.readStringBytes { text -> TableError? in
        do throws(TableError) { try column.append(text) } catch { return error }
        return nil
      }
      if let failure { throw failure }
    case .array, .object: break
    }
    return true
  }

  /// Reads columns that hold lists or objects as the rows that they are.
  static func transpose(_ bytes: UnsafeRawBufferPointer, rows: JSONRows) throws -> Batch {
    let value = try JSONReader.read(bytes) { reader in try reader.readValue() }
    guard case .object(let object) = value else { return try rows.finish() }
    var columns: [(name: String, values: [JSONValue])] = []
    for (name, value) in object {
      guard case .array(let values) = value else { continue }
      columns.append((name, values))
    }
    for row in 0..<(try checkedCount(columns.map(\.values.count))) {
      try rows.append(JSONObject(columns.map { ($0.name, row < $0.values.count ? $0.values[row] : .null) }))
    }
    return try rows.finish()
  }
}
