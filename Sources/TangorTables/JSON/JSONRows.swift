import TangorJSON

/// Rows while they are read from JSON: objects become columns, cell by cell.
///
/// Not to be used after an error.
final class JSONRows {
  let listFlatten: ListFlatten
  /// The column whose values are the keys of rows; it must not repeat when lists make several rows of one.
  let index: String?
  private let byteCount: Int
  private let isDeclared: Bool
  @exclusivity(unchecked) private(set) var columns: [JSONColumn] = []
  private var places: [String: Int] = [:]
  let root = JSONPath(isRoot: true)
  @exclusivity(unchecked) private(set) var rowCount = 0
  /// The row at hand holds a list that makes several rows of it.
  @exclusivity(unchecked) private var hasList = false

  /// - Parameters:
  ///   - byteCount: how long the text is
  ///   - schema: the columns that take values; nil to make columns of what comes
  init(byteCount: Int, schema: Schema?, listFlatten: ListFlatten, index: String?) {
    (self.byteCount, self.listFlatten, self.index, isDeclared) = (byteCount, listFlatten, index, schema != nil)
    for column in schema?.columns ?? [] {
      places[column.name] = columns.count
      columns.append(JSONColumn(column.name, kind: column.kind))
    }
  }

  /// Reads the object that comes next as a row, or as several.
  ///
  /// - Throws: `JSONError` for what is no JSON or no object, ``TableError`` for values that do not fit
  func readRow(_ reader: inout JSONReader, _ text: UnsafeRawBufferPointer) throws {
    let start = reader.offset
    hasList = false
    try readObject(&reader, root)
    guard hasList else {
      rowCount += 1
      return
    }
    // Rare enough to be read twice: what the row has left in the columns is taken back when they are written next.
    let bytes = UnsafeRawBufferPointer(rebasing: text[start..<reader.offset])
    let row = try JSONReader.read(bytes) { reader in try reader.readValue() }
    for column in columns where column.count > rowCount { column.prepare(row: rowCount) }
    guard case .object(let object) = row else { return }
    try append(object)
  }

  private func readObject(_ reader: inout JSONReader, _ path: JSONPath) throws {
    try reader.beginObject()
    var expected = 0
    while let key = try reader.nextKey() {
      if hasList {
        try reader.skipValue()
        continue
      }
      // Rows mostly name their columns in the same order.
      var place = expected
      if place >= path.children.count || !path.children[place].isNamed({ key.isEqual(to: $0) }) { place = path.place(of: key.string) }
      expected = place + 1
      try readCell(&reader, path.children[place])
    }
  }

  private func readCell(_ reader: inout JSONReader, _ path: JSONPath) throws {
    switch try reader.peekKind() {
    case .object: try readObject(&reader, path)
    case .array:
      if listFlatten == .stringify {
        let value = try reader.readValue()
        guard let column = try column(at: path) else { return }
        try append(listText: value, to: column)
      } else {
        hasList = true
        try reader.skipValue()
      }
    case .null:
      _ = try reader.readNull()
      try appendNull(at: path)
    case .bool:
      let value = try reader.readBool()
      guard let column = try column(at: path) else { return }
      try column.append(value)
    case .number:
      guard let column = try column(at: path) else { return try reader.skipValue() }
      try column.append(JSONNumberValue(try reader.readNumber()))
    case .string:
      guard let column = try column(at: path) else { return try reader.skipValue() }
      try readText(&reader, into: column)
    }
  }

  private func readText(_ reader: inout JSONReader, into column: JSONColumn) throws {
    let failure = try reader.readStringBytes { text -> TableError? in
      do throws(TableError) { try column.append(text) } catch { return error }
      return nil
    }
    if let failure { throw failure }
  }

  /// The column of a path, ready for the cell of the row at hand; nil when there is none.
  @inline(__always)
  private func column(at path: JSONPath) throws(TableError) -> JSONColumn? {
    guard case .index(let place) = path.column else { return try newColumn(at: path) }
    let column = columns[place]
    column.prepare(row: rowCount)
    return column
  }

  private func newColumn(at path: JSONPath) throws(TableError) -> JSONColumn? {
    if case .none = path.column { return nil }
    if let place = places[path.path] {
      guard isDeclared else { throw TableError("Column `\(path.path)` is both a key and the flattened path of an object\n") }
      path.column = .index(place)
    } else if isDeclared {
      path.column = .none
    } else {
      places[path.path] = columns.count
      path.column = .index(columns.count)
      columns.append(JSONColumn(path.path))
      try checkProportion()
    }
    return try column(at: path)
  }

  /// A null in the place of an object says so of all that it could hold.
  private func appendNull(at path: JSONPath) throws(TableError) {
    let isObject = !path.children.isEmpty
    if case .unknown = path.column, isObject, !isDeclared {} else { try column(at: path)?.appendNull() }
    guard isObject else { return }
    for child in path.children { try appendNull(at: child) }
  }

  private func append(listText value: JSONValue, to column: JSONColumn) throws(TableError) {
    var writer = JSONWriter()
    writer.write(value)
    let failure = writer.bytes.withUnsafeBufferPointer { text -> TableError? in
      do throws(TableError) { try column.append(text) } catch { return error }
      return nil
    }
    if let failure { throw failure }
  }

  /// Appends a row that may hold lists.
  func append(_ row: JSONObject) throws(TableError) {
    let expansion = JSONExpansion(listFlatten: listFlatten, index: index)
    for cells in try expansion.rows(row, root) {
      for cell in cells { try append(cell.value, at: cell.path) }
      rowCount += 1
    }
  }

  private func append(_ value: JSONValue, at path: JSONPath) throws(TableError) {
    if case .null = value { return try appendNull(at: path) }
    guard let column = try column(at: path) else { return }
    switch value {
    case .null, .object: break
    case .array: try append(listText: value, to: column)
    case .bool(let value): try column.append(value)
    case .integer(let value): try column.append(.integer(Int64(value)))
    case .double(let value): try column.append(.double(value))
    case .bigNumber(let text): try column.append(.big(Double(text) ?? .infinity))
    case .string(var text):
      let failure = text.withUTF8 { text -> TableError? in
        do throws(TableError) { try column.append(text) } catch { return error }
        return nil
      }
      if let failure { throw failure }
    }
  }

  /// What was read. Columns of a schema that no row spoke of are not in it.
  ///
  /// - Throws: ``TableError`` when the rows have so little in common that their table would be out of proportion to the text
  func finish() throws(TableError) -> Batch {
    try checkProportion()
    var objects: Set<Int> = []
    collectObjects(root, into: &objects)
    let present = columns.enumerated().filter { place, column in
      if isDeclared { return column.presentCount > 0 }
      // Nothing but nulls where other rows have objects.
      return column.kind != nil || !objects.contains(place)
    }
    return Batch(rowCount: rowCount, columns: present.map { $1.finish(rowCount: rowCount) })
  }

  private func checkProportion() throws(TableError) {
    let (cells, overflow) = rowCount.multipliedReportingOverflow(by: columns.count)
    guard isDeclared || !overflow && cells <= 16 * max(byteCount, 1 << 20) else {
      throw TableError(
        "The rows name \(columns.count) columns, of which most rows lack most; declare the columns in a schema, or write names as values.")
    }
  }

  private func collectObjects(_ path: JSONPath, into places: inout Set<Int>) {
    if !path.children.isEmpty, case .index(let place) = path.column { places.insert(place) }
    for child in path.children { collectObjects(child, into: &places) }
  }

  /// Takes columns that were read whole.
  func take(_ rowCount: Int) { self.rowCount = rowCount }

  /// The column of a name on the top level, from its first row on; nil when there is none.
  func topColumn(_ name: String) throws(TableError) -> JSONColumn? {
    let path = root.child(name)
    return try column(at: path)
  }
}
