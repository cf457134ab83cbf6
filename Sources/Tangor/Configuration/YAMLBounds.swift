/// The limits of a configuration document, and the check that keeps its anchors from growing without end.
enum YAMLBounds {
  /// The most bytes of a file. Default 1 MiB.
  static let bytes = 1 << 20
  /// The most values of a document, counting those that aliases repeat.
  static let nodes = 100_000
  /// The deepest nesting that is read.
  static let depth = 64
  /// The most repeated keys that are told apart in one reading.
  static let repetitions = 100
  /// The most aliases beside keys that are no plain words.
  static let aliases = 16

  /// Whether comparing the document's keys could cost more than its size allows.
  ///
  /// Values that aliases repeat are shared, so only their later expansion needs a count. But the composer compares the keys of each
  /// mapping, and a key made of aliases to keys made of aliases doubles with every line. Such keys are recognised from the text
  /// alone, a little too often rather than too rarely: an explicit key (`? `), an alias as a key, a closing bracket before `:`.
  static func isExplosive(_ text: String) -> Bool {
    var aliases = 0
    var hasStructuredKey = false
    var previous = UInt8(ascii: "\n")
    // Whether the last word that was more than blanks could be a structured key, if a colon followed.
    var mayBeKey = false
    for byte in text.utf8 {
      let startsToken = " \t\r\n[{,".utf8.contains(previous)
      switch byte {
      case UInt8(ascii: "*"):
        aliases += 1
        mayBeKey = true
      case UInt8(ascii: "?") where startsToken: hasStructuredKey = true
      case UInt8(ascii: "]"), UInt8(ascii: "}"): mayBeKey = true
      case UInt8(ascii: ":"):
        if mayBeKey { hasStructuredKey = true }
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: ","): mayBeKey = false
      default: break
      }
      previous = byte
    }
    return hasStructuredKey && aliases > Self.aliases
  }
}
