import TangorTables

extension ResultSlice {
  /// No message of Perspective's protocol can be longer, so no client could read it.
  private static let longestText = 2 << 30

  /// Looks whether the part, written as text, fits a message. Few bytes in a table can be many there: a long text stands in each row again.
  ///
  /// - Parameter titlesPerRow: How often the names of columns are written besides.
  /// - Throws: When it certainly does not fit.
  func checkTextLength(titlesPerRow: Int) throws(RequestError) {
    let titles = columns.reduce(0) { $0 + $1.title.utf8.count * titlesPerRow }
    // Where even the longest text in each row would not be too much, there is no need to look at every row.
    if columns.reduce(titles, { $0 + $1.values.mostTextLength }) <= Self.longestText { return }
    guard columns.reduce(titles, { $0 + $1.values.textLength }) <= Self.longestText else {
      throw RequestError("The answer would be text of more than 2 GiB, which no message can hold; ask for a part of it, or for Arrow.")
    }
  }
}

extension BatchColumn {
  /// Bytes that the values have as text, numbers at their shortest.
  fileprivate var textLength: Int {
    guard case .dictionary(let codes, let texts) = values else { return mostTextLength }
    return codes.withUnsafeBufferPointer { codes in
      texts.offsets.withUnsafeBufferPointer { offsets in
        var length = codes.count
        for (row, code) in codes.enumerated() where validity?[row] ?? true {
          length += Int(offsets[Int(code) + 1] - offsets[Int(code)])
        }
        return length
      }
    }
  }

  /// The same as if every row had the longest of the texts.
  fileprivate var mostTextLength: Int {
    switch values {
    case .text(let texts): Int(texts.offsets[texts.count] - texts.offsets[0]) + texts.count
    case .dictionary(let codes, let texts): (texts.longest + 1) * codes.count
    default: values.count * 2
    }
  }
}

extension TextVector {
  /// The bytes of the longest text.
  fileprivate var longest: Int {
    offsets.withUnsafeBufferPointer { offsets in (0..<count).reduce(0) { max($0, Int(offsets[$1 + 1] - offsets[$1])) } }
  }
}
