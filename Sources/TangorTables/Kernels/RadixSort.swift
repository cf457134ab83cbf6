/// Stable sorts of slots by 64-bit keys.
///
/// The keys' common range decides how: where a key and a position fit into 64 bits together, single words are sorted, eleven bits at a
/// time; wider keys are sorted by their upper bits first, and the few that are equal there by the rest. Digits that all keys share are
/// passed over.
enum RadixSort {
  private static let digitBits = 11
  private static let digits = 1 << digitBits

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
    guard slots.count > 1 else { return slots }
    guard slots.count > 256 else {
      return slots.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }.map { slots[$0] }
    }
    var lowest = UInt64.max
    var highest: UInt64 = 0
    var isSorted = true
    keys.withUnsafeBufferPointer { keys in
      var previous: UInt64 = 0
      for index in 0..<keys.count {
        let key = keys[index]
        lowest = min(lowest, key)
        highest = max(highest, key)
        if key < previous { isSorted = false }
        previous = key
      }
    }
    if isSorted { return slots }
    let keyBits = 64 - (highest - lowest).leadingZeroBitCount
    let positionBits = 64 - UInt64(slots.count - 1).leadingZeroBitCount
    let room = 64 - positionBits
    // The upper bits of a key and its position, in one word.
    let shift = UInt64(max(keyBits - room, 0))
    let count = slots.count
    let first = GrowableBuffer<UInt64>(capacity: count)
    let second = GrowableBuffer<UInt64>(capacity: count)
    keys.withUnsafeBufferPointer { keys in
      for index in 0..<count { first.base[index] = (((keys[index] &- lowest) >> shift) << UInt64(positionBits)) | UInt64(index) }
    }
    let sorted = sortWords(first.base, second.base, count, from: positionBits, to: positionBits + min(keyBits, room))
    let mask = (UInt64(1) << UInt64(positionBits)) - 1
    if shift > 0 { settleTies(sorted, count, positionBits, mask, keys) }
    return [UInt32](unsafeUninitializedCapacity: count) { memory, filled in
      slots.withUnsafeBufferPointer { slots in
        for index in 0..<count { memory[index] = slots[Int(truncatingIfNeeded: sorted[index] & mask)] }
      }
      filled = count
    }
  }

  /// Sorts words by a range of their bits; returns which of the two blocks holds them then.
  private static func sortWords(
    _ first: UnsafeMutablePointer<UInt64>, _ second: UnsafeMutablePointer<UInt64>, _ count: Int, from: Int, to: Int
  ) -> UnsafeMutablePointer<UInt64> {
    let passes = (to - from + digitBits - 1) / digitBits
    let histograms = GrowableBuffer<Int>(capacity: passes * digits)
    histograms.base.initialize(repeating: 0, count: passes * digits)
    let mask = UInt64(digits - 1)
    for index in 0..<count {
      var word = first[index] >> UInt64(from)
      for pass in 0..<passes {
        histograms.base[pass &* digits &+ Int(truncatingIfNeeded: word & mask)] &+= 1
        word >>= UInt64(digitBits)
      }
    }
    var (source, target) = (first, second)
    for pass in 0..<passes {
      let starts = histograms.base + pass * digits
      let shift = UInt64(from + pass * digitBits)
      // A digit that all words share moves nothing.
      if starts[Int(truncatingIfNeeded: source[0] >> shift & mask)] == count { continue }
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
      swap(&source, &target)
    }
    return source
  }

  /// Orders runs of words whose upper bits are equal by their whole keys.
  private static func settleTies(_ words: UnsafeMutablePointer<UInt64>, _ count: Int, _ positionBits: Int, _ mask: UInt64, _ keys: [UInt64])
  {
    keys.withUnsafeBufferPointer { keys in
      var start = 0
      while start < count {
        let upper = words[start] >> UInt64(positionBits)
        var end = start &+ 1
        while end < count, words[end] >> UInt64(positionBits) == upper { end &+= 1 }
        if end &- start > 1 {
          var run = UnsafeMutableBufferPointer(start: words + start, count: end &- start)
          run.sort { one, other in
            let first = keys[Int(truncatingIfNeeded: one & mask)]
            let second = keys[Int(truncatingIfNeeded: other & mask)]
            return first != second ? first < second : one < other
          }
        }
        start = end
      }
    }
  }
}
