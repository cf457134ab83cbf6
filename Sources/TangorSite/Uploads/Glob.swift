/// A pattern for paths as in Python's `fnmatch`: `*` is any text, also with slashes, `?` one character, `[a-z]` one of a set and
/// `[!a-z]` one that is not. It has to match as a whole, with regard to case.
struct Glob: Sendable, Hashable {
  private enum Part: Sendable, Hashable {
    case anything
    case one
    case scalar(Unicode.Scalar)
    case set([ClosedRange<UInt32>], isInverted: Bool)
  }

  private let parts: [Part]

  init(_ pattern: String) {
    let scalars = Array(pattern.unicodeScalars)
    var parts: [Part] = []
    var index = 0
    while index < scalars.count {
      switch scalars[index] {
      case "*": if parts.last != .anything { parts.append(.anything) }
      case "?": parts.append(.one)
      case "[":
        if let (set, end) = Self.set(scalars, after: index) {
          parts.append(set)
          index = end
        } else {
          parts.append(.scalar("["))
        }
      default: parts.append(.scalar(scalars[index]))
      }
      index += 1
    }
    self.parts = parts
  }

  /// The set that begins at a bracket, and where its closing bracket stands; nil where there is none.
  private static func set(_ scalars: [Unicode.Scalar], after start: Int) -> (Part, Int)? {
    var index = start + 1
    let isInverted = index < scalars.count && scalars[index] == "!"
    if isInverted { index += 1 }
    let first = index
    var ranges: [ClosedRange<UInt32>] = []
    while index < scalars.count {
      // A bracket in the first place is one of the set.
      if scalars[index] == "]", index > first { return (.set(ranges, isInverted: isInverted), index) }
      let low = scalars[index].value
      if index + 2 < scalars.count, scalars[index + 1] == "-", scalars[index + 2] != "]" {
        let high = scalars[index + 2].value
        if low <= high { ranges.append(low...high) }
        index += 3
      } else {
        ranges.append(low...low)
        index += 1
      }
    }
    return nil
  }

  /// Whether the whole text matches. Takes at most as many steps as text and pattern multiplied.
  func matches(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    var (part, position) = (0, 0)
    // Where to go on when what follows the last star does not fit: the star takes one character more.
    var retry: (part: Int, position: Int)?
    while position < scalars.count || part < parts.count {
      if part < parts.count {
        if parts[part] == .anything {
          retry = (part + 1, position)
          part += 1
          continue
        }
        if position < scalars.count, fits(parts[part], scalars[position]) {
          (part, position) = (part + 1, position + 1)
          continue
        }
      }
      guard let (star, start) = retry, start < scalars.count else { return false }
      retry = (star, start + 1)
      (part, position) = (star, start + 1)
    }
    return true
  }

  private func fits(_ part: Part, _ scalar: Unicode.Scalar) -> Bool {
    switch part {
    case .anything, .one: true
    case .scalar(let wanted): wanted == scalar
    case .set(let ranges, let isInverted): ranges.contains { $0.contains(scalar.value) } != isInverted
    }
  }
}
