import Foundation

/// The `Upload-Metadata` of tus: pairs of a key and a value in base64, parted by commas.
struct TusMetadata: Sendable, Hashable {
  private(set) var values: [String: String] = [:]

  /// - Parameter field: The header; nil for none. A pair without value has an empty one.
  /// - Returns: Nil when it is malformed, or not text.
  init?(_ field: String?) {
    guard let field, !field.allSatisfy({ $0 == " " }) else { return }
    for pair in field.split(separator: ",", omittingEmptySubsequences: false) {
      let words = pair.split(separator: " ")
      guard (1...2).contains(words.count) else { return nil }
      var value = ""
      if words.count == 2 {
        guard let data = Data(base64Encoded: String(words[1])), let text = String(validating: data, as: UTF8.self) else { return nil }
        value = text
      }
      guard values.updateValue(value, forKey: String(words[0])) == nil else { return nil }
    }
  }

  /// The file's name: clients call it `filename` or `name`.
  var fileName: String? { values["filename"] ?? values["name"] }
}
