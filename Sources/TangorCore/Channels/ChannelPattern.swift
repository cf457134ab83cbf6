/// Which channels are meant: a name, or a name with wildcards.
///
/// `+` stands for one whole level, `#` as the last level for that level and all below it, none included: `a/#` matches `a`, `a/b` and
/// `a/b/c`. A wildcard in the first level does not match names that begin with `$`.
public struct ChannelPattern: Sendable {
  /// The pattern as it travels.
  public let text: String
  /// Whether it is a plain name.
  package let isName: Bool

  /// Reads a pattern.
  ///
  /// - Throws: `invalid_parameters`, saying what is wrong with it.
  public init(_ text: String) throws {
    try ChannelName.check(text, "pattern of channels")
    var hasWildcard = false
    let levels = text.split(separator: "/", omittingEmptySubsequences: false)
    for (index, level) in levels.enumerated() {
      let wild = level.utf8.contains(UInt8(ascii: "+")) || level.utf8.contains(UInt8(ascii: "#"))
      guard wild else { continue }
      hasWildcard = true
      guard level == "+" || level == "#" else {
        throw TangorError(.invalidParameters, "In a pattern '+' and '#' stand alone in their level.")
      }
      guard level == "+" || index == levels.count - 1 else {
        throw TangorError(.invalidParameters, "In a pattern '#' is the last level.")
      }
    }
    self.text = text
    isName = !hasWildcard
  }

  /// The pattern that means one channel.
  package init(_ name: ChannelName) {
    text = name.text
    isName = true
  }

  /// The name, where it is one.
  package var name: ChannelName? { isName ? ChannelName(unchecked: text) : nil }

  /// Whether a channel is meant.
  public func matches(_ name: ChannelName) -> Bool {
    if isName { return self.name == name }
    let slash = UInt8(ascii: "/")
    var pattern = text.utf8[...]
    var rest = name.text.utf8[...]
    if name.isServers, pattern.first == UInt8(ascii: "+") || pattern.first == UInt8(ascii: "#") { return false }
    while true {
      let wanted = pattern.prefix { $0 != slash }
      if wanted.first == UInt8(ascii: "#") { return true }
      let level = rest.prefix { $0 != slash }
      guard wanted.first == UInt8(ascii: "+") || wanted.elementsEqual(level) else { return false }
      pattern = pattern[wanted.endIndex...]
      rest = rest[level.endIndex...]
      switch (pattern.isEmpty, rest.isEmpty) {
      case (true, true): return true
      // `a/#` matches `a` too.
      case (false, true): return pattern.elementsEqual("/#".utf8)
      case (true, false): return false
      case (false, false): (pattern, rest) = (pattern.dropFirst(), rest.dropFirst())
      }
    }
  }
}

extension ChannelPattern: Hashable, CustomStringConvertible {
  public static func == (left: Self, right: Self) -> Bool { left.text == right.text && left.text.utf8.elementsEqual(right.text.utf8) }
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
  public var description: String { text }
}
