/// Results as CSV: a header, commas, line feeds, and text always in quotes.
package enum CSVText {
  /// Rows that one thread writes at once.
  private static let stretch = 2048

  /// The text of a batch. Group keys, where there are any, are its first columns. A cell without a value is empty, the empty text is `""`.
  package static func text(_ batch: Batch) -> [UInt8] {
    guard !batch.columns.isEmpty else { return [] }
    var header = ByteOutput()
    for (place, column) in batch.columns.enumerated() {
      if place > 0 { header.append(0x2C) }
      header.append(csvString: column.name)
    }
    header.append(0x0A)
    var result = header.bytes
    let threads = batch.rowCount * batch.columns.count < 50_000 ? 1 : nil
    Stretches.append(rowCount: batch.rowCount, size: stretch, threads: threads, to: &result) { rows($0, of: batch) }
    return result
  }

  private static func rows(_ range: Range<Int>, of batch: Batch) -> [UInt8] {
    let cells = batch.columns.map { CellTexts($0, range, .csv) }
    let before: [[UInt8]] = batch.columns.indices.map { $0 == 0 ? [] : [0x2C] }
    return RowTexts.joined(cells, before: before, end: [0x0A], rowCount: range.count)
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
