/// One column of a batch while values of Swift types are written into it, a cell at a time.
///
/// The first value decides its kind; whole numbers beside floating-point numbers become such. One task uses it, and no method of it is
/// entered while another runs: the properties that every cell touches go without the checks for overlapping access.
final class CellBuilder {
  let name: String
  @exclusivity(unchecked) private var cells = CellStorage()

  init(_ name: String) { self.name = name }

  /// Nil as long as nothing is known of the column.
  var kind: ColumnKind? { cells.kind }

  /// Cells so far.
  var count: Int { cells.count }

  /// Makes room for the cell of a row: rows that said nothing are filled up, and what the row said before is taken back.
  @inline(__always)
  func prepare(row: Int) { cells.prepare(row: row) }

  // MARK: Cells

  /// Appends a cell without a value.
  ///
  /// - Parameter known: The kind of the column, where the value's type tells it.
  /// - Throws: When the column has values of a type that does not go with it.
  func appendNull(_ known: ColumnKind? = nil) throws(TableError) {
    try note(known)
    cells.appendNull()
  }

  @inline(__always)
  func append(integer value: Int64, _ wanted: ColumnKind) throws(TableError) {
    if kind != wanted {
      try settle(wanted)
      if kind != wanted { return store(wanted == .uint64 ? Double(UInt64(bitPattern: value)) : Double(value)) }
    }
    cells.integers.append(value)
    cells.appendPresent()
  }

  @inline(__always)
  func append(double value: Double, _ wanted: ColumnKind) throws(TableError) {
    if kind != wanted { try settle(wanted) }
    store(value)
  }

  @inline(__always)
  func append(text: String) throws(TableError) {
    if kind != .string { try settle(.string) }
    cells.texts.append(text)
    cells.appendPresent()
  }

  /// - Parameter wanted: The kind of column that the value's type makes.
  func append(_ cell: CellValue, _ wanted: ColumnKind) throws(TableError) {
    switch cell {
    case .null: try appendNull(wanted)
    case .integer(let value): try append(integer: value, wanted)
    case .unsigned(let value): try append(integer: Int64(bitPattern: value), wanted)
    case .float(let value): try append(double: value, wanted)
    case .boolean(let value): try append(integer: value ? 1 : 0, wanted)
    case .date(let days): try append(integer: Int64(days), wanted)
    case .datetime(let milliseconds): try append(integer: milliseconds, wanted)
    case .text(let text): try append(text: text)
    }
  }

  @inline(__always)
  private func store(_ value: Double) {
    cells.doubles.append(value)
    cells.appendPresent()
  }

  // MARK: Kinds

  /// Takes down what the type of a value that says nothing tells of the column.
  ///
  /// - Throws: When the column has values of a type that does not go with it.
  func note(_ known: ColumnKind?) throws(TableError) {
    if let known { try settle(known) }
  }

  /// Brings the column to a kind that holds its values and those of another.
  private func settle(_ wanted: ColumnKind) throws(TableError) {
    guard let kind else { return cells.start(wanted) }
    guard kind != wanted else { return }
    switch (kind.type, wanted.type) {
    case (.float, .float), (.float, .integer): cells.kind = .float64
    case (.integer, .float): cells.widenToDouble()
    // Whether bits are those of a signed number would not be known any more.
    case (.integer, .integer) where kind != .uint64 && wanted != .uint64: cells.kind = .int64
    default: throw TableError("Column `\(name)` gets both \(kind.words) and \(wanted.words); give all of its values one type")
    }
  }

  /// The column, when `rowCount` rows are written.
  func finish(rowCount: Int) -> BatchColumn { cells.finish(name, rowCount: rowCount) }
}

extension ColumnKind {
  /// Values of the kind, in a sentence.
  var words: String {
    switch self {
    case .uint64: "unsigned 64-bit numbers"
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32: "whole numbers"
    case .float32, .float64: "floating-point numbers"
    case .boolean: "booleans"
    case .date: "dates"
    case .datetime: "moments"
    case .string: "texts"
    }
  }
}
