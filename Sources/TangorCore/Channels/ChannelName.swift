/// The name of a channel: levels parted by `/`, as in `sensors/1/temperature`.
///
/// A name has 1 to 256 bytes of UTF-8 in at most 32 levels, which may be empty. `+` and `#` belong to patterns, and control characters
/// to nothing. Names are told apart byte by byte. Those that begin with `$` are the server's own.
public struct ChannelName: Sendable {
  static let maximumLength = 256
  static let maximumLevels = 32

  /// The name as it travels.
  public let text: String

  /// Reads a name.
  ///
  /// - Throws: `invalid_parameters`, saying what is wrong with it.
  public init(_ text: String) throws {
    try Self.check(text, "channel's name")
    for byte in text.utf8 where byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") {
      throw TangorError(.invalidParameters, "A channel's name has no '+' and no '#': those are for patterns.")
    }
    self.text = text
  }

  init(unchecked text: String) { self.text = text }

  /// What names and patterns have in common.
  static func check(_ text: String, _ kind: String) throws {
    let bytes = text.utf8
    guard !bytes.isEmpty else { throw TangorError(.invalidParameters, "A \(kind) has at least one byte.") }
    guard bytes.count <= maximumLength else {
      throw TangorError(.invalidParameters, "A \(kind) has at most \(maximumLength) bytes; one of \(bytes.count) came.")
    }
    var levels = 1
    var before: UInt8 = 0
    for byte in bytes {
      // The control characters from U+0080 to U+009F are two bytes in UTF-8.
      if byte < 0x20 || byte == 0x7F || (before == 0xC2 && (0x80...0x9F).contains(byte)) {
        throw TangorError(.invalidParameters, "A \(kind) has no control characters.")
      }
      if byte == UInt8(ascii: "/") { levels += 1 }
      before = byte
    }
    guard levels <= maximumLevels else {
      throw TangorError(.invalidParameters, "A \(kind) has at most \(maximumLevels) levels; one of \(levels) came.")
    }
  }

  /// The levels, in order.
  var levels: [Substring] { text.split(separator: "/", omittingEmptySubsequences: false) }

  /// Whether clients may not publish there, nor a wildcard in the first level match it.
  var isServers: Bool { text.utf8.first == UInt8(ascii: "$") }
}

extension ChannelName: Hashable {
  // `String` holds different spellings of one character to be equal; channels do not.
  public static func == (left: Self, right: Self) -> Bool { left.text == right.text && left.text.utf8.elementsEqual(right.text.utf8) }
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension ChannelName: Comparable, CustomStringConvertible {
  /// By bytes.
  public static func < (left: Self, right: Self) -> Bool { left.text.utf8.lexicographicallyPrecedes(right.text.utf8) }
  public var description: String { text }
}
