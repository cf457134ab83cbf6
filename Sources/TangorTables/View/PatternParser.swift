/// A part of a regular expression.
indirect enum PatternNode {
  case empty
  case bytes(ByteSet)
  case start
  case end
  case edge(Bool)
  case sequence([PatternNode])
  /// One or more: a list, because a tree would be as deep as a client wishes.
  case either([PatternNode])
  case many(PatternNode, least: Int, most: Int?)

  /// Steps that matching it takes to write down.
  var size: Int {
    switch self {
    case .empty: 0
    case .bytes, .start, .end, .edge: 1
    case .sequence(let parts): parts.reduce(0) { Swift.min($0 + $1.size, 1 << 20) }
    case .either(let parts): parts.reduce(-2) { Swift.min($0 + $1.size + 2, 1 << 20) }
    case .many(let part, let least, let most): Swift.min((part.size + 2) * Swift.max(most ?? least + 1, 1), 1 << 20)
    }
  }

  /// Any character beyond ASCII, as its bytes.
  static var beyondASCII: PatternNode {
    let tail = PatternNode.bytes(ByteSet(0x80...0xBF))
    return .either([
      .sequence([.bytes(ByteSet(0xC2...0xDF)), tail]), .sequence([.bytes(ByteSet(0xE0...0xEF)), tail, tail]),
      .sequence([.bytes(ByteSet(0xF0...0xF4)), tail, tail, tail]),
    ])
  }
}

/// Reads regular expressions; what it does not understand is no pattern.
struct PatternParser {
  private static let deepest = 100
  private static let mostRepetitions = 1000

  private let text: [UInt8]
  private var position = 0
  private var depth = 0
  private var ignoresCase = false

  init(_ text: [UInt8]) {
    self.text = text
    if text.starts(with: Array("(?i)".utf8)) {
      ignoresCase = true
      position = 4
    }
  }

  private var byte: UInt8? { position < text.count ? text[position] : nil }

  private mutating func take(_ character: Character) -> Bool {
    guard byte == character.asciiValue else { return false }
    position += 1
    return true
  }

  /// - Returns: nil when the text is no pattern.
  mutating func parse() -> PatternNode? {
    guard let node = alternatives(), position == text.count else { return nil }
    return node
  }

  private mutating func alternatives() -> PatternNode? {
    guard depth < Self.deepest, let first = sequence() else { return nil }
    var parts = [first]
    while take("|") {
      guard let other = sequence() else { return nil }
      parts.append(other)
    }
    return parts.count == 1 ? first : .either(parts)
  }

  private mutating func sequence() -> PatternNode? {
    var parts: [PatternNode] = []
    while let next = byte, next != 0x7C, next != 0x29 {
      guard let part = atom(), let repeated = repetition(of: part) else { return nil }
      parts.append(repeated)
    }
    return .sequence(parts)
  }

  private mutating func repetition(of part: PatternNode) -> PatternNode? {
    var node = part
    if take("*") {
      node = .many(part, least: 0, most: nil)
    } else if take("+") {
      node = .many(part, least: 1, most: nil)
    } else if take("?") {
      node = .many(part, least: 0, most: 1)
    } else if byte == 0x7B {
      let before = position
      position += 1
      guard let least = number() else {
        // A brace that does not count anything is itself.
        position = before
        return node
      }
      var most: Int? = least
      if take(",") { most = byte == 0x7D ? nil : number() ?? -1 }
      guard take("}"), most ?? least >= least, max(least, most ?? 0) <= Self.mostRepetitions else { return nil }
      node = .many(part, least: least, most: most)
    } else {
      return node
    }
    _ = take("?")
    if let next = byte, next == 0x2A || next == 0x2B || next == 0x3F { return nil }
    return node
  }

  private mutating func number() -> Int? {
    var value = 0
    let before = position
    while let next = byte, next >= 0x30, next <= 0x39, value < 100_000 {
      value = value * 10 + Int(next - 0x30)
      position += 1
    }
    return position > before ? value : nil
  }

  private mutating func atom() -> PatternNode? {
    guard let first = byte else { return nil }
    position += 1
    switch first {
    case 0x28: return group()
    case 0x5B: return characterClass()
    case 0x2E:
      return .either([.bytes(ByteSet(0x0A...0x0A).asciiComplement), .beyondASCII])
    case 0x5E: return .start
    case 0x24: return .end
    case 0x5C: return escape()
    case 0x2A, 0x2B, 0x3F: return nil
    default:
      if first < 0x80 { return literal(first) }
      var bytes = [PatternNode.bytes(ByteSet(first...first))]
      while let next = byte, next & 0xC0 == 0x80 {
        bytes.append(.bytes(ByteSet(next...next)))
        position += 1
      }
      return .sequence(bytes)
    }
  }

  private mutating func group() -> PatternNode? {
    if take("?") {
      guard take(":") else { return nil }
    }
    depth += 1
    defer { depth -= 1 }
    guard let node = alternatives(), take(")") else { return nil }
    return node
  }

  private func literal(_ byte: UInt8) -> PatternNode {
    var set = ByteSet(byte...byte)
    let letter = byte | 0x20
    if ignoresCase, letter >= 0x61, letter <= 0x7A { set = ByteSet(letter...letter, (letter ^ 0x20)...(letter ^ 0x20)) }
    return .bytes(set)
  }

  private mutating func escape() -> PatternNode? {
    guard let escaped = byte else { return nil }
    position += 1
    switch escaped {
    case UInt8(ascii: "b"): return .edge(true)
    case UInt8(ascii: "B"): return .edge(false)
    case UInt8(ascii: "A"): return .start
    case UInt8(ascii: "z"): return .end
    default:
      if let set = Self.shorthand(escaped) {
        return escaped & 0x20 == 0 ? .either([.bytes(set), .beyondASCII]) : .bytes(set)
      }
      return Self.escaped(escaped).map { literal($0) }
    }
  }

  private static func shorthand(_ letter: UInt8) -> ByteSet? {
    switch letter {
    case UInt8(ascii: "d"): .digit
    case UInt8(ascii: "w"): .word
    case UInt8(ascii: "s"): .space
    case UInt8(ascii: "D"): ByteSet.digit.asciiComplement
    case UInt8(ascii: "W"): ByteSet.word.asciiComplement
    case UInt8(ascii: "S"): ByteSet.space.asciiComplement
    default: nil
    }
  }

  private static func escaped(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "v"): 0x0B
    default: letter < 0x80 && !ByteSet.word.contains(letter) ? letter : nil
    }
  }

  /// Ranges are of ASCII characters; single characters beyond it may stand in a class too.
  private mutating func characterClass() -> PatternNode? {
    let negated = take("^")
    var set = ByteSet()
    var others: [PatternNode] = []
    var takesBeyond = false
    var isFirst = true
    while let next = byte, next != 0x5D || isFirst {
      isFirst = false
      position += 1
      var low = next
      if next == 0x5C {
        guard let escaped = byte else { return nil }
        position += 1
        if let shorthand = Self.shorthand(escaped) {
          set.formUnion(shorthand)
          if escaped & 0x20 == 0 { takesBeyond = true }
          continue
        }
        guard let plain = Self.escaped(escaped) else { return nil }
        low = plain
      } else if next >= 0x80 {
        var bytes = [PatternNode.bytes(ByteSet(next...next))]
        while let more = byte, more & 0xC0 == 0x80 {
          bytes.append(.bytes(ByteSet(more...more)))
          position += 1
        }
        others.append(.sequence(bytes))
        continue
      }
      var high = low
      if byte == 0x2D, position + 1 < text.count, text[position + 1] != 0x5D {
        position += 1
        guard let end = byte, end < 0x80, end != 0x5C, end >= low else { return nil }
        high = end
        position += 1
      }
      for byte in low...high {
        guard case .bytes(let one) = literal(byte) else { return nil }
        set.formUnion(one)
      }
    }
    guard take("]") else { return nil }
    // Exclusions beyond ASCII would need more than a set of bytes.
    if negated {
      return others.isEmpty ? takesBeyond ? .bytes(set.asciiComplement) : .either([.bytes(set.asciiComplement), .beyondASCII]) : nil
    }
    if takesBeyond { others.append(.beyondASCII) }
    return .either([.bytes(set)] + others)
  }
}
