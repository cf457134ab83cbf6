/// Which names in a folder are served, as far as a name alone can tell.
///
/// Names are compared without regard to case and to invisible characters, because a file system may do the same and would then
/// open a file under a name that the rules did not mean.
package struct FileRules: Sendable {
  /// Whether the folder `.well-known` at the top is served in spite of its dot.
  package var allowsWellKnown: Bool

  package init(allowsWellKnown: Bool = false) {
    self.allowsWellKnown = allowsWellKnown
  }

  /// Whether every name along a path may be served.
  package func allow(_ segments: some Collection<String>) -> Bool {
    var isFirst = true
    for segment in segments {
      defer { isFirst = false }
      if isFirst, allowsWellKnown, segment == ".well-known" { continue }
      if Self.isHidden(segment) || Self.isServiceSource(segment) || Self.isServerConfiguration(segment) { return false }
    }
    return true
  }

  /// Whether a name begins with a dot.
  package static func isHidden(_ name: String) -> Bool { compared(name).utf8.first == UInt8(ascii: ".") }

  /// Whether a name is that of a Python source, its compiled form or where those are kept, or of a copy that an editor or a
  /// compressor left.
  package static func isServiceSource(_ name: String) -> Bool {
    if compared(name) == "__pycache__" { return true }
    guard let (_, kind) = split(name) else { return false }
    return ["py", "pyw", "pyc", "pyo", "pyd"].contains(kind)
  }

  /// Whether a name is that of a server's own configuration, `tangor.yaml`, whether or not this server reads it.
  package static func isServerConfiguration(_ name: String) -> Bool {
    guard let (stem, kind) = split(name) else { return false }
    return compared(stem) == "tangor" && ["yaml", "yml"].contains(kind)
  }

  /// The service that a name would be the configuration of: `calc` for `calc.yaml`.
  package static func configuredService(_ name: String) -> String? {
    guard let (stem, kind) = split(name), ["yaml", "yml", "json"].contains(kind) else { return nil }
    return stem
  }

  /// The name without what editors and compressors add to copies; dots and spaces at the end mean nothing to some file systems.
  package static func original(_ name: String) -> String {
    var text = Substring(name)
    var changed = true
    while changed {
      changed = false
      while let last = text.last, last == "." || last == " " || last == "~" {
        text.removeLast()
        changed = true
      }
      for suffix in [".br", ".gz", ".zst", ".bak", ".old", ".orig", ".save", ".swp", ".tmp"]
      where text.count > suffix.count && text.suffix(suffix.count).lowercased() == suffix {
        text.removeLast(suffix.count)
        changed = true
      }
    }
    return String(text)
  }

  /// The stem, as written, and the extension, in small letters, of a name.
  private static func split(_ name: String) -> (stem: String, kind: String)? {
    let text = original(compared(name))
    guard let dot = text.lastIndex(of: ".") else { return nil }
    return (String(text[..<dot]), String(text[text.index(after: dot)...]))
  }

  /// The name as it is compared: small letters, without characters that show nothing.
  static func compared(_ name: String) -> String {
    if name.utf8.allSatisfy({ $0 < 0x80 }) { return name.lowercased() }
    var text = String.UnicodeScalarView()
    for scalar in name.unicodeScalars where !scalar.properties.isDefaultIgnorableCodePoint { text.append(scalar) }
    return String(text).uppercased().lowercased()
  }
}
