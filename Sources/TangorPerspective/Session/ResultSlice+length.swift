import TangorTables

extension ResultSlice {
  /// No message of Perspective's protocol can be longer, so no client could read it.
  private static let longestText = 2 << 30

  /// Looks whether the part, written as text, fits a message. Few bytes in a table can be many there: a long text stands in each row again.
  ///
  /// - Parameter titlesPerRow: How often the names of columns are written besides.
  /// - Throws: When it certainly does not fit.
  func checkTextLength(titlesPerRow: Int) throws(RequestError) {
    var length = 0
    for column in columns {
      length += column.title.utf8.count * titlesPerRow + column.values.leastTextLength
      guard length <= Self.longestText else {
        throw RequestError("The answer would be text of more than 2 GiB, which no message can hold; ask for a part of it, or for Arrow.")
      }
    }
  }
}

extension BatchColumn {
  /// Bytes that the values have at least as text, with a separator.
  fileprivate var leastTextLength: Int {
    switch values {
    case .text(let texts): Int(texts.offsets[texts.count] - texts.offsets[0]) + texts.count
    case .dictionary(let codes, let texts):
      codes.withUnsafeBufferPointer { codes in
        texts.offsets.withUnsafeBufferPointer { offsets in
          codes.enumerated().reduce(into: codes.count) { length, row in
            guard validity?[row.offset] ?? true else { return }
            length += Int(offsets[Int(row.element) + 1] - offsets[Int(row.element)])
          }
        }
      }
    default: values.count * 2
    }
  }
}
