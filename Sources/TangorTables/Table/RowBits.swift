/// A set of rows: one bit for each slot, which grows as rows are put in.
package struct RowBits: Sendable {
  /// 64 rows each, the first in the lowest bit.
  package private(set) var words: [UInt64]
  /// Rows in the set.
  package private(set) var count = 0

  /// - Parameter capacity: Slots for which there is room from the beginning.
  package init(capacity: Int = 0) { words = [UInt64](repeating: 0, count: (capacity + 63) / 64) }

  /// The set that a kernel made.
  package init(words: [UInt64]) {
    self.words = words
    count = words.reduce(0) { $0 + $1.nonzeroBitCount }
  }

  /// The rows before `count`.
  package init(first count: Int) {
    words = [UInt64](repeating: .max, count: (count + 63) / 64)
    if count % 64 != 0 { words[words.count - 1] = (1 << UInt64(count % 64)) - 1 }
    self.count = count
  }

  package func contains(_ slot: UInt32) -> Bool {
    let word = Int(slot >> 6)
    return word < words.count && words[word] >> UInt64(slot & 63) & 1 == 1
  }

  /// - Returns: Whether it was not in the set.
  @discardableResult package mutating func insert(_ slot: UInt32) -> Bool {
    let word = Int(slot >> 6)
    if word >= words.count { words.append(contentsOf: repeatElement(0, count: max(word + 1 - words.count, words.count / 2))) }
    let bit: UInt64 = 1 << UInt64(slot & 63)
    guard words[word] & bit == 0 else { return false }
    words[word] |= bit
    count += 1
    return true
  }

  /// - Returns: Whether it was in the set.
  @discardableResult package mutating func remove(_ slot: UInt32) -> Bool {
    let word = Int(slot >> 6)
    let bit: UInt64 = 1 << UInt64(slot & 63)
    guard word < words.count, words[word] & bit != 0 else { return false }
    words[word] &= ~bit
    count -= 1
    return true
  }

  /// Puts in every row of a range.
  package mutating func insert(_ range: Range<Int>) {
    guard let last = range.last else { return }
    if last >> 6 >= words.count { words.append(contentsOf: repeatElement(0, count: max((last >> 6) + 1 - words.count, words.count / 2))) }
    for word in range.lowerBound >> 6...last >> 6 {
      let head = word == range.lowerBound >> 6 ? UInt64.max << UInt64(range.lowerBound & 63) : .max
      let tail = word == last >> 6 ? UInt64.max >> UInt64(63 - last & 63) : .max
      let bits = head & tail
      count += (bits & ~words[word]).nonzeroBitCount
      words[word] |= bits
    }
  }

  /// The rows in ascending order.
  package func forEach(_ body: (UInt32) throws -> Void) rethrows {
    for (index, word) in words.enumerated() where word != 0 {
      var rest = word
      while rest != 0 {
        try body(UInt32(truncatingIfNeeded: index &* 64 &+ rest.trailingZeroBitCount))
        rest &= rest &- 1
      }
    }
  }

  /// The rows in ascending order.
  package func slots() -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: count) { memory, filled in
      guard let out = memory.baseAddress else { return }
      words.withUnsafeBufferPointer { words in
        let parts = RowParts(words.count, parts: Parallelism.current.parts(count), granularity: 1)
        let starts = starts(parts)
        BitPositions.with { positions in
          forEachPart(parts.parts) { part in
            var next = starts[part]
            // What is written behind the rows of a word must not reach into another part.
            let roomy = starts[part + 1] - 64 - BitPositions.excess
            for index in parts[part] where words[index] != 0 {
              if next <= roomy {
                next &+= positions.write(words[index], base: index &* 64, out + next)
                continue
              }
              var rest = words[index]
              while rest != 0 {
                out[next] = UInt32(truncatingIfNeeded: index &* 64 &+ rest.trailingZeroBitCount)
                next &+= 1
                rest &= rest &- 1
              }
            }
          }
        }
      }
      filled = count
    }
  }

  /// How many rows lie before each of some parts of the words, and at the end how many there are.
  func starts(_ parts: RowParts) -> [Int] {
    var starts = [0]
    for part in 0..<parts.parts - 1 { starts.append(starts[part] + words[parts[part]].reduce(0) { $0 + $1.nonzeroBitCount }) }
    return starts + [count]
  }

  /// A part of `slots()`, without the rest.
  ///
  /// - Parameter range: Positions among the rows of the set, within its count.
  package func slots(_ range: Range<Int>) -> [UInt32] {
    assert(range.upperBound <= count)
    // Without gaps a row's position is the row.
    if let last, Int(last) == count - 1 { return range.map { UInt32($0) } }
    var result: [UInt32] = []
    result.reserveCapacity(range.count)
    var position = 0
    var index = 0
    while index < words.count, position + words[index].nonzeroBitCount <= range.lowerBound {
      position += words[index].nonzeroBitCount
      index += 1
    }
    while index < words.count, position < range.upperBound {
      var rest = words[index]
      while rest != 0, position < range.upperBound {
        if position >= range.lowerBound { result.append(UInt32(index * 64 + rest.trailingZeroBitCount)) }
        position += 1
        rest &= rest &- 1
      }
      index += 1
    }
    return result
  }

  /// Whether a row is missing before the highest one.
  var hasGaps: Bool { count != (last.map { Int($0) + 1 } ?? 0) }

  /// The highest row; nil when there is none.
  package var last: UInt32? {
    guard let index = words.lastIndex(where: { $0 != 0 }) else { return nil }
    return UInt32(index * 64 + 63 - words[index].leadingZeroBitCount)
  }
}
