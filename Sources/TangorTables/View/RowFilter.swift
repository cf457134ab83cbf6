/// The condition of a view's rows: all of its terms, or any of them.
struct RowFilter {
  let terms: [FilterTerm]
  let reducer: FilterReducer

  var isEmpty: Bool { terms.isEmpty }

  func matches(_ slot: UInt32) -> Bool {
    guard !terms.isEmpty else { return true }
    return reducer == .and ? terms.allSatisfy { $0.matches(slot) } : terms.contains { $0.matches(slot) }
  }

  /// The rows of a table that match.
  func rows(_ table: TableCore) -> RowBits {
    guard let first = terms.first else { return table.live }
    var words = FilterKernel(first, slots: table.slotCount).mask()
    for term in terms.dropFirst() {
      let more = FilterKernel(term, slots: table.slotCount).mask()
      combine(&words, more) { reducer == .and ? $0 & $1 : $0 | $1 }
    }
    combine(&words, table.live.words) { $0 & $1 }
    return RowBits(words: words)
  }

  /// - Parameter more: Without bits where it is shorter.
  @inline(__always) private func combine(_ words: inout [UInt64], _ more: [UInt64], _ bits: (UInt64, UInt64) -> UInt64) {
    words.withUnsafeMutableBufferPointer { words in
      more.withUnsafeBufferPointer { more in
        let common = min(words.count, more.count)
        for index in 0..<common { words[index] = bits(words[index], more[index]) }
        for index in common..<words.count { words[index] = bits(words[index], 0) }
      }
    }
  }

  /// The table's columns that decide.
  var columns: ColumnSet { ColumnSet(terms.map(\.position)) }
}
