/// Finds one of many by its place in their order, without ordering them.
enum Selection {
  /// Keys from which on they are counted by their upper bits before any is moved.
  private static let countedSize = 32

  /// - Returns: What would stand at `place` if the keys were sorted, and the one before it; 0 before the first.
  ///
  /// The keys are left in another order.
  static func select(_ place: Int, of keys: UnsafeMutableBufferPointer<UInt64>) -> (lower: UInt64, key: UInt64) {
    guard keys.count > countedSize else { return quickSelect(place, of: keys) }
    var (least, greatest) = (UInt64.max, UInt64(0))
    for key in keys {
      least = min(least, key)
      greatest = max(greatest, key)
    }
    if least == greatest { return (place > 0 ? least : 0, least) }
    // A few keys for each count.
    let digitBits = min(11, max(4, Int.bitWidth - keys.count.leadingZeroBitCount - 3))
    let shift = UInt64(max(0, 64 - (greatest - least).leadingZeroBitCount - digitBits))
    return withUnsafeTemporaryAllocation(of: Int.self, capacity: 1 << digitBits) { counts in
      counts.initialize(repeating: 0)
      for key in keys { counts[Int(truncatingIfNeeded: (key &- least) >> shift)] &+= 1 }
      var (bucket, before) = (0, 0)
      while before + counts[bucket] <= place {
        before += counts[bucket]
        bucket += 1
      }
      // The bucket's keys move to the front, and what is there to their places.
      var found = 0
      var below: UInt64 = 0
      let start = least &+ UInt64(truncatingIfNeeded: bucket) << shift
      for index in 0..<keys.count {
        let key = keys[index]
        let own = Int(truncatingIfNeeded: (key &- least) >> shift)
        below = max(below, key < start ? key : 0)
        if own == bucket {
          keys[index] = keys[found]
          keys[found] = key
          found &+= 1
        }
      }
      let rest = UnsafeMutableBufferPointer(rebasing: keys[..<found])
      let within = shift == 0 ? (lower: place > before ? keys[0] : 0, key: keys[0]) : select(place - before, of: rest)
      return (place > before ? within.lower : below, within.key)
    }
  }

  private static func quickSelect(_ place: Int, of keys: UnsafeMutableBufferPointer<UInt64>) -> (lower: UInt64, key: UInt64) {
    var low = 0
    var high = keys.count - 1
    while low < high {
      // The median of three, so that sorted input is no trap.
      let (first, middle, last) = (keys[low], keys[(low + high) / 2], keys[high])
      let pivot = max(min(first, middle), min(max(first, middle), last))
      var left = low
      var right = high
      while left <= right {
        while keys[left] < pivot { left &+= 1 }
        while keys[right] > pivot { right &-= 1 }
        if left <= right {
          keys.swapAt(left, right)
          left &+= 1
          right &-= 1
        }
      }
      if place <= right { high = right } else if place >= left { low = left } else { break }
    }
    // Everything smaller stands before it.
    return (keys[..<place].max() ?? 0, keys[place])
  }
}
