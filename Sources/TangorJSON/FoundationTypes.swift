#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How the `Codable` bridge writes and reads Foundation's types that mean more than their own coding says.
enum FoundationTypes {
  /// The text or number that stands for a value of one of these types, or nil for any other type.
  ///
  /// - Throws: a sentence when the value has no such text
  static func encode<T>(_ value: T) throws(Refusal) -> JSONValue? {
    if T.self == Date.self, let date = value as? Date {
      guard let text = Timestamp.text(date.timeIntervalSinceReferenceDate) else {
        throw Refusal("A date outside the years 0 to 9999 has no ISO 8601 text.")
      }
      return .string(text)
    }
    if T.self == Data.self, let data = value as? Data { return .string(data.base64EncodedString()) }
    if T.self == URL.self, let url = value as? URL { return .string(url.absoluteString) }
    if T.self == Decimal.self, let decimal = value as? Decimal {
      guard !decimal.isNaN else { return .null }
      return .bigNumber(decimal.description)
    }
    return nil
  }

  /// Reads a value of one of these types.
  ///
  /// - Returns: the value, or nil when `type` is another type
  /// - Throws: a sentence when the JSON does not hold such a value
  static func decode<T>(_ type: T.Type, from value: JSONValue) throws(Refusal) -> T? {
    if type == Date.self {
      guard let seconds = try Timestamp.seconds(text(value, "an ISO 8601 date")) else {
        throw Refusal("Expected an ISO 8601 date such as 2026-03-01T12:00:00Z.")
      }
      return Date(timeIntervalSinceReferenceDate: seconds) as? T
    }
    if type == Data.self {
      guard let data = try Data(base64Encoded: text(value, "base64 text")) else { throw Refusal("Expected valid base64 text.") }
      return data as? T
    }
    if type == URL.self {
      guard let url = try URL(string: text(value, "a URL")) else { throw Refusal("Expected a valid URL.") }
      return url as? T
    }
    if type == Decimal.self {
      let decimal: Decimal? =
        switch value {
        case .integer(let value): Decimal(value)
        case .double(let value): Decimal(string: value.description)
        case .bigNumber(let text): Decimal(string: text)
        default: nil
        }
      guard let decimal else { throw Refusal("Expected a number, found \(value.kind.phrase).", isMismatch: true) }
      return decimal as? T
    }
    return nil
  }

  private static func text(_ value: JSONValue, _ expected: String) throws(Refusal) -> String {
    guard case .string(let text) = value else {
      throw Refusal("Expected \(expected), found \(value.kind.phrase).", isMismatch: true)
    }
    return text
  }

  /// Why a value cannot be encoded or decoded.
  struct Refusal: Error {
    let detail: String
    /// The JSON holds another kind of value, and not merely a bad one.
    let isMismatch: Bool

    init(_ detail: String, isMismatch: Bool = false) {
      self.detail = detail
      self.isMismatch = isMismatch
    }
  }
}
