/// What becomes of a batch's column in a column of the table.
///
/// Numbers become numbers of the column's width: towards zero, and the nearest that fits. Dates and moments become each other. Anything
/// else is an error, before anything is written. Texts that mean numbers or dates have been read as those by the format's reader, which
/// knows the table's schema.
enum Coercion {
  static func cells(_ column: BatchColumn, rows: Int, to kind: ColumnKind) throws(TableError) -> ColumnCells {
    guard column.values.count == rows else {
      throw TableError("Column `\(column.name)` has \(column.values.count) rows, not \(rows)")
    }
    var validity = column.validity
    var values: ColumnValues?
    switch (column.values, kind) {
    case (.null, _): values = nil
    case (.text(let texts), .string): values = .text(texts)
    case (.dictionary(let codes, let texts), .string): values = .dictionary(codes, texts)
    case (.boolean(let vector), .boolean): values = .uint8(vector)
    case (.date(let days), .date): values = .int32(days)
    case (.datetime(let moments), .datetime): values = .int64(moments)
    case (.date(let days), .datetime): values = .int64(map(days) { Int64($0) * 86_400_000 })
    case (.datetime(let moments), .date): values = .int32(map(moments) { Int32(clamping: days($0)) })
    default:
      guard let numbers = Numbers(column.values), kind.type == .integer || kind.type == .float else {
        throw mismatch(column, kind)
      }
      let converted = numbers.converted(to: kind)
      values = converted.values
      if let gone = converted.withoutValue { validity = without(gone, validity, rows) }
    }
    return ColumnCells(values: values, validity: validity, presence: column.presence)
  }

  /// The civil day of a moment.
  static func days(_ milliseconds: Int64) -> Int64 {
    let day = milliseconds / 86_400_000
    return milliseconds % 86_400_000 < 0 ? day - 1 : day
  }

  private static func map<From, To>(_ vector: Vector<From>, _ convert: (From) -> To) -> Vector<To> {
    Vector(count: vector.count) { out in
      vector.withUnsafeBufferPointer { source in
        for index in 0..<source.count { out.initializeElement(at: index, to: convert(source[index])) }
      }
    }
  }

  private static func without(_ rows: [Int], _ validity: Bitmap?, _ count: Int) -> Bitmap {
    var words =
      validity.map { bitmap in (0..<bitmap.words.count).map { bitmap.words[$0] } }
      ?? [UInt64](repeating: .max, count: (count + 63) / 64)
    for row in rows { words[row / 64] &= ~(1 << UInt64(row % 64)) }
    return Bitmap(count: count, words: words)
  }

  private static func mismatch(_ column: BatchColumn, _ kind: ColumnKind) -> TableError {
    let numeric = Numbers(column.values) != nil
    if numeric { return TableError("Could not fill arrow column `\(column.name)` iteratively due to mismatched types.") }
    return TableError(
      "Could not fill column `\(column.name)` with t_dtype: `\(kind.storageName)`, array type: `\(column.values.storageName)`\n")
  }

  /// The numeric columns of a batch.
  private struct Numbers {
    let values: BatchValues

    init?(_ values: BatchValues) {
      switch values {
      case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float32, .float64: self.values = values
      default: return nil
      }
    }

    /// - Returns: The numbers in the kind, and the rows of those that no integer stands for.
    func converted(to kind: ColumnKind) -> (values: ColumnValues?, withoutValue: [Int]?) {
      switch values {
      case .int8(let vector): kind == .int8 ? (.int8(vector), nil) : integers(vector, kind)
      case .int16(let vector): kind == .int16 ? (.int16(vector), nil) : integers(vector, kind)
      case .int32(let vector): kind == .int32 ? (.int32(vector), nil) : integers(vector, kind)
      case .int64(let vector): kind == .int64 ? (.int64(vector), nil) : integers(vector, kind)
      case .uint8(let vector): kind == .uint8 ? (.uint8(vector), nil) : integers(vector, kind)
      case .uint16(let vector): kind == .uint16 ? (.uint16(vector), nil) : integers(vector, kind)
      case .uint32(let vector): kind == .uint32 ? (.uint32(vector), nil) : integers(vector, kind)
      case .uint64(let vector): kind == .uint64 ? (.uint64(vector), nil) : integers(vector, kind)
      case .float32(let vector): kind == .float32 ? (.float32(vector), nil) : floats(vector, kind)
      case .float64(let vector): kind == .float64 ? (.float64(vector), nil) : floats(vector, kind)
      default: (nil, nil)
      }
    }

    private func integers<Value: FixedWidthInteger & StoredValue>(_ vector: Vector<Value>, _ kind: ColumnKind) -> (ColumnValues?, [Int]?) {
      switch kind {
      case .float32: (.float32(map(vector) { Float($0) }), nil)
      case .float64: (.float64(map(vector) { Double($0) }), nil)
      case .int8: (.int8(map(vector) { Int8(clamping: $0) }), nil)
      case .int16: (.int16(map(vector) { Int16(clamping: $0) }), nil)
      case .int32: (.int32(map(vector) { Int32(clamping: $0) }), nil)
      case .int64: (.int64(map(vector) { Int64(clamping: $0) }), nil)
      case .uint8: (.uint8(map(vector) { UInt8(clamping: $0) }), nil)
      case .uint16: (.uint16(map(vector) { UInt16(clamping: $0) }), nil)
      case .uint32: (.uint32(map(vector) { UInt32(clamping: $0) }), nil)
      case .uint64: (.uint64(map(vector) { UInt64(clamping: $0) }), nil)
      default: (nil, nil)
      }
    }

    private func floats<Value: BinaryFloatingPoint & StoredValue>(_ vector: Vector<Value>, _ kind: ColumnKind) -> (ColumnValues?, [Int]?) {
      if kind == .float64 { return (.float64(map(vector) { $0.double }), nil) }
      if kind == .float32 { return (.float32(map(vector) { Float($0) }), nil) }
      let gone = (0..<vector.count).filter { vector[$0].isNaN }
      if kind == .uint64 {
        let values = map(vector) { $0.double <= 0 || $0.isNaN ? 0 : $0.double >= 0x1p64 ? UInt64.max : UInt64($0.double) }
        return (.uint64(values), gone.isEmpty ? nil : gone)
      }
      return (integers(map(vector) { $0.int64 }, kind).0 ?? .int64(map(vector) { $0.int64 }), gone.isEmpty ? nil : gone)
    }
  }
}

extension BatchValues {
  /// The kind of the column that a table makes of it.
  package var kind: ColumnKind {
    switch self {
    case .int8: .int8
    case .int16: .int16
    case .int32: .int32
    case .int64: .int64
    case .uint8: .uint8
    case .uint16: .uint16
    case .uint32: .uint32
    case .uint64: .uint64
    case .float32: .float32
    case .float64: .float64
    case .boolean: .boolean
    case .date: .date
    case .datetime: .datetime
    case .text, .dictionary, .null: .string
    }
  }

  fileprivate var storageName: String { kind.storageName }
}

extension ColumnKind {
  /// The word for the kind in the messages that Perspective's clients compare.
  package var storageName: String {
    switch self {
    case .boolean: "bool"
    case .string: "str"
    default: rawValue
    }
  }
}
