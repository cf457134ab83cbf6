/// A bitmap that grows by one bit at a time, without memory as long as all bits are 1.
struct BitmapBuilder {
  private(set) var count = 0
  private(set) var falseCount = 0
  private var words: [UInt64] = []

  @inline(__always)
  mutating func append(_ bit: Bool) {
    if falseCount == 0 {
      if bit {
        count += 1
        return
      }
      words = [UInt64](repeating: .max, count: count / 64 + 1)
    }
    if count / 64 >= words.count { words.append(0) }
    let mask: UInt64 = 1 << UInt64(count % 64)
    if bit {
      words[count / 64] |= mask
    } else {
      words[count / 64] &= ~mask
      falseCount += 1
    }
    count += 1
  }

  mutating func append(_ bit: Bool, count more: Int) {
    var rest = more
    while rest > 0 {
      // Whole words at once, where one begins and the words are there to be written.
      if falseCount > 0, count % 64 == 0, rest >= 64 {
        if count / 64 >= words.count { words.append(0) }
        words[count / 64] = bit ? .max : 0
        falseCount += bit ? 0 : 64
        count += 64
        rest -= 64
      } else {
        append(bit)
        rest -= 1
      }
    }
  }

  mutating func removeLast() {
    precondition(count > 0)
    count -= 1
    guard falseCount > 0 else { return }
    if words[count / 64] >> UInt64(count % 64) & 1 == 0 { falseCount -= 1 }
  }

  /// The bits so far; nil when all are 1.
  var bitmap: Bitmap? {
    falseCount == 0 ? nil : Bitmap(count: count, words: words)
  }

  /// The bits of several builders, one behind the other.
  static func joined(_ parts: [BitmapBuilder]) -> Bitmap {
    let count = parts.reduce(0) { $0 + $1.count }
    var words = [UInt64](repeating: 0, count: count / 64 + 1)
    var start = 0
    for part in parts {
      for index in 0..<((part.count + 63) / 64) {
        var word = part.falseCount == 0 ? UInt64.max : part.words[index]
        let rest = part.count - index * 64
        if rest < 64 { word &= (1 << UInt64(rest)) - 1 }
        let (place, shift) = ((start + index * 64) / 64, UInt64((start + index * 64) % 64))
        words[place] |= word << shift
        // What a shift by 64 or more pushes out is zero, and only bits within the count are left to push.
        if shift > 0, word >> (64 - shift) != 0 { words[place + 1] |= word >> (64 - shift) }
      }
      start += part.count
    }
    return Bitmap(count: count, words: words)
  }
}
