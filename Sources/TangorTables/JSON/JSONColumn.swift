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
  /// Nil until the first value that is not null.
  @exclusivity(unchecked) private(set) var kind: ColumnKind?
  /// Whole numbers, truth values, days and milliseconds: whatever the kind stores as an integer.
  @exclusivity(unchecked) private var integers: [Int64] = []
  @exclusivity(unchecked) private var doubles: [Double] = []
  @exclusivity(unchecked) private var texts = TextBuilder()
  @exclusivity(unchecked) private var validity = BitmapBuilder()
  @exclusivity(unchecked) private var presence = BitmapBuilder()

  /// - Parameter kind: the kind of a declared column
  init(_ name: String, kind: ColumnKind? = nil) {
    (self.name, self.kind, isDeclared) = (name, kind, kind != nil)
  }

  /// Cells so far.
  var count: Int { validity.count }

  /// How many cells say anything about the column.
  var presentCount: Int { count - presence.falseCount }

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

  func appendNull() {
    storeEmpty()
    validity.append(false)
    presence.append(true)
  }

  private func storeEmpty(_ count: Int = 1) {
    switch kind {
    case nil: break
    case .float32, .float64: doubles.append(contentsOf: repeatElement(0, count: count))
    case .string: for _ in 0..<count { texts.appendEmpty() }
    default: integers.append(contentsOf: repeatElement(0, count: count))
    }
  }

  /// Says that the cell has a value, which was just stored.
  @inline(__always)
  private func appendPresent() {
    validity.append(true)
    presence.append(true)
  }

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
      case .integer(let value): start(Int32(exactly: value) == nil ? .float64 : .int32)
      case .double: start(.float64)
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
      widenToDouble()
      storeDouble(number.double)
    }
  }

  func append(_ value: Bool) throws(TableError) {
    guard let kind else {
      start(.boolean)
      return storeInteger(value ? 1 : 0)
    }
    let code = value ? 2 : 1
    switch kind {
    case .boolean: storeInteger(value ? 1 : 0)
    case .string:
      texts.append(value ? "true" : "false")
      appendPresent()
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
      start(JSONGuess.kind(of: text))
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
    integers.append(value)
    appendPresent()
  }

  @inline(__always)
  private func storeDouble(_ value: Double) {
    doubles.append(value)
    appendPresent()
  }

  @inline(__always)
  private func storeText(_ text: UnsafeBufferPointer<UInt8>) {
    texts.append(text)
    appendPresent()
  }

  private func storeText(of number: JSONNumberValue) {
    switch number {
    case .integer(let value): texts.append(String(value))
    case .double(let value), .big(let value): NumberText.sixDecimals(value).withUnsafeBufferPointer { texts.append($0) }
    }
    appendPresent()
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

  private func start(_ kind: ColumnKind) {
    self.kind = kind
    storeEmpty(count)
  }

  private func widenToDouble() {
    doubles = integers.map { Double($0) }
    (integers, kind) = ([], .float64)
  }

  private func widenToText() {
    // Cells without a value are overwritten with the empty text: their bits say that they mean nothing.
    let validity = validity.bitmap
    for (row, value) in integers.enumerated() {
      if validity?[row] ?? true { texts.append(String(value)) } else { texts.appendEmpty() }
    }
    (integers, kind) = ([], .string)
  }

  /// The column, when `rowCount` rows are read.
  func finish(rowCount: Int) -> BatchColumn {
    prepare(row: rowCount)
    var values: BatchValues
    switch kind {
    case nil: values = .null(rowCount)
    case .float64: values = .float64(Vector(doubles))
    case .float32: values = .float32(converted(doubles) { Float($0) })
    case .string: values = .text(texts.vector)
    case .boolean: values = .boolean(converted(integers) { UInt8(truncatingIfNeeded: $0) })
    case .date: values = .date(converted(integers) { Int32(truncatingIfNeeded: $0) })
    case .datetime: values = .datetime(Vector(integers))
    case .int8: values = .int8(converted(integers) { Int8(truncatingIfNeeded: $0) })
    case .int16: values = .int16(converted(integers) { Int16(truncatingIfNeeded: $0) })
    case .int32: values = .int32(converted(integers) { Int32(truncatingIfNeeded: $0) })
    case .int64: values = .int64(Vector(integers))
    case .uint8: values = .uint8(converted(integers) { UInt8(truncatingIfNeeded: $0) })
    case .uint16: values = .uint16(converted(integers) { UInt16(truncatingIfNeeded: $0) })
    case .uint32: values = .uint32(converted(integers) { UInt32(truncatingIfNeeded: $0) })
    case .uint64: values = .uint64(converted(integers) { UInt64(bitPattern: $0) })
    }
    if rowCount > 0, validity.falseCount == rowCount { values = .null(rowCount) }
    return BatchColumn(name, values, validity: validity.bitmap, presence: presence.bitmap)
  }
}

/// A vector of converted values.
func converted<From, To>(_ values: [From], _ convert: (From) -> To) -> Vector<To> {
  Vector(count: values.count) { memory in
    for (index, value) in values.enumerated() { memory.initializeElement(at: index, to: convert(value)) }
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
