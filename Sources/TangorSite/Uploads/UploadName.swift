import Foundation
import TangorCore
import TangorServing

/// The name of an uploaded file: one element of a path, harmless on every file system that it may be copied to.
struct UploadName: Sendable, Hashable {
  /// The name, in Unicode's composed form (NFC), whichever form it came in.
  let text: String

  /// The extension in small letters, without its dot; empty for none.
  var kind: String {
    guard let dot = text.lastIndex(of: "."), dot != text.startIndex else { return "" }
    return text[text.index(after: dot)...].lowercased()
  }

  /// - Parameter given: The name as it came.
  /// - Throws: `TangorError`: `invalid_parameters` for what is no name, `forbidden` for one that the server gives a meaning to.
  init(_ given: String) throws {
    func refuse(_ why: String) -> TangorError {
      let shown = String(given.unicodeScalars.prefix(100).map { Self.isInvisible($0) ? "\u{FFFD}" : Character($0) })
      return TangorError(.invalidParameters, "'\(shown)' cannot be the name of an uploaded file: \(why).")
    }
    guard !given.isEmpty else { throw TangorError(.invalidParameters, "The uploaded file has no name.") }
    guard given.utf8.count <= 1_024 else { throw refuse("it is longer than 255 bytes") }
    let text = given.precomposedStringWithCanonicalMapping
    let bytes = text.utf8
    if bytes.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }) {
      throw refuse("it has a slash or backslash, and folders are not made here")
    }
    if text.unicodeScalars.contains(where: Self.isInvisible) { throw refuse("it has a control character") }
    if bytes.count > 255 { throw refuse("it is longer than 255 bytes") }
    if FileRules.isHidden(text) { throw refuse("it begins with a dot") }
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last, !first.properties.isWhitespace,
      !last.properties.isWhitespace, last != "."
    else { throw refuse("it begins or ends with a space, or ends with a dot") }
    guard FileRules().allow([text]) else {
      throw TangorError(.forbidden, "Files of this kind have a meaning for the server and are not taken as uploads.")
    }
    self.text = text
  }

  /// Control characters, line separators and what turns the direction of text.
  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}
