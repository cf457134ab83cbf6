/// Writes long results a stretch of rows at a time, several stretches at once.
enum Stretches {
  /// Stretches that are written before they are put behind the result: their memory is then there for the next ones.
  private static let round = 32

  /// Appends the text of all rows.
  ///
  /// - Parameters:
  ///   - rowCount: rows of the result
  ///   - size: rows of a stretch
  ///   - threads: how many threads may write; nil for one for each processor
  ///   - write: makes the text of some rows
  static func append(
    rowCount: Int, size: Int, threads: Int?, to result: inout [UInt8], _ write: @Sendable (Range<Int>) -> [UInt8]
  ) {
    let start = result.count
    var row = 0
    while row < rowCount {
      let first = row
      let count = min(round, (rowCount - first + size - 1) / size)
      let texts = parallelMap(count: count, threads: threads) { index in
        write(first + index * size..<min(rowCount, first + (index + 1) * size))
      }
      row = min(rowCount, first + count * size)
      if first == 0, row < rowCount {
        // The rest will be about as long as this part of it.
        let length = texts.reduce(0) { $0 + $1.count }
        let wanted = start + length / row * rowCount + length / row * rowCount / 16 + rowCount
        if wanted > result.capacity { result.reserveCapacity(max(wanted, 2 * result.capacity)) }
      }
      for text in texts { result += text }
    }
  }
}
