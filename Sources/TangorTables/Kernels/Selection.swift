/// Finds one of many by its place in their order, without ordering them.
enum Selection {
  /// - Returns: What would stand at `place` if the keys were sorted; it stands there afterwards, nothing greater before it.
  static func select(_ place: Int, of keys: inout [UInt64]) -> UInt64 {
    keys.withUnsafeMutableBufferPointer { keys in
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
      return keys[place]
    }
  }
}
