/// Stable sorts of slots by 64-bit keys.
///
/// A key's upper bits and a row's position go into one word each, as many bits of the key as have room; rows whose keys are equal there are
/// settled by the whole keys at the end. The words are spread over buckets by their upper bits, on several threads where there are many,
/// until a bucket fits into a processor's cache, where it is sorted digit by digit. Bits that all keys share are passed over.
enum RadixSort {
  /// Rows below which one thread sorts in one go.
  private static let smallCount = 256

  /// - Returns: The slots, ascending by key; those with equal keys stay as they stand.
  static func sorted(_ slots: [UInt32], _ key: (UInt32) -> UInt64) -> [UInt32] {
    let keys = [UInt64](unsafeUninitializedCapacity: slots.count) { memory, count in
      for index in slots.indices { memory[index] = key(slots[index]) }
      count = slots.count
    }
    return sorted(slots, keys: keys)
  }

  /// - Parameter keys: One for each slot.
  static func sorted(_ slots: [UInt32], keys: [UInt64]) -> [UInt32] {
    assert(slots.count == keys.count)
    return keys.withUnsafeBufferPointer { keys in
      guard let keys = keys.baseAddress else { return slots }
      return sorted(RowSelection(slots), keys: keys)
    }
  }

  /// - Parameter keys: One for each row.
  /// - Returns: The rows' slots.
  static func sorted(_ rows: RowSelection, keys: UnsafePointer<UInt64>) -> [UInt32] {
    let count = rows.count
    guard count > smallCount else {
      return (0..<count).sorted { (keys[$0], $0) < (keys[$1], $1) }.map { rows[$0] }
    }
    let parts = RowParts(count, parts: Parallelism.current.parts(count))
    let bounds = bounds(keys, parts)
    if bounds.isSorted { return rows.slots ?? Array(0..<UInt32(count)) }
    let range = KeyRange(bounds.lowest, bounds.highest, ordinary: bounds.ordinary)
    let keyBits = 64 - range.width.leadingZeroBitCount
    let positionBits = 64 - UInt64(count - 1).leadingZeroBitCount
    let usedBits = min(keyBits, 64 - positionBits)
    let first = GrowableBuffer<UInt64>(capacity: count)
    let second = GrowableBuffer<UInt64>(capacity: count)
    let words = WordSort(positionBits: positionBits, ties: keyBits > usedBits ? keys : nil)
    words.fill(first.base, keys, parts, range, shift: UInt64(keyBits - usedBits))
    words.sort(first.base, second.base, parts, bits: usedBits)
    let mask = (UInt64(1) << UInt64(positionBits)) - 1
    return [UInt32](unsafeUninitializedCapacity: count) { memory, filled in
      guard let out = memory.baseAddress else { return }
      let sorted = first.base
      rows.withSlots { slots in
        forEachPart(parts.parts) { part in
          for index in parts[part] {
            let row = Int(truncatingIfNeeded: sorted[index] & mask)
            out[index] = slots?[row] ?? UInt32(truncatingIfNeeded: row)
          }
        }
      }
      filled = count
    }
  }

  private struct Bounds {
    var lowest = UInt64.max
    var highest: UInt64 = 0
    /// The bounds of the keys that are not those of no value or of zero.
    var ordinary: (lowest: UInt64, highest: UInt64) = (.max, 0)
    var isSorted = true
  }

  private static func bounds(_ keys: UnsafePointer<UInt64>, _ parts: RowParts) -> Bounds {
    var found = [Bounds](repeating: Bounds(), count: parts.parts)
    found.withUnsafeMutableBufferPointer { found in
      guard let found = found.baseAddress else { return }
      forEachPart(parts.parts) { part in
        var bounds = Bounds()
        var previous = keys[max(parts[part].lowerBound - 1, 0)]
        for index in parts[part] {
          let key = keys[index]
          bounds.lowest = min(bounds.lowest, key)
          bounds.highest = max(bounds.highest, key)
          if !KeyRange.isSpecial(key) {
            bounds.ordinary.lowest = min(bounds.ordinary.lowest, key)
            bounds.ordinary.highest = max(bounds.ordinary.highest, key)
          }
          bounds.isSorted = bounds.isSorted && previous <= key
          previous = key
        }
        found[part] = bounds
      }
    }
    return found.dropFirst().reduce(into: found[0]) { all, part in
      all.lowest = min(all.lowest, part.lowest)
      all.highest = max(all.highest, part.highest)
      all.ordinary.lowest = min(all.ordinary.lowest, part.ordinary.lowest)
      all.ordinary.highest = max(all.ordinary.highest, part.ordinary.highest)
      all.isSorted = all.isSorted && part.isSorted
    }
  }
}

/// Keys as numbers from 0 on that lie as close together as the keys allow.
///
/// The keys of no value and of zero lie far from those of other numbers, and often there are some: they are moved next to the others.
private struct KeyRange {
  private let lowest: UInt64
  private let highest: UInt64
  private let isMoved: Bool
  /// The greatest of the numbers.
  let width: UInt64

  init(_ lowest: UInt64, _ highest: UInt64, ordinary: (lowest: UInt64, highest: UInt64)) {
    isMoved = ordinary.lowest <= ordinary.highest && ordinary.highest - ordinary.lowest < 1 << 62
    self.lowest = isMoved ? ordinary.lowest : lowest
    self.highest = isMoved ? ordinary.highest : highest
    width = isMoved ? ordinary.highest - ordinary.lowest + 8 : highest - lowest
  }

  @inline(__always) static func isSpecial(_ key: UInt64) -> Bool { key &+ 1 <= 1 || key &- (1 << 63 - 1) <= 1 }

  @inline(__always) func number(_ key: UInt64) -> UInt64 {
    let number = key &- lowest
    guard isMoved else { return number }
    if key >= lowest, key <= highest { return number &+ 4 }
    let place = UInt64(key == 0 ? 0 : key == 1 << 63 - 1 ? 1 : key == 1 << 63 ? 2 : 3)
    return key < lowest ? place : width &- 3 &+ place
  }
}

/// The sort of words that have a part of a key above a position.
private struct WordSort {
  /// What a bucket may hold to be sorted digit by digit.
  private static let bucketSize = 8_192
  private static let bucketBits = 11

  let positionBits: Int
  /// The whole keys, where the words hold only a part of them.
  let ties: UnsafePointer<UInt64>?

  func fill(_ words: UnsafeMutablePointer<UInt64>, _ keys: UnsafePointer<UInt64>, _ parts: RowParts, _ range: KeyRange, shift: UInt64) {
    let positionBits = UInt64(positionBits)
    forEachPart(parts.parts) { part in
      for index in parts[part] {
        words[index] = ((range.number(keys[index]) >> shift) << positionBits) | UInt64(truncatingIfNeeded: index)
      }
    }
  }

  /// Sorts all words; they stand in `words` then.
  ///
  /// - Parameter bits: How many bits above the position differ.
  func sort(_ words: UnsafeMutablePointer<UInt64>, _ other: UnsafeMutablePointer<UInt64>, _ parts: RowParts, bits: Int) {
    let count = parts.count
    guard count > Self.bucketSize else {
      sort(words, other, count, bits: bits, intoOther: false)
      return settleTies(words, count)
    }
    let digitBits = min(Self.bucketBits, bits)
    let buckets = 1 << digitBits
    let shift = UInt64(positionBits + bits - digitBits)
    // By part and bucket: how many words, then where the next one goes.
    let starts = GrowableBuffer<Int>(capacity: parts.parts * buckets)
    let next = starts.base
    forEachPart(parts.parts) { part in
      let counts = next + part * buckets
      counts.initialize(repeating: 0, count: buckets)
      for index in parts[part] { counts[Int(truncatingIfNeeded: words[index] >> shift)] &+= 1 }
    }
    var bounds = [0]
    bounds.reserveCapacity(buckets + 1)
    var sum = 0
    for bucket in 0..<buckets {
      for part in 0..<parts.parts {
        let size = next[part &* buckets &+ bucket]
        next[part &* buckets &+ bucket] = sum
        sum &+= size
      }
      bounds.append(sum)
    }
    forEachPart(parts.parts) { part in
      let next = next + part * buckets
      for index in parts[part] {
        let word = words[index]
        let bucket = Int(truncatingIfNeeded: word >> shift)
        other[next[bucket]] = word
        next[bucket] &+= 1
      }
    }
    let jobs = Self.jobs(bounds, atLeast: parts.parts == 1 ? count : count / 64)
    forEachPart(jobs.count, threads: parts.parts) { job in
      for bucket in jobs[job] {
        let (start, size) = (bounds[bucket], bounds[bucket + 1] - bounds[bucket])
        if size == 0 { continue }
        sort(other + start, words + start, size, bits: bits - digitBits, intoOther: true)
        settleTies(words + start, size)
      }
    }
  }

  /// Runs of buckets with about as many words each.
  private static func jobs(_ bounds: [Int], atLeast size: Int) -> [Range<Int>] {
    var jobs: [Range<Int>] = []
    var start = 0
    for bucket in 1..<bounds.count where bounds[bucket] - bounds[start] >= size || bucket == bounds.count - 1 {
      jobs.append(start..<bucket)
      start = bucket
    }
    return jobs
  }

  /// Sorts the words of one bucket.
  ///
  /// - Parameters:
  ///   - bits: How many bits above the position differ.
  ///   - intoOther: In which of the two blocks they are to stand then.
  private func sort(
    _ words: UnsafeMutablePointer<UInt64>, _ other: UnsafeMutablePointer<UInt64>, _ count: Int, bits: Int, intoOther: Bool
  ) {
    if count <= 24 || bits == 0 {
      if bits > 0 { insertionSort(words, count) }
      if intoOther { other.update(from: words, count: count) }
      return
    }
    guard count > Self.bucketSize else { return sortByDigits(words, other, count, bits: bits, intoOther: intoOther) }
    let digitBits = min(Self.bucketBits, bits)
    withUnsafeTemporaryAllocation(of: Int.self, capacity: (1 << digitBits) + 1) { starts in
      guard let starts = starts.baseAddress else { return }
      scatter(words, other, count, shift: positionBits + bits - digitBits, digitBits, starts)
      for bucket in 0..<1 << digitBits {
        // Each start has moved to its bucket's end.
        let begin = bucket == 0 ? 0 : starts[bucket - 1]
        let size = starts[bucket] - begin
        if size > 0 { sort(other + begin, words + begin, size, bits: bits - digitBits, intoOther: !intoOther) }
      }
    }
  }

  private func sortByDigits(
    _ words: UnsafeMutablePointer<UInt64>, _ other: UnsafeMutablePointer<UInt64>, _ count: Int, bits: Int, intoOther: Bool
  ) {
    let digitBits = count > 1_024 ? 11 : 8
    var (source, target) = (words, other)
    withUnsafeTemporaryAllocation(of: Int.self, capacity: (1 << digitBits) + 1) { starts in
      guard let starts = starts.baseAddress else { return }
      var done = 0
      while done < bits {
        scatter(source, target, count, shift: positionBits + done, min(digitBits, bits - done), starts)
        swap(&source, &target)
        done += digitBits
      }
    }
    if (source == other) != intoOther { target.update(from: source, count: count) }
  }

  /// Moves words to where their digit belongs; `starts` has each digit's end then.
  @inline(__always) private func scatter(
    _ source: UnsafeMutablePointer<UInt64>, _ target: UnsafeMutablePointer<UInt64>, _ count: Int, shift: Int, _ digitBits: Int,
    _ starts: UnsafeMutablePointer<Int>
  ) {
    let digits = 1 << digitBits
    let (shift, mask) = (UInt64(shift), UInt64(digits - 1))
    starts.initialize(repeating: 0, count: digits)
    for index in 0..<count { starts[Int(truncatingIfNeeded: source[index] >> shift & mask)] &+= 1 }
    var sum = 0
    for digit in 0..<digits {
      let size = starts[digit]
      starts[digit] = sum
      sum &+= size
    }
    for index in 0..<count {
      let word = source[index]
      let digit = Int(truncatingIfNeeded: word >> shift & mask)
      target[starts[digit]] = word
      starts[digit] &+= 1
    }
  }

  private func insertionSort(_ words: UnsafeMutablePointer<UInt64>, _ count: Int) {
    for index in 1..<max(count, 1) {
      let word = words[index]
      var place = index
      while place > 0, words[place - 1] > word {
        words[place] = words[place - 1]
        place -= 1
      }
      words[place] = word
    }
  }

  /// Orders runs of words whose parts of the keys are equal by their whole keys.
  private func settleTies(_ words: UnsafeMutablePointer<UInt64>, _ count: Int) {
    guard let ties else { return }
    let mask = (UInt64(1) << UInt64(positionBits)) - 1
    var start = 0
    while start < count {
      let upper = words[start] >> UInt64(positionBits)
      var end = start &+ 1
      while end < count, words[end] >> UInt64(positionBits) == upper { end &+= 1 }
      if end &- start > 1 {
        var run = UnsafeMutableBufferPointer(start: words + start, count: end &- start)
        run.sort { one, other in
          let first = ties[Int(truncatingIfNeeded: one & mask)]
          let second = ties[Int(truncatingIfNeeded: other & mask)]
          return first != second ? first < second : one < other
        }
      }
      start = end
    }
  }
}
