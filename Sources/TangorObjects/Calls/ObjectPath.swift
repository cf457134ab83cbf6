import TangorJSON

/// A path to an object, a member or an element: `sample.inner.depth`, `sample.list[0]`, `sample.map["any key"]`.
package struct ObjectPath: Sendable, Hashable {
  /// A step behind the object's name.
  package enum Part: Sendable, Hashable {
    /// `.name`: a member, a key or, in digits, an index.
    case name(String)
    /// `[0]`: an index.
    case index(Int)
    /// `["key"]`: a key.
    case key(String)
  }

  /// The longest path that is looked at, in bytes.
  package static let maximumLength = 4_096

  /// The name that the object was exposed under.
  package let object: String
  package let parts: [Part]

  /// Reads a path.
  ///
  /// - Parameters:
  ///   - text: The path; `nil` comes of one that is malformed, longer than 4,096 bytes or too deep.
  ///   - maximumDepth: How many parts may stand behind the name.
  package init?(_ text: String, maximumDepth: Int = 512) {
    guard text.utf8.count <= Self.maximumLength else { return nil }
    var rest = Array(text.utf8)[...]
    guard let object = Self.takeName(&rest) else { return nil }
    var parts: [Part] = []
    while let first = rest.popFirst() {
      guard parts.count < maximumDepth else { return nil }
      switch first {
      case UInt8(ascii: "."):
        guard let name = Self.takeName(&rest) else { return nil }
        parts.append(.name(name))
      case UInt8(ascii: "["):
        guard let part = Self.takeBracket(&rest) else { return nil }
        parts.append(part)
      default: return nil
      }
    }
    self.object = object
    self.parts = parts
  }

  private static func takeName(_ rest: inout ArraySlice<UInt8>) -> String? {
    let name = rest.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[") }
    guard !name.isEmpty, !name.contains(where: { $0 == UInt8(ascii: "]") || $0 == UInt8(ascii: "\"") }) else { return nil }
    rest = rest.dropFirst(name.count)
    return String(decoding: name, as: UTF8.self)
  }

  private static func takeBracket(_ rest: inout ArraySlice<UInt8>) -> Part? {
    if rest.first == UInt8(ascii: "\"") {
      var end = rest.startIndex + 1
      while end < rest.endIndex, rest[end] != UInt8(ascii: "\"") { end += rest[end] == UInt8(ascii: "\\") ? 2 : 1 }
      guard end + 1 < rest.endIndex, rest[end + 1] == UInt8(ascii: "]"), let key = try? String(json: rest[...end]) else { return nil }
      rest = rest[(end + 2)...]
      return .key(key)
    }
    let digits = rest.prefix { $0 != UInt8(ascii: "]") }
    guard digits.count < rest.count, let index = index(digits) else { return nil }
    rest = rest.dropFirst(digits.count + 1)
    return .index(index)
  }

  /// A place in an array, written in digits without needless zeros.
  static func index(_ digits: some Collection<UInt8>) -> Int? {
    guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    guard digits.count == 1 || digits.first != 0x30 else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}
