/// Bytes as a row of choices. When they are used up, every further choice is the first.
struct FuzzInput {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: some Sequence<UInt8>) { rest = Array(bytes)[...] }

  var isEmpty: Bool { rest.isEmpty }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  mutating func below(_ bound: Int) -> Int { bound <= 256 ? Int(byte()) % bound : (Int(byte()) << 8 | Int(byte())) % bound }

  mutating func flag() -> Bool { byte() & 1 == 1 }

  mutating func one<Element>(of choices: [Element]) -> Element { choices[below(choices.count)] }

  /// Up to as many elements.
  mutating func some<Element>(_ most: Int, _ make: (inout FuzzInput) -> Element) -> [Element] {
    (0..<below(most + 1)).map { _ in make(&self) }
  }

  mutating func bytes(_ most: Int) -> [UInt8] {
    let count = min(below(most + 1), rest.count)
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  mutating func word() -> UInt64 { (0..<8).reduce(0) { word, _ in word << 8 | UInt64(byte()) } }

  // MARK: Values that have broken programs before

  mutating func integer() -> Int64 {
    switch below(4) {
    case 0: Int64(byte()) - 128
    case 1: one(of: [0, 1, -1, .min, .max, Int64(Int32.min), Int64(Int32.max), Int64(UInt32.max), 1 << 53, (1 << 53) + 1])
    case 2: Int64(truncatingIfNeeded: word())
    default: Int64(byte()) << 24 | Int64(byte())
    }
  }

  mutating func number() -> Double {
    switch below(3) {
    case 0: one(of: [0, -0.0, 1, -1, 0.5, .nan, .infinity, -.infinity, 1e308, -1e308, .leastNonzeroMagnitude, 1e18, -1e19, 0x1p53, 1e-300])
    case 1: Double(integer())
    default: Double(bitPattern: word())
    }
  }

  /// Positions and counts as requests have them.
  mutating func position() -> UInt32 {
    flag() ? UInt32(below(8)) : one(of: [0, 1, 2, 63, 64, 65, 1000, UInt32(Int32.max), UInt32(Int32.max) + 1, .max - 1, .max])
  }

  static let texts = [
    "a", "b", "c", "", "a|b", "é😀", "\u{0}", "line\nbreak", "\"", "\\", ",", "__INDEX__", "__ROW_PATH__", "a.b", "null", " ", "1", "-0",
    "2020-01-02", "2020-01-02T03:04:05.678Z", "true", "NaN", "\u{FEFF}", "\u{202E}x", "e\u{301}", String(repeating: "x", count: 300), "<b>",
    "1e400", "-9223372036854775809", "(", "^a+$",
  ]

  mutating func text() -> String { flag() ? one(of: ["a", "b", "c", "d"]) : one(of: Self.texts) }
}
