/// The cells of one column over a stretch of rows as text, one behind the other.
///
/// Columns are written one at a time, each in a loop of its own kind, and rows are put together of them afterwards: that is several times as
/// fast as to ask in every cell what it is.
struct CellTexts: Sendable {
  enum Style: Sendable {
    /// JSON, with dates and moments as text or as milliseconds.
    case json(isFormatted: Bool)
    case csv
  }

  private(set) var output: ByteOutput
  /// Where each cell ends; empty where cells are separated.
  private(set) var ends: [Int] = []
  private let separator: UInt8?

  /// - Parameters:
  ///   - rows: which of the column's rows
  ///   - style: how cells are written
  ///   - separator: what stands behind each cell; nil to keep where cells end instead
  init(_ column: BatchColumn, _ rows: Range<Int>, _ style: Style, separator: UInt8? = nil) {
    self.separator = separator
    output = ByteOutput(capacity: rows.count * 10)
    if separator == nil { ends.reserveCapacity(rows.count) }
    let validity = column.validity
    switch column.values {
    case .int8(let values): write(values, rows, validity, style) { $0.append(integer: $1) }
    case .int16(let values): write(values, rows, validity, style) { $0.append(integer: $1) }
    case .int32(let values): write(values, rows, validity, style) { $0.append(integer: $1) }
    case .int64(let values): write(values, rows, validity, style) { $0.append(integer: $1) }
    case .uint8(let values): write(values, rows, validity, style) { $0.append(integer: $1) }
    case .uint16(let values): write(values, rows, validity, style) { $0.append(integer: $1) }
    case .uint32(let values): write(values, rows, validity, style) { $0.append(integer: $1) }
    case .uint64(let values): write(values, rows, validity, style) { $0.append(integer: $1) }
    case .float32(let values):
      let numbers = style.floats
      write(values, rows, validity, style) { $0.append($1, numbers) }
    case .float64(let values):
      let numbers = style.floats
      write(values, rows, validity, style) { $0.append($1, numbers) }
    case .boolean(let values): write(values, rows, validity, style) { $0.append($1 != 0 ? "true" : "false") }
    case .date(let values): writeDates(values, rows, validity, style)
    case .datetime(let values): writeMoments(values, rows, validity, style)
    case .text(let texts): writeTexts(texts, rows, validity, style) { $0 }
    case .dictionary(let codes, let texts):
      codes.withUnsafeBufferPointer { codes in writeTexts(texts, rows, validity, style) { Int(codes[$0]) } }
    case .null:
      for _ in rows { writeNull(style) }
    }
  }

  /// Cells that are no column's.
  ///
  /// - Parameter write: writes the cell of a row
  init(_ rows: Range<Int>, separator: UInt8? = nil, _ write: (inout ByteOutput, Int) -> Void) {
    self.separator = separator
    output = ByteOutput(capacity: rows.count * 10)
    for row in rows {
      write(&output, row)
      endCell()
    }
  }

  @inline(__always)
  private mutating func endCell() {
    if let separator { output.append(separator) } else { ends.append(output.bytes.count) }
  }

  private mutating func writeNull(_ style: Style) {
    if case .json = style { output.append("null") }
    endCell()
  }

  @inline(__always)
  private mutating func write<Value>(
    _ values: Vector<Value>, _ rows: Range<Int>, _ validity: Bitmap?, _ style: Style, _ append: (inout ByteOutput, Value) -> Void
  ) {
    values.withUnsafeBufferPointer { values in
      for row in rows {
        if validity?[row] ?? true {
          append(&output, values[row])
          endCell()
        } else {
          writeNull(style)
        }
      }
    }
  }

  private mutating func writeDates(_ values: Vector<Int32>, _ rows: Range<Int>, _ validity: Bitmap?, _ style: Style) {
    switch style {
    case .csv: write(values, rows, validity, style) { $0.append(date: $1) }
    case .json(false): write(values, rows, validity, style) { $0.append(integer: Int64($1) * Int64(millisecondsPerDay)) }
    case .json(true):
      write(values, rows, validity, style) { output, value in
        output.append(0x22)
        output.append(date: value)
        output.append(0x22)
      }
    }
  }

  private mutating func writeMoments(_ values: Vector<Int64>, _ rows: Range<Int>, _ validity: Bitmap?, _ style: Style) {
    switch style {
    case .csv: write(values, rows, validity, style) { $0.append(datetime: $1) }
    case .json(false): write(values, rows, validity, style) { $0.append(integer: $1) }
    case .json(true):
      write(values, rows, validity, style) { output, value in
        output.append(0x22)
        output.append(datetime: value)
        output.append(0x22)
      }
    }
  }

  @inline(__always)
  private mutating func writeTexts(
    _ texts: TextVector, _ rows: Range<Int>, _ validity: Bitmap?, _ style: Style, _ place: (Int) -> Int
  ) {
    let isCSV = if case .csv = style { true } else { false }
    texts.bytes.withUnsafeBufferPointer { bytes in
      texts.offsets.withUnsafeBufferPointer { offsets in
        for row in rows {
          guard validity?[row] ?? true else {
            writeNull(style)
            continue
          }
          let place = place(row)
          let text = UnsafeBufferPointer(rebasing: bytes[Int(offsets[place])..<Int(offsets[place + 1])])
          if isCSV { output.append(csvText: text) } else { output.append(jsonText: text) }
          endCell()
        }
      }
    }
  }
}

extension CellTexts.Style {
  fileprivate var floats: FloatStyle { if case .csv = self { .csv } else { .json } }
}

/// Rows put together of the texts of their columns.
enum RowTexts {
  /// Writes rows: before each cell what stands there in every row, and behind the last cell of a row an end of its own.
  ///
  /// - Parameters:
  ///   - columns: the cells, of the same number of rows; none are needed when there is nothing to say
  ///   - before: the text in front of each column's cells
  ///   - end: the text behind each row
  static func joined(_ columns: [CellTexts], before: [[UInt8]], end: [UInt8], rowCount: Int) -> [UInt8] {
    let constant = before.reduce(end.count) { $0 + $1.count }
    let total = columns.reduce(rowCount * constant) { $0 + $1.output.bytes.count }
    return [UInt8](unsafeUninitializedCapacity: total) { memory, count in
      // Each column writes its cells where the columns before it have left off in that row.
      var starts = [Int](repeating: 0, count: rowCount + 1)
      for row in 0..<rowCount {
        starts[row + 1] = starts[row] + constant
        for column in columns { starts[row + 1] += column.ends[row] - (row == 0 ? 0 : column.ends[row - 1]) }
      }
      for (index, column) in columns.enumerated() {
        column.output.bytes.withUnsafeBufferPointer { cells in
          before[index].withUnsafeBufferPointer { before in
            var place = 0
            for row in 0..<rowCount {
              let cell = UnsafeBufferPointer(rebasing: cells[place..<column.ends[row]])
              place = column.ends[row]
              starts[row] = memory.put(before, at: starts[row])
              starts[row] = memory.put(cell, at: starts[row])
            }
          }
        }
      }
      end.withUnsafeBufferPointer { end in
        for row in 0..<rowCount { _ = memory.put(end, at: starts[row]) }
      }
      count = total
    }
  }
}

extension UnsafeMutableBufferPointer<UInt8> {
  /// - Returns: the place behind what was put
  @inline(__always)
  fileprivate func put(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
    guard let base = baseAddress, let source = bytes.baseAddress else { return place }
    precondition(place + bytes.count <= count)
    if bytes.count <= 16 {
      for index in 0..<bytes.count { base[place + index] = source[index] }
    } else {
      (base + place).update(from: source, count: bytes.count)
    }
    return place + bytes.count
  }
}
