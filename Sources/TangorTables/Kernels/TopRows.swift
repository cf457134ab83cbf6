/// The first rows of an order, without ordering the rest.
///
/// A sample of the rows tells a key below which there should be enough of them; a filter finds those, and only they are sorted.
struct TopRows {
  private static let sampleSize = 4096

  private let sort: SortColumn
  /// The rows to choose from, ascending slots.
  private let rows: RowBits

  /// - Returns: All rows whose key by the first column is at most some bound, at least `wanted` of them, in ascending slots; nil when
  ///   nothing is won against sorting all.
  static func collect(_ rows: RowBits, atLeast wanted: Int, by sort: SortColumn) -> [UInt32]? {
    guard rows.count > 4 * sampleSize, wanted < rows.count / 8, !(sort.absolute && sort.column.kind == .string) else { return nil }
    return TopRows(sort: sort, rows: rows).collect(atLeast: wanted)
  }

  private func collect(atLeast wanted: Int) -> [UInt32]? {
    var sample = sampleKeys()
    guard !sample.isEmpty else { return nil }
    var rank = wanted * sample.count / rows.count * 3 / 2 + 8
    while rank < sample.count / 4 {
      let bound = sample.withUnsafeMutableBufferPointer { Selection.select(rank, of: $0).key }
      var words = mask(bound)
      rows.words.withUnsafeBufferPointer { members in
        words.withUnsafeMutableBufferPointer { words in for index in words.indices { words[index] &= members[index] } }
      }
      let found = RowBits(words: words)
      if found.count > rows.count / 2 { return nil }
      if found.count >= wanted { return found.slots() }
      rank *= 4
    }
    return nil
  }

  /// The keys of some rows, in the order's direction.
  private func sampleKeys() -> [UInt64] {
    var slots: [UInt32] = []
    slots.reserveCapacity(Self.sampleSize + 64)
    // Words far from each other, whole: rows that came together are often alike.
    let words = rows.words
    let step = max(words.count / (Self.sampleSize / 4), 1)
    for index in stride(from: 0, to: words.count, by: step) {
      var rest = words[index]
      var taken = 0
      while rest != 0, taken < 4 {
        slots.append(UInt32(truncatingIfNeeded: index &* 64 &+ rest.trailingZeroBitCount))
        rest &= rest &- 1
        rest &= ~0x1FFF
        taken &+= 1
      }
    }
    let mode: KeyFill.Mode = sort.absolute && sort.column.kind.isNumber ? .magnitude : .order
    let flip: UInt64 = sort.descending ? .max : 0
    return slots.withUnsafeBufferPointer { slots in
      let fill = KeyFill(sort.column, mode, slots: slots.baseAddress)
      return [UInt64](unsafeUninitializedCapacity: slots.count) { keys, filled in
        if let out = keys.baseAddress { fill.fill(0..<slots.count, out) }
        for index in 0..<slots.count { keys[index] ^= flip }
        filled = slots.count
      }
    }
  }

  /// The slots whose keys, in the order's direction, are at most a bound; bits for as many as the rows' words have.
  private func mask(_ bound: UInt64) -> [UInt64] {
    let column = sort.column
    let count = min(rows.words.count * 64, column.slotCapacity)
    let flip: UInt64 = sort.descending ? .max : 0
    // No value has the key 0.
    let matchesNull = flip <= bound
    func kernel(_ test: FilterTerm.Test) -> FilterKernel {
      FilterKernel(column: column, test: test, matchesNull: matchesNull, count: count)
    }
    if let dictionary = column.dictionary {
      let labels = dictionary.orderedLabels()
      return kernel(.anyValue).codeMask({ dictionary.isUsed($0) && labels[Int($0)] ^ flip <= bound })
    }
    if sort.absolute, column.kind.isNumber {
      var kernel = MagnitudeFilter(kernel: kernel(.anyValue), bound: bound, flip: flip)
      return column.visit(&kernel)
    }
    // What is not a number compares with none: it is among those that are not beyond the bound.
    if !sort.descending { return kernel(bound == .max ? .anyValue : .keys(bound + 1...UInt64.max, negated: true)).mask() }
    return kernel(~bound <= 1 ? .anyValue : .keys(~bound...UInt64.max, negated: false)).mask()
  }
}

/// The rows whose keys without signs are at most a bound.
private struct MagnitudeFilter: ColumnKernel {
  let kernel: FilterKernel
  let bound: UInt64
  let flip: UInt64

  func run<Value: StoredValue>(_ values: UnsafeMutablePointer<Value>) -> [UInt64] {
    kernel.slotMask({ values[$0].magnitudeKey ^ flip <= bound })
  }
}
