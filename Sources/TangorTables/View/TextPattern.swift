/// A regular expression over bytes, matched anywhere in a text in time proportional to the text.
///
/// It knows what filters are written with: characters, `.`, classes with ranges and `\d \w \s` and their opposites, anchors `^ $`, word
/// edges `\b \B`, groups, alternatives, and the repetitions `* + ? {m,n}` (greedy or not is the same here). All states that the pattern
/// can be in are followed at once (Thompson's method), so that no pattern makes it slow. Characters beyond ASCII are matched as their
/// UTF-8 bytes; `.` and classes take whole characters.
struct TextPattern {
  fileprivate enum Step {
    case bytes(ByteSet)
    case jump(Int)
    case either(Int, Int)
    case start
    case end
    case edge(Bool)
    case match
  }

  private var steps: [Step] = []

  /// - Returns: nil for what is no pattern, or one that would grow beyond 10,000 steps.
  init?(_ pattern: String) {
    var parser = PatternParser(Array(pattern.utf8))
    guard let tree = parser.parse() else { return nil }
    guard tree.size <= 10_000 else { return nil }
    emit(tree)
    steps.append(.match)
  }

  func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var current: [Int] = []
    var next: [Int] = []
    var marks = [Int](repeating: -1, count: steps.count)
    for position in 0...text.count {
      // A match may begin at every character.
      if position == text.count || text[position] & 0xC0 != 0x80 { add(0, position, text, &current, &marks) }
      next.removeAll(keepingCapacity: true)
      for step in current {
        switch steps[step] {
        case .match: return true
        case .bytes(let set):
          if position < text.count, set.contains(text[position]) { next.append(step + 1) }
        default: break
        }
      }
      current.removeAll(keepingCapacity: true)
      for step in next { add(step, position + 1, text, &current, &marks) }
    }
    return current.contains { if case .match = steps[$0] { true } else { false } }
  }

  /// Adds a step and those that follow it without a byte.
  private func add(_ step: Int, _ position: Int, _ text: UnsafeBufferPointer<UInt8>, _ list: inout [Int], _ marks: inout [Int]) {
    var work = [step]
    while let step = work.popLast() {
      if marks[step] == position { continue }
      marks[step] = position
      switch steps[step] {
      case .jump(let target): work.append(target)
      case .either(let one, let other): work += [other, one]
      case .start: if position == 0 { work.append(step + 1) }
      case .end: if position == text.count { work.append(step + 1) }
      case .edge(let wanted):
        let before = position > 0 && ByteSet.word.contains(text[position - 1])
        let after = position < text.count && ByteSet.word.contains(text[position])
        if (before != after) == wanted { work.append(step + 1) }
      case .bytes, .match: list.append(step)
      }
    }
  }

  private mutating func emit(_ node: PatternNode) {
    switch node {
    case .empty: break
    case .bytes(let set): steps.append(.bytes(set))
    case .start: steps.append(.start)
    case .end: steps.append(.end)
    case .edge(let wanted): steps.append(.edge(wanted))
    case .sequence(let parts): for part in parts { emit(part) }
    case .either(let parts):
      var jumps: [Int] = []
      for part in parts.dropLast() {
        let fork = steps.count
        steps.append(.jump(0))
        emit(part)
        jumps.append(steps.count)
        steps.append(.jump(0))
        steps[fork] = .either(fork + 1, steps.count)
      }
      if let last = parts.last { emit(last) }
      for jump in jumps { steps[jump] = .jump(steps.count) }
    case .many(let part, let least, let most):
      for _ in 0..<least { emit(part) }
      if let most {
        for _ in least..<most { emit(.either([part, .empty])) }
      } else {
        let fork = steps.count
        steps.append(.jump(0))
        emit(part)
        steps.append(.jump(fork))
        steps[fork] = .either(fork + 1, steps.count)
      }
    }
  }
}

/// A set of bytes.
struct ByteSet: Hashable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  static func == (one: ByteSet, other: ByteSet) -> Bool { one.words == other.words }

  func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }

  init(_ ranges: ClosedRange<UInt8>...) { for range in ranges { for byte in range { insert(byte) } } }

  static let digit = ByteSet(0x30...0x39)
  static let word = ByteSet(0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A)
  static let space = ByteSet(0x09...0x0D, 0x20...0x20)

  func contains(_ byte: UInt8) -> Bool {
    let word = byte < 64 ? words.0 : byte < 128 ? words.1 : byte < 192 ? words.2 : words.3
    return word >> UInt64(byte & 63) & 1 == 1
  }

  mutating func insert(_ byte: UInt8) {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: words.0 |= bit
    case 1: words.1 |= bit
    case 2: words.2 |= bit
    default: words.3 |= bit
    }
  }

  mutating func formUnion(_ other: ByteSet) {
    words = (words.0 | other.words.0, words.1 | other.words.1, words.2 | other.words.2, words.3 | other.words.3)
  }

  /// The other bytes of ASCII.
  var asciiComplement: ByteSet {
    var other = ByteSet()
    other.words = (~words.0, ~words.1, 0, 0)
    return other
  }
}
