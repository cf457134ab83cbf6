/// One column of a batch while JSON is read into it, a cell at a time.
///
/// A declared column keeps its kind and makes of each value what it can. Any other takes its kind from the first value that is not null, and
/// later values may widen it.
///
/// One reading on one thread uses it, and no method of it is entered while another runs: the properties that every cell touches go without
/// the checks for overlapping access.
final class JSONColumn {
  let name: String
  let isDeclared: Bool
  @exclusivity(unchecked) private var cells: CellStorage

  /// - Parameter kind: the kind of a declared column
  init(_ name: String, kind: ColumnKind? = nil) {
    (self.name, cells, isDeclared) = (name, CellStorage(kind: kind), kind != nil)
  }

  /// Nil until the first value that is not null.
  @inline(__always)
  var kind: ColumnKind? { cells.kind }

  /// Cells so far.
  var count: Int { cells.count }

  /// How many cells say anything about the column.
  var presentCount: Int { count - cells.presence.falseCount }

  /// Makes room for the cell of a row: rows that said nothing are filled up, and what the row said before is taken back.
  @inline(__always)
  func prepare(row: Int) { cells.prepare(row: row) }

  func appendNull() { cells.appendNull() }

  @inline(__always)
  func append(_ number: JSONNumberValue) throws(TableError) {
    switch (kind, number) {
    case (.int32, .integer(let value)) where value == Int64(Int32(truncatingIfNeeded: value)): storeInteger(value)
    case (.float64, .integer(let value)): storeDouble(Double(value))
    case (.float64, .double(let value)): storeDouble(value)
    default: try appendRest(number)
    }
  }

  private func appendRest(_ number: JSONNumberValue) throws(TableError) {
    guard let kind else {
      switch number {
      case .integer(let value): cells.start(Int32(exactly: value) == nil ? .float64 : .int32)
      case .double: cells.start(.float64)
      case .big: throw TableError("Expected double, found 6")
      }
      return try append(number)
    }
    switch kind {
    case .float32, .float64: storeDouble(number.double)
    case .string: storeText(of: number)
    case .boolean:
      guard case .integer(let value) = number else { throw TableError("Expected bool, found 6") }
      storeInteger(value == 0 ? 0 : 1)
    case .date:
      guard case .integer(let value) = number else { throw TableError("Could not coerce to date") }
      storeInteger(clamped(day: floorDivide(Int(value), millisecondsPerDay).quotient))
    case .datetime: storeInteger(number.truncated)
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64:
      guard !isDeclared else { return storeWhole(number, kind) }
      cells.widenToDouble()
      storeDouble(number.double)
    }
  }

  func append(_ value: Bool) throws(TableError) {
    guard let kind else {
      cells.start(.boolean)
      return storeInteger(value ? 1 : 0)
    }
    let code = value ? 2 : 1
    switch kind {
    case .boolean: storeInteger(value ? 1 : 0)
    case .string:
      cells.texts.append(value ? "true" : "false")
      cells.appendPresent()
    case .float32, .float64: throw TableError("Expected double, found \(code)")
    case .date: throw TableError("Could not coerce to date")
    case .datetime: throw TableError("Could not coerce \(code) to a time.")
    default: throw TableError("Expected int, found \(code)")
    }
  }

  /// - Parameter text: valid UTF-8
  @inline(__always)
  func append(_ text: UnsafeBufferPointer<UInt8>) throws(TableError) {
    if kind == .string { storeText(text) } else { try appendRest(text) }
  }

  private func appendRest(_ text: UnsafeBufferPointer<UInt8>) throws(TableError) {
    guard let kind else {
      cells.start(JSONGuess.kind(of: text))
      return try append(text)
    }
    switch kind {
    case .string: storeText(text)
    case .boolean:
      guard let value = JSONGuess.boolean(text) else { throw TableError("Expected bool, found 5") }
      storeInteger(value ? 1 : 0)
    case .float32, .float64:
      if let value = NumberText.double(NumberText.trimmed(text)) { storeDouble(value) } else { appendNull() }
    case .date:
      guard let day = DateText.date(text) else { throw TableError("Could not coerce to date") }
      storeInteger(Int64(day))
    case .datetime:
      guard let moment = DateText.datetime(text) else { throw TableError("Could not coerce to time") }
      storeInteger(moment)
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64:
      if text.isEmpty, isDeclared { return appendNull() }
      if let number = JSONGuess.number(text) { return try append(number) }
      guard !isDeclared else {
        throw TableError("Cannot append value of type string to column \"\(name)\" of type integer at index \(count)\n")
      }
      widenToText()
      storeText(text)
    }
  }

  @inline(__always)
  private func storeInteger(_ value: Int64) {
    cells.integers.append(value)
    cells.appendPresent()
  }

  @inline(__always)
  private func storeDouble(_ value: Double) {
    cells.doubles.append(value)
    cells.appendPresent()
  }

  @inline(__always)
  private func storeText(_ text: UnsafeBufferPointer<UInt8>) {
    cells.texts.append(text)
    cells.appendPresent()
  }

  private func storeText(of number: JSONNumberValue) {
    switch number {
    case .integer(let value): cells.texts.append(String(value))
    case .double(let value), .big(let value): NumberText.sixDecimals(value).withUnsafeBufferPointer { cells.texts.append($0) }
    }
    cells.appendPresent()
  }

  /// Stores a number in a declared column of whole numbers: without its fraction, and held within what the kind can store.
  private func storeWhole(_ number: JSONNumberValue, _ kind: ColumnKind) {
    if kind == .uint64, case .big(let value) = number {
      // Kept as the bits of the unsigned number.
      return storeInteger(value < 0 ? 0 : Int64(bitPattern: UInt64(exactly: value.rounded(.towardZero)) ?? .max))
    }
    let range = kind.wholeRange
    storeInteger(min(max(number.truncated, range.lowerBound), range.upperBound))
  }

  private func widenToText() {
    // Cells without a value are overwritten with the empty text: their bits say that they mean nothing.
    let validity = cells.validity.bitmap
    for (row, value) in cells.integers.enumerated() {
      if validity?[row] ?? true { cells.texts.append(String(value)) } else { cells.texts.appendEmpty() }
    }
    (cells.integers, cells.kind) = ([], .string)
  }

  /// The column, when `rowCount` rows are read.
  func finish(rowCount: Int) -> BatchColumn {
    var column = cells.finish(name, rowCount: rowCount)
    if rowCount > 0, cells.validity.falseCount == rowCount { column.values = .null(rowCount) }
    return column
  }
}

func clamped(day: Int) -> Int64 { Int64(Int32(clamping: day)) }

extension ColumnKind {
  /// The whole numbers that a kind can store, as far as `Int64` goes.
  var wholeRange: ClosedRange<Int64> {
    switch self {
    case .int8: Int64(Int8.min)...Int64(Int8.max)
    case .int16: Int64(Int16.min)...Int64(Int16.max)
    case .int32: Int64(Int32.min)...Int64(Int32.max)
    case .uint8: 0...Int64(UInt8.max)
    case .uint16: 0...Int64(UInt16.max)
    case .uint32: 0...Int64(UInt32.max)
    case .uint64: 0...Int64.max
    default: Int64.min...Int64.max
    }
  }
}
