/// Turns bits into the numbers of those that are 1, a byte at a time and without a branch for each.
struct BitPositions {
  /// Numbers that may be written behind those that are meant.
  static let excess = 8

  /// By byte: the places of its ones, then whatever there is.
  private static let places: [SIMD8<UInt32>] = (0..<256).map { byte in
    var places = SIMD8<UInt32>()
    for (number, bit) in (0..<8).filter({ byte >> $0 & 1 == 1 }).enumerated() { places[number] = UInt32(bit) }
    return places
  }

  /// By byte: how many of its bits are 1.
  private static let counts: [UInt8] = (0..<256).map { UInt8($0.nonzeroBitCount) }

  private let places: UnsafePointer<SIMD8<UInt32>>
  private let counts: UnsafePointer<UInt8>

  /// The tables, while `body` runs.
  @inline(__always) static func with<Result>(_ body: (BitPositions) -> Result) -> Result {
    places.withUnsafeBufferPointer { places in
      counts.withUnsafeBufferPointer { counts in
        guard let places = places.baseAddress, let counts = counts.baseAddress else { preconditionFailure("Tables have elements") }
        return body(BitPositions(places: places, counts: counts))
      }
    }
  }

  /// Writes the numbers of a word's ones, ascending.
  ///
  /// - Parameters:
  ///   - base: The number of the word's lowest bit.
  ///   - out: Has room for `excess` more than the ones.
  /// - Returns: How many there are.
  @inline(__always) func write(_ word: UInt64, base: Int, _ out: UnsafeMutablePointer<UInt32>) -> Int {
    let out = UnsafeMutableRawPointer(out)
    var found = 0
    var rest = word
    var start = UInt32(truncatingIfNeeded: base)
    for _ in 0..<8 {
      let byte = Int(truncatingIfNeeded: rest & 0xFF)
      let numbers = places[byte] &+ SIMD8(repeating: start)
      withUnsafeBytes(of: numbers) { numbers in
        if let numbers = numbers.baseAddress { (out + found &* 4).copyMemory(from: numbers, byteCount: 32) }
      }
      found &+= Int(counts[byte])
      rest >>= 8
      start &+= 8
    }
    return found
  }
}
