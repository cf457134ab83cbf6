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
    var words = FilterKernel.mask(first, slots: table.slotCount)
    for term in terms.dropFirst() {
      let more = FilterKernel.mask(term, slots: table.slotCount)
      for index in words.indices { words[index] = reducer == .and ? words[index] & more[index] : words[index] | more[index] }
    }
    let live = table.live.words
    for index in words.indices { words[index] &= index < live.count ? live[index] : 0 }
    return RowBits(words: words)
  }

  /// The table's columns that decide.
  var columns: ColumnSet { ColumnSet(terms.map(\.position)) }
}
