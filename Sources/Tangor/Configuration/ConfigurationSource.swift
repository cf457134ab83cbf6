#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A setting of the command line: a key, its value as text, and the flag that it came by.
package struct ConfigurationSetting: Sendable, Hashable {
  package var name: String
  package var value: String
  package var place: ConfigurationPlace

  package init(_ name: String, _ value: String, flag: String) {
    self.name = name
    self.value = value
    place = .flag(flag)
  }

  /// Reads `key=value`, as it stands behind `--set`; nil without a `=` or a key.
  package init?(assignment: String) {
    guard let equals = assignment.firstIndex(of: "="), equals > assignment.startIndex else { return nil }
    self.init(
      String(assignment[..<equals]), String(assignment[assignment.index(after: equals)...]),
      flag: "--set \(assignment.prefix(80).oneLine)")
  }
}

extension ConfigurationNode {
  /// Parts a variable's or a flag's text as a key's shape asks for.
  ///
  /// Lists are parted at commas, mappings too, with `name=value` between them; both may be written as YAML in brackets instead.
  static func text(_ text: String, shape: ConfigurationShape, place: ConfigurationPlace, _ reading: inout ConfigurationReading) -> Self? {
    let trimmed = String(text.drop { $0 == " " })
    if shape != .scalar, trimmed.hasPrefix("[") || trimmed.hasPrefix("{") {
      return ConfigurationDocument.read(trimmed, place: { _, _ in place }, &reading)
    }
    let parts = text.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
    switch shape {
    case .scalar: return Self(.scalar(text, .text), place)
    case .list: return Self(.list(parts.map { Self(.scalar($0, .text), place) }), place)
    case .map:
      let entries = parts.map { part in
        let equals = part.firstIndex(of: "=")
        let value = equals.map { String(part[part.index(after: $0)...]).trimmed } ?? part
        return Entry(
          name: equals.map { String(part[..<$0]).trimmed } ?? "", place: place, value: Self(.scalar(value, .text), place))
      }
      return Self(.map(entries), place)
    }
  }
}

extension StringProtocol {
  /// The text without the blanks around it.
  fileprivate var trimmed: String {
    var rest = self[...]
    while rest.last == " " { rest.removeLast() }
    return String(rest.drop { $0 == " " })
  }
}

/// Reads a file as UTF-8, or says in a few words why that cannot be.
///
/// - Parameters:
///   - path: The file.
///   - limit: The most bytes; a larger file is given back cut off one byte beyond, for the reader to refuse.
func readText(at path: String, limit: Int) throws(UnreadableFile) -> String {
  guard let file = fopen(path, "rb") else { throw UnreadableFile(reason: lastErrorText()) }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65_536)
  while bytes.count <= limit {
    let count = fread(&chunk, 1, min(chunk.count, limit + 1 - bytes.count), file)
    guard count > 0 else { break }
    bytes += chunk[..<count]
  }
  if ferror(file) != 0 { throw UnreadableFile(reason: lastErrorText()) }
  if bytes.count > limit { throw UnreadableFile(reason: "it is larger than \(limit >> 20) MiB, which no configuration needs") }
  guard let text = String(validating: bytes, as: UTF8.self) else { throw UnreadableFile(reason: "it is not UTF-8 text") }
  return text
}

/// Why a file could not be read, in a few words.
struct UnreadableFile: Error {
  let reason: String
}

/// The words of the system for its last error, with a small first letter.
func lastErrorText() -> String { errorText(errno) }

/// The words of the system for an error, with a small first letter.
func errorText(_ code: Int32) -> String {
  let text = String(cString: strerror(code))
  return text.prefix(1).lowercased() + text.dropFirst()
}
