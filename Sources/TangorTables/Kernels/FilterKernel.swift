/// Tries a condition on all rows of a column, 64 at a time.
struct FilterKernel: ColumnKernel {
  let term: FilterTerm
  /// Slots.
  let count: Int

  /// - Returns: A bit for each slot, also for those without a row.
  static func mask(_ term: FilterTerm, slots count: Int) -> [UInt64] {
    var kernel = FilterKernel(term: term, count: count)
    return term.column.visit(&kernel)
  }

  func run<Value: StoredValue>(_ values: UnsafeMutablePointer<Value>) -> [UInt64] {
    switch term.test {
    case .everything: return words { _ in .max }
    case .nothing, .noValue: return words { _ in 0 }
    case .anyValue: return words { _ in .max }
    case .keySet(let keys, let negated): return words { word in mask(word) { keys.contains(values[$0].sortKey) != negated } }
    case .text(let test): return texts(test)
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

  private func texts(_ test: TextTest) -> [UInt64] {
    guard let dictionary = term.column.dictionary else { return words { _ in 0 } }
    let codes = term.column.values(Int32.self)
    let matching = (0..<Int32(dictionary.codeLimit)).map { dictionary.isUsed($0) && test.matches(dictionary.bytes(of: $0)) }
    let limit = UInt32(matching.count)
    return matching.withUnsafeBufferPointer { matching in
      // Where there is no value there may be any number.
      words { word in
        mask(word) { slot in
          let code = UInt32(bitPattern: codes[slot])
          return code < limit && matching[Int(code)]
        }
      }
    }
  }

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
    let validity = term.column.validity.base
    let nulls: UInt64 = term.matchesNull ? .max : 0
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
