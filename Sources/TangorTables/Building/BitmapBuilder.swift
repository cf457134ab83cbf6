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

  mutating func append(_ bit: Bool, count: Int) {
    for _ in 0..<count { append(bit) }
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
}
