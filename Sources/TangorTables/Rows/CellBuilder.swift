/// One column of a batch while values of Swift types are written into it, a cell at a time.
///
/// The first value decides its kind; whole numbers beside floating-point numbers become such. One task uses it, and no method of it is
/// entered while another runs: the properties that every cell touches go without the checks for overlapping access.
final class CellBuilder {
  let name: String
  /// Nil as long as nothing is known of the column.
  @exclusivity(unchecked) private(set) var kind: ColumnKind?
  /// Whole numbers, truth values, days and milliseconds; those of `uint64` by their bits.
  @exclusivity(unchecked) private var integers: [Int64] = []
  @exclusivity(unchecked) private var doubles: [Double] = []
  @exclusivity(unchecked) private var texts = TextBuilder()
  @exclusivity(unchecked) private var validity = BitmapBuilder()
  @exclusivity(unchecked) private var presence = BitmapBuilder()

  init(_ name: String) { self.name = name }

  /// Cells so far.
  var count: Int { validity.count }

  /// Makes room for the cell of a row: rows that said nothing are filled up, and what the row said before is taken back.
  @inline(__always)
  func prepare(row: Int) {
    if count != row { fill(upTo: row) }
  }

  private func fill(upTo row: Int) {
    while count > row { removeLast() }
    let missing = row - count
    guard missing > 0 else { return }
    storeEmpty(missing)
    validity.append(false, count: missing)
    presence.append(false, count: missing)
  }

  private func removeLast() {
    validity.removeLast()
    presence.removeLast()
    switch kind {
    case nil: break
    case .float32, .float64: doubles.removeLast()
    case .string: texts.removeLast()
    default: integers.removeLast()
    }
  }

  // MARK: Cells

  /// Appends a cell without a value.
  ///
  /// - Parameter known: The kind of the column, where the value's type tells it.
  /// - Throws: When the column has values of a type that does not go with it.
  func appendNull(_ known: ColumnKind? = nil) throws(TableError) {
    try note(known)
    storeEmpty(1)
    validity.append(false)
    presence.append(true)
  }

  @inline(__always)
  func append(integer value: Int64, _ wanted: ColumnKind) throws(TableError) {
    if kind != wanted {
      try settle(wanted)
      if kind != wanted { return store(wanted == .uint64 ? Double(UInt64(bitPattern: value)) : Double(value)) }
    }
    integers.append(value)
    appendPresent()
  }

  @inline(__always)
  func append(double value: Double, _ wanted: ColumnKind) throws(TableError) {
    if kind != wanted { try settle(wanted) }
    store(value)
  }

  @inline(__always)
  func append(text: String) throws(TableError) {
    if kind != .string { try settle(.string) }
    texts.append(text)
    appendPresent()
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
    doubles.append(value)
    appendPresent()
  }

  @inline(__always)
  private func appendPresent() {
    validity.append(true)
    presence.append(true)
  }

  private func storeEmpty(_ count: Int) {
    switch kind {
    case nil: break
    case .float32, .float64: doubles.append(contentsOf: repeatElement(0, count: count))
    case .string: for _ in 0..<count { texts.appendEmpty() }
    default: integers.append(contentsOf: repeatElement(0, count: count))
    }
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
    guard let kind, kind != wanted else {
      if kind == nil {
        kind = wanted
        storeEmpty(count)
      }
      return
    }
    switch (kind.type, wanted.type) {
    case (.float, .float), (.float, .integer): self.kind = .float64
    case (.integer, .float):
      doubles = integers.map { kind == .uint64 ? Double(UInt64(bitPattern: $0)) : Double($0) }
      (integers, self.kind) = ([], .float64)
    // Whether bits are those of a signed number would not be known any more.
    case (.integer, .integer) where kind != .uint64 && wanted != .uint64: self.kind = .int64
    default: throw TableError("Column `\(name)` gets both \(kind.words) and \(wanted.words); give all of its values one type")
    }
  }

  /// The column, when `rowCount` rows are written.
  func finish(rowCount: Int) -> BatchColumn {
    prepare(row: rowCount)
    let values: BatchValues =
      switch kind {
      case nil: .null(rowCount)
      case .float64: .float64(Vector(doubles))
      case .float32: .float32(converted(doubles) { Float($0) })
      case .string: .text(texts.vector)
      case .boolean: .boolean(converted(integers) { UInt8(truncatingIfNeeded: $0) })
      case .date: .date(converted(integers) { Int32(truncatingIfNeeded: $0) })
      case .datetime: .datetime(Vector(integers))
      case .int8: .int8(converted(integers) { Int8(truncatingIfNeeded: $0) })
      case .int16: .int16(converted(integers) { Int16(truncatingIfNeeded: $0) })
      case .int32: .int32(converted(integers) { Int32(truncatingIfNeeded: $0) })
      case .int64: .int64(Vector(integers))
      case .uint8: .uint8(converted(integers) { UInt8(truncatingIfNeeded: $0) })
      case .uint16: .uint16(converted(integers) { UInt16(truncatingIfNeeded: $0) })
      case .uint32: .uint32(converted(integers) { UInt32(truncatingIfNeeded: $0) })
      case .uint64: .uint64(converted(integers) { UInt64(bitPattern: $0) })
      }
    return BatchColumn(name, values, validity: validity.bitmap, presence: presence.bitmap)
  }
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
