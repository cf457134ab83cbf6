extension BatchColumn {
  /// A column of single cells.
  ///
  /// - Parameter kind: Cells that are of another kind have no value.
  package init(_ name: String, _ cells: [CellValue], kind: ColumnKind) {
    var validity = [UInt64](repeating: 0, count: (cells.count + 63) / 64)
    func note(_ row: Int) { validity[row / 64] |= 1 << UInt64(row % 64) }
    func integers<Value: FixedWidthInteger & BitwiseCopyable & Sendable>(_: Value.Type = Value.self) -> Vector<Value> {
      Vector(
        cells.enumerated().map { row, cell in
          switch cell {
          case .integer(let value), .datetime(let value):
            note(row)
            return Value(clamping: value)
          case .unsigned(let value):
            note(row)
            return Value(clamping: value)
          case .date(let value):
            note(row)
            return Value(clamping: value)
          case .boolean(let value):
            note(row)
            return value ? 1 : 0
          case .float(let value) where value == value.rounded() && abs(value) < 0x1p63:
            note(row)
            return Value(clamping: Int64(value))
          case .null, .text, .float: return 0
          }
        })
    }
    func floats() -> [Double] {
      cells.enumerated().map { row, cell in
        guard let number = cell.number else { return 0 }
        note(row)
        return number
      }
    }
    let values: BatchValues
    switch kind {
    case .int8: values = .int8(integers())
    case .int16: values = .int16(integers())
    case .int32: values = .int32(integers())
    case .int64: values = .int64(integers())
    case .uint8: values = .uint8(integers())
    case .uint16: values = .uint16(integers())
    case .uint32: values = .uint32(integers())
    case .uint64: values = .uint64(integers())
    case .boolean: values = .boolean(integers())
    case .date: values = .date(integers())
    case .datetime: values = .datetime(integers())
    case .float32: values = .float32(Vector(floats().map { Float($0) }))
    case .float64: values = .float64(Vector(floats()))
    case .string:
      var codes: [String: Int32] = [:]
      var texts: [String] = []
      let positions = cells.enumerated().map { row, cell -> Int32 in
        guard case .text(let text) = cell else { return 0 }
        note(row)
        if let code = codes[text] { return code }
        codes[text] = Int32(texts.count)
        texts.append(text)
        return Int32(texts.count - 1)
      }
      values = .dictionary(Vector(positions), values: TextVector(texts))
    }
    let bitmap = Bitmap(count: cells.count, words: validity)
    self.init(name, values, validity: bitmap.trueCount == cells.count ? nil : bitmap)
  }
}

extension BatchColumn {
  /// A column of whole numbers, nil where there is none.
  ///
  /// - Parameter value: Asked for by several threads where there are many rows, as below: it only reads.
  static func integers(_ name: String, _ count: Int, _ value: (Int) -> Int64?) -> BatchColumn {
    let (values, validity) = made(count, 0, value)
    return BatchColumn(name, .int64(values), validity: validity)
  }

  /// A column of numbers, nil where there is none.
  static func floats(_ name: String, _ count: Int, _ value: (Int) -> Double?) -> BatchColumn {
    let (values, validity) = made(count, 0, value)
    return BatchColumn(name, .float64(values), validity: validity)
  }

  @inline(__always) private static func made<Value: BitwiseCopyable & Sendable>(
    _ count: Int, _ none: Value, _ value: (Int) -> Value?
  ) -> (Vector<Value>, Bitmap?) {
    var words = [UInt64](repeating: 0, count: (count + 63) / 64)
    let parts = RowParts(count, parts: Parallelism.current.parts(count))
    let values = Vector<Value>(count: count) { out in
      words.withUnsafeMutableBufferPointer { words in
        let words = words
        forEachPart(parts.parts) { part in
          for row in parts[part] {
            let value = value(row)
            out[row] = value ?? none
            words[row >> 6] |= (value == nil ? 0 : 1) << UInt64(row & 63)
          }
        }
      }
    }
    let bitmap = Bitmap(count: count, words: words)
    return (values, bitmap.trueCount == count ? nil : bitmap)
  }
}
