/// The cells of one column in one block, as values.
struct CSVColumn: Sendable {
  /// A cell that is none of its column's kind.
  struct Misfit: Error {
    var text: String
    var isInvalidUTF8 = false
  }

  /// Nil when no cell has a value.
  private(set) var kind: ColumnKind?
  private(set) var integers: [Int64] = []
  private(set) var doubles: [Double] = []
  private(set) var texts = TextBuilder()
  private(set) var validity = BitmapBuilder()

  /// Whether a whole number is written in a way that need not be one of numbers with a fraction, such as `0x1F`.
  private var hasUnusualNumber = false

  var count: Int { validity.count }

  /// Cells of which none has a value, so far.
  init(kind: ColumnKind?) { self.kind = kind }

  private mutating func reserve(_ rowCount: Int) {
    switch kind {
    case nil: break
    case .float32, .float64: doubles.reserveCapacity(rowCount)
    case .string: texts.reserve(rowCount)
    default: integers.reserveCapacity(rowCount)
    }
  }

  /// Makes the column one of another kind without reading its cells again.
  ///
  /// - Returns: false when that cannot be known from its values
  mutating func widen(to target: CSVKind) -> Bool {
    switch (kind, target) {
    case (nil, .int64), (nil, .boolean), (nil, .date), (nil, .datetime): integers = [Int64](repeating: 0, count: count)
    case (nil, .float64): doubles = [Double](repeating: 0, count: count)
    case (.int64?, .float64) where !hasUnusualNumber: doubles = integers.map { Double($0) }
    default: return false
    }
    if target == .float64 { integers = [] }
    kind = target.columnKind
    return true
  }

  /// Reads the cells of a column whose kind nobody has declared.
  ///
  /// - Parameters:
  ///   - start: the first kind to try
  /// - Returns: the column, and the first kind from `start` on that all cells satisfy
  static func infer(_ block: CSVBlock, _ column: Int, from start: CSVKind, isText: Bool) throws(Misfit) -> (CSVColumn, CSVKind) {
    var kind = start
    while true {
      var result = CSVColumn(kind: kind.columnKind)
      result.reserve(block.rowCount)
      if kind == .string {
        try result.readTexts(block, column, isText: isText)
        return (result, kind)
      }
      if result.readAll(block, column, { result, text in result.append(text, kind) }) == nil { return (result, kind) }
      kind = kind.next
    }
  }

  /// Reads the cells of a column of a declared kind.
  static func read(_ block: CSVBlock, _ column: Int, as kind: ColumnKind, isText: Bool) throws(Misfit) -> CSVColumn {
    var result = CSVColumn(kind: kind)
    result.reserve(block.rowCount)
    if kind == .string {
      try result.readTexts(block, column, isText: isText)
    } else if let row = result.readAll(block, column, { result, text in result.append(text, declared: kind) }) {
      let cell = block.cells[row * block.columnCount + column]
      throw Misfit(text: String(decoding: cell.isQuoted ? block.unquoted(cell) : Array(block.bytes(cell)), as: UTF8.self))
    }
    return result
  }

  /// - Returns: the row whose cell `append` refuses
  @inline(__always)
  private mutating func readAll(
    _ block: CSVBlock, _ column: Int, _ append: (inout CSVColumn, UnsafeBufferPointer<UInt8>) -> Bool
  ) -> Int? {
    for row in 0..<block.rowCount {
      let cell = block.cells[row * block.columnCount + column]
      let isTaken =
        cell.isQuoted ? block.unquoted(cell).withUnsafeBufferPointer { append(&self, $0) } : append(&self, block.bytes(cell))
      if !isTaken { return row }
    }
    return nil
  }

  /// - Parameter isText: whether the whole block is valid UTF-8
  private mutating func readTexts(_ block: CSVBlock, _ column: Int, isText: Bool) throws(Misfit) {
    for row in 0..<block.rowCount {
      let cell = block.cells[row * block.columnCount + column]
      if !isText, !UTF8Text.isValid(block.bytes(cell)) { throw Misfit(text: "", isInvalidUTF8: true) }
      if cell.isQuoted { block.unquoted(cell).withUnsafeBufferPointer { texts.append($0) } } else { texts.append(block.bytes(cell)) }
      validity.append(true)
    }
  }

  @inline(__always)
  private mutating func append(_ text: UnsafeBufferPointer<UInt8>, _ kind: CSVKind) -> Bool {
    switch kind {
    case .null: break
    case .int64:
      if let value = NumberText.integer(text) { return storeInteger(value) }
      if let value = CSVCell.integer(text) {
        hasUnusualNumber = true
        return storeInteger(value)
      }
    case .boolean: if let value = CSVCell.boolean(text) { return storeInteger(value ? 1 : 0) }
    case .float64: if let value = CSVCell.double(text), !value.isNaN { return storeDouble(value) }
    case .date: if let value = DateText.strictDate(NumberText.trimmed(text)) { return storeInteger(Int64(value)) }
    case .datetime: if let value = DateText.strictDatetime(NumberText.trimmed(text)) { return storeInteger(value) }
    case .string: return false
    }
    return storeNull(text)
  }

  private mutating func append(_ text: UnsafeBufferPointer<UInt8>, declared kind: ColumnKind) -> Bool {
    switch kind {
    case .float32, .float64: if let value = CSVCell.double(text), !value.isNaN { return storeDouble(value) }
    case .boolean: if let value = CSVCell.boolean(text) { return storeInteger(value ? 1 : 0) }
    case .date: if let value = DateText.date(NumberText.trimmed(text)) { return storeInteger(Int64(value)) }
    case .datetime:
      if let value = CSVCell.integer(text) ?? DateText.datetime(NumberText.trimmed(text)) { return storeInteger(value) }
    case .string: return false
    case .uint64:
      if let value = CSVCell.integer(text), value >= 0 { return storeInteger(value) }
      if let value = UInt64(String(decoding: NumberText.trimmed(text), as: UTF8.self)) { return storeInteger(Int64(bitPattern: value)) }
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32:
      if let value = CSVCell.integer(text), kind.wholeRange.contains(value) { return storeInteger(value) }
    }
    return storeNull(text)
  }

  @inline(__always)
  private mutating func storeInteger(_ value: Int64) -> Bool {
    integers.append(value)
    validity.append(true)
    return true
  }

  @inline(__always)
  private mutating func storeDouble(_ value: Double) -> Bool {
    doubles.append(value)
    validity.append(true)
    return true
  }

  /// - Returns: false when the text is no spelling of a missing value
  private mutating func storeNull(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard CSVKind.isNull(text) else { return false }
    switch kind {
    case nil: break
    case .float32, .float64: doubles.append(0)
    default: integers.append(0)
    }
    validity.append(false)
    return true
  }
}
