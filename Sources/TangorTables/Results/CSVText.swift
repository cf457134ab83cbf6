/// Results as CSV: a header, commas, line feeds, and text always in quotes.
package enum CSVText {
  /// Rows that one thread writes at once.
  private static let stretch = 16_384

  /// The text of a batch. Group keys, where there are any, are its first columns. A cell without a value is empty, the empty text is `""`.
  package static func text(_ batch: Batch) -> [UInt8] {
    guard !batch.columns.isEmpty else { return [] }
    var header = ByteOutput()
    for (place, column) in batch.columns.enumerated() {
      if place > 0 { header.append(0x2C) }
      header.append(csvString: column.name)
    }
    header.append(0x0A)
    let count = (batch.rowCount + stretch - 1) / stretch
    let parts = parallelMap(count: count, threads: batch.rowCount * batch.columns.count < 50_000 ? 1 : nil) { index in
      rows(index * stretch..<min(batch.rowCount, (index + 1) * stretch), of: batch)
    }
    var result = header.bytes
    result.reserveCapacity(parts.reduce(result.count) { $0 + $1.count })
    for part in parts { result += part }
    return result
  }

  private static func rows(_ range: Range<Int>, of batch: Batch) -> [UInt8] {
    var output = ByteOutput(capacity: range.count * batch.columns.count * 8)
    for row in range {
      for (place, column) in batch.columns.enumerated() {
        if place > 0 { output.append(0x2C) }
        if column.validity?[row] ?? true { append(column.values, row, to: &output) }
      }
      output.append(0x0A)
    }
    return output.bytes
  }

  @inline(__always)
  private static func append(_ values: BatchValues, _ row: Int, to output: inout ByteOutput) {
    switch values {
    case .int8(let values): output.append(integer: values[row])
    case .int16(let values): output.append(integer: values[row])
    case .int32(let values): output.append(integer: values[row])
    case .int64(let values): output.append(integer: values[row])
    case .uint8(let values): output.append(integer: values[row])
    case .uint16(let values): output.append(integer: values[row])
    case .uint32(let values): output.append(integer: values[row])
    case .uint64(let values): output.append(integer: values[row])
    case .float32(let values): output.append(values[row], .csv)
    case .float64(let values): output.append(values[row], .csv)
    case .boolean(let values): output.append(values[row] != 0 ? "true" : "false")
    case .date(let values): output.append(date: values[row])
    case .datetime(let values): output.append(datetime: values[row])
    case .text(let texts): texts.withBytes(row) { output.append(csvText: $0) }
    case .dictionary(let codes, let texts): texts.withBytes(Int(codes[row])) { output.append(csvText: $0) }
    case .null: break
    }
  }
}

extension ByteOutput {
  mutating func append(csvString text: String) {
    var text = text
    text.withUTF8 { append(csvText: $0) }
  }

  /// Appends a text in quotes, those within it doubled.
  mutating func append(csvText text: UnsafeBufferPointer<UInt8>) {
    append(upTo: text.count * 2 + 2) { tail in
      tail.put(0x22)
      if text.contains(0x22) {
        for byte in text {
          if byte == 0x22 { tail.put(0x22) }
          tail.put(byte)
        }
      } else {
        tail.put(text)
      }
      tail.put(0x22)
    }
  }
}
