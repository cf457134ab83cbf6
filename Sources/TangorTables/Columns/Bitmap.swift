/// One bit for each row, in words of 64, the first row in the lowest bit. The bits behind the last row are 0.
package struct Bitmap: Sendable {
  package let words: Vector<UInt64>
  /// Rows.
  package let count: Int
  /// How many bits are 1.
  package let trueCount: Int

  /// - Parameters:
  ///   - count: Rows.
  ///   - words: The bits, at least `count` of them; those behind the last row are cleared.
  package init(count: Int, words: [UInt64]) {
    precondition(words.count * 64 >= count)
    var words = Array(words.prefix((count + 63) / 64))
    if count % 64 != 0 { words[words.count - 1] &= (1 << UInt64(count % 64)) - 1 }
    self.count = count
    trueCount = words.reduce(0) { $0 + $1.nonzeroBitCount }
    self.words = Vector(words)
  }

  package init(_ bits: some Collection<Bool>) {
    var words = [UInt64](repeating: 0, count: (bits.count + 63) / 64)
    for (index, bit) in bits.enumerated() where bit { words[index / 64] |= 1 << UInt64(index % 64) }
    self.init(count: bits.count, words: words)
  }

  package subscript(row: Int) -> Bool {
    precondition(row < count)
    return words[row / 64] >> UInt64(row % 64) & 1 == 1
  }
}
