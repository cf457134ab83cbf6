/// The cells of one column while they are written, one behind the other: the values as the column's kind stores them, and of each cell
/// whether it says anything and whether it has a value.
///
/// Who uses it sees to it that values fit the kind; a value's place is made by `appendPresent` behind it.
struct CellStorage {
  /// Nil as long as nothing is known of the column; values are stored from then on.
  var kind: ColumnKind?
  /// Whole numbers, truth values, days and milliseconds; those of `uint64` by their bits.
  var integers: [Int64] = []
  var doubles: [Double] = []
  var texts = TextBuilder()
  private(set) var validity = BitmapBuilder()
  private(set) var presence = BitmapBuilder()

  init(kind: ColumnKind? = nil) { self.kind = kind }

  /// Cells so far.
  var count: Int { validity.count }

  /// Makes room for the cell of a row: rows that said nothing are filled up, and what the row said before is taken back.
  @inline(__always)
  mutating func prepare(row: Int) {
    if count != row { fill(upTo: row) }
  }

  private mutating func fill(upTo row: Int) {
    while count > row { removeLast() }
    let missing = row - count
    guard missing > 0 else { return }
    storeEmpty(missing)
    validity.append(false, count: missing)
    presence.append(false, count: missing)
  }

  private mutating func removeLast() {
    validity.removeLast()
    presence.removeLast()
    switch kind {
    case nil: break
    case .float32, .float64: doubles.removeLast()
    case .string: texts.removeLast()
    default: integers.removeLast()
    }
  }

  /// Appends a cell without a value.
  mutating func appendNull() {
    storeEmpty(1)
    validity.append(false)
    presence.append(true)
  }

  /// Says that the cell has a value, which was just stored.
  @inline(__always)
  mutating func appendPresent() {
    validity.append(true)
    presence.append(true)
  }

  /// Gives a column of which nothing was known its kind.
  mutating func start(_ kind: ColumnKind) {
    self.kind = kind
    storeEmpty(count)
  }

  /// Makes a column of whole numbers one of floating-point numbers.
  mutating func widenToDouble() {
    doubles = integers.map { kind == .uint64 ? Double(UInt64(bitPattern: $0)) : Double($0) }
    (integers, kind) = ([], .float64)
  }

  private mutating func storeEmpty(_ count: Int) {
    switch kind {
    case nil: break
    case .float32, .float64: doubles.append(contentsOf: repeatElement(0, count: count))
    case .string: for _ in 0..<count { texts.appendEmpty() }
    default: integers.append(contentsOf: repeatElement(0, count: count))
    }
  }

  /// The column, when `rowCount` rows are written.
  mutating func finish(_ name: String, rowCount: Int) -> BatchColumn {
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

/// A vector of converted values.
func converted<From, To>(_ values: [From], _ convert: (From) -> To) -> Vector<To> {
  Vector(count: values.count) { memory in
    for (index, value) in values.enumerated() { memory.initializeElement(at: index, to: convert(value)) }
  }
}
