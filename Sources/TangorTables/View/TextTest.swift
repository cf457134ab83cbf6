/// A condition on a text.
struct TextTest {
  enum Condition {
    case comparison(FilterOperator, String)
    case oneOf(Set<String>)
    case begins([UInt8])
    case contains([UInt8])
    case ends([UInt8])
    case pattern(TextPattern)
  }

  private let condition: Condition
  private let negated: Bool
  /// The text of a comparison.
  private let bytes: [UInt8]

  init(_ condition: Condition, negated: Bool) {
    self.condition = condition
    self.negated = negated
    if case .comparison(_, let text) = condition { bytes = Array(text.utf8) } else { bytes = [] }
  }

  /// - Returns: nil when no text matches.
  init?(_ op: FilterOperator, needle: String) {
    let folded = needle.utf8.map(Self.fold)
    switch op {
    case .beginsWith, .notBeginsWith: self.init(.begins(folded), negated: op == .notBeginsWith)
    case .contains, .notContains: self.init(.contains(folded), negated: op == .notContains)
    case .endsWith, .notEndsWith: self.init(.ends(folded), negated: op == .notEndsWith)
    case .matches, .notMatches:
      // What is no pattern matches nothing, and its opposite neither.
      guard let pattern = TextPattern(needle) else { return nil }
      self.init(.pattern(pattern), negated: op == .notMatches)
    default: return nil
    }
  }

  func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    switch condition {
    case .oneOf(let texts): return texts.contains(String(decoding: text, as: UTF8.self)) != negated
    case .comparison(let op, _):
      let order = bytes.withUnsafeBufferPointer { StringDictionary.compare(text, $0) }
      return switch op {
      case .notEqual: order != 0
      case .greater: order > 0
      case .greaterOrEqual: order >= 0
      case .less: order < 0
      case .lessOrEqual: order <= 0
      default: order == 0
      }
    case .pattern(let pattern): return pattern.matches(text) != negated
    case .begins(let needle): return Self.has(needle, in: text, at: 0) != negated
    case .ends(let needle): return Self.has(needle, in: text, at: text.count - needle.count) != negated
    case .contains(let needle):
      var start = 0
      while start + needle.count <= text.count {
        if Self.has(needle, in: text, at: start) { return !negated }
        start += 1
      }
      return negated
    }
  }

  private static func has(_ needle: [UInt8], in text: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
    guard start >= 0, start + needle.count <= text.count else { return false }
    for index in 0..<needle.count where fold(text[start + index]) != needle[index] { return false }
    return true
  }

  /// ASCII letters without their case.
  private static func fold(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
}
