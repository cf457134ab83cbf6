/// The first rows of an order, without ordering the rest.
///
/// A sample of the rows tells a key below which there should be enough of them; one pass collects those, and only they are sorted.
struct TopRows: ColumnKernel {
  private static let sampleSize = 4096

  let sort: SortColumn
  /// The rows to choose from, ascending slots.
  let rows: RowBits
  /// At least so many.
  let wanted: Int

  /// - Returns: All rows whose key by the first column is at most some bound, at least `wanted` of them, in ascending slots; nil when
  ///   nothing is won against sorting all.
  static func collect(_ rows: RowBits, atLeast wanted: Int, by sort: SortColumn) -> [UInt32]? {
    guard rows.count > 4 * sampleSize, wanted < rows.count / 8, !(sort.absolute && sort.column.kind == .string) else { return nil }
    var kernel = TopRows(sort: sort, rows: rows, wanted: wanted)
    return sort.column.visit(&kernel)
  }

  func run<Value: StoredValue>(_ values: UnsafeMutablePointer<Value>) -> [UInt32]? {
    let column = sort.column
    if let dictionary = column.dictionary {
      let labels = dictionary.orderedLabels()
      let codes = column.values(Int32.self)
      return select { labels[Int(codes[$0])] }
    }
    return sort.absolute && column.kind.isNumber ? select { values[$0].magnitudeKey } : select { values[$0].sortKey }
  }

  @inline(__always) private func select(_ key: (Int) -> UInt64) -> [UInt32]? {
    let flip: UInt64 = sort.descending ? .max : 0
    let validity = sort.column.validity.base
    @inline(__always) func keyOf(_ slot: Int) -> UInt64 { (validity[slot >> 6] >> UInt64(slot & 63) & 1 == 1 ? key(slot) : 0) ^ flip }
    return rows.words.withUnsafeBufferPointer { words in
      var sample: [UInt64] = []
      sample.reserveCapacity(Self.sampleSize + 64)
      // Words far from each other, whole: rows that came together are often alike.
      let step = max(words.count / (Self.sampleSize / 4), 1)
      var index = 0
      while index < words.count {
        var rest = words[index]
        var taken = 0
        while rest != 0, taken < 4 {
          sample.append(keyOf(index &* 64 &+ rest.trailingZeroBitCount))
          rest &= rest &- 1
          rest &= ~0x1FFF
          taken &+= 1
        }
        index &+= step
      }
      sample.sort()
      guard !sample.isEmpty else { return nil }
      var rank = wanted * sample.count / rows.count * 3 / 2 + 8
      while rank < sample.count / 4 {
        let bound = sample[rank]
        var found: [UInt32] = []
        found.reserveCapacity(wanted * 4 + 4096)
        for index in 0..<words.count {
          var rest = words[index]
          while rest != 0 {
            let slot = index &* 64 &+ rest.trailingZeroBitCount
            if keyOf(slot) <= bound { found.append(UInt32(truncatingIfNeeded: slot)) }
            rest &= rest &- 1
          }
          if found.count > rows.count / 2 { return nil }
        }
        if found.count >= wanted { return found }
        rank = rank * 4
      }
      return nil
    }
  }
}
