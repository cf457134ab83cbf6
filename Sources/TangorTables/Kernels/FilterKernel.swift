/// Tries a condition on all rows of a column, 64 at a time; on several threads where there are many.
struct FilterKernel: ColumnKernel {
  let column: ColumnStore
  let test: FilterTerm.Test
  let matchesNull: Bool
  /// Slots.
  let count: Int

  /// - Returns: A bit for each slot, also for those without a row.
  func mask() -> [UInt64] {
    var kernel = self
    return column.visit(&kernel)
  }

  func run<Value: StoredValue>(_ values: UnsafeMutablePointer<Value>) -> [UInt64] {
    switch test {
    case .everything: return words { _ in .max }
    case .nothing, .noValue: return words { _ in 0 }
    case .anyValue: return words { _ in .max }
    case .keySet(let keys, let negated): return words { word in mask(word) { keys.contains(values[$0].sortKey) != negated } }
    case .text(let test):
      guard let dictionary = column.dictionary else { return words { _ in 0 } }
      return codeMask({ dictionary.isUsed($0) && test.matches(dictionary.bytes(of: $0)) })
    case .keys(let range, let negated):
      let flip: UInt64 = negated ? .max : 0
      if let floats = values as? UnsafeMutablePointer<Double> {
        // Compared as numbers several fit into one instruction.
        let low = Double.value(ofSortKey: max(range.lowerBound, (-Double.infinity).sortKey))
        let high = Double.value(ofSortKey: min(range.upperBound, Double.infinity.sortKey))
        guard range.lowerBound <= Double.infinity.sortKey else { return words { _ in flip } }
        return words { word in mask(word) { floats[$0] >= low && floats[$0] <= high } ^ flip }
      }
      let low = range.lowerBound
      let width = range.upperBound - low
      return words { word in mask(word) { values[$0].sortKey &- low <= width } ^ flip }
    }
  }

  /// The rows of a column of texts whose codes match; the kernel's test is not looked at.
  ///
  /// - Parameter matches: Tried once for each code.
  func codeMask(_ matches: (Int32) -> Bool) -> [UInt64] {
    let codes = column.values(Int32.self)
    let limit = column.dictionary?.codeLimit ?? 0
    // One more, for the numbers that may stand where there is no value: a row is looked up without a branch.
    let matching = (0..<Int32(limit)).map { matches($0) ? UInt8(1) : 0 } + [0]
    let last = UInt32(limit)
    return matching.withUnsafeBufferPointer { matching in
      guard let matching = matching.baseAddress else { return [] }
      return words { word in mask(word) { matching[Int(min(UInt32(bitPattern: codes[$0]), last))] != 0 } }
    }
  }

  /// The slots whose values pass a test of one's own; the kernel's is not looked at.
  ///
  /// - Parameter matches: Gets a slot, also one without a value.
  @inline(__always) func slotMask(_ matches: (Int) -> Bool) -> [UInt64] { words { word in mask(word, matches) } }

  /// The bits of 64 rows.
  @inline(__always) private func mask(_ word: Int, _ matches: (Int) -> Bool) -> UInt64 {
    var bits: UInt64 = 0
    let base = word &* 64
    if count &- base >= 64 {
      // Always 64 turns: the compiler unrolls them.
      for offset in 0..<64 { bits |= (matches(base &+ offset) ? 1 : 0) << UInt64(truncatingIfNeeded: offset) }
      return bits
    }
    for offset in 0..<(count &- base) { bits |= (matches(base &+ offset) ? 1 : 0) << UInt64(truncatingIfNeeded: offset) }
    return bits
  }

  @inline(__always) private func words(_ bits: (Int) -> UInt64) -> [UInt64] {
    let validity = column.validity.base
    let nulls: UInt64 = matchesNull ? .max : 0
    let size = (count + 63) / 64
    let parts = RowParts(size, parts: Parallelism.current.parts(count), granularity: 1)
    return [UInt64](unsafeUninitializedCapacity: size) { memory, filled in
      if let out = memory.baseAddress {
        forEachPart(parts.parts) { part in
          for word in parts[part] { out[word] = (bits(word) & validity[word]) | (nulls & ~validity[word]) }
        }
      }
      filled = size
    }
  }
}

extension FilterKernel {
  init(_ term: FilterTerm, slots count: Int) {
    self.init(column: term.column, test: term.test, matchesNull: term.matchesNull, count: count)
  }
}
