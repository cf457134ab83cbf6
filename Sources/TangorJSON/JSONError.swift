/// Why a text is not the JSON that was asked for, and where.
///
/// The reader throws nothing else. ``description`` is a sentence for the person who wrote the text; ``kind`` is bounded and fit for the
/// label of a metric.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What went wrong, as one of a closed set.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The text ends inside a value.
    case unexpectedEnd
    /// A byte stands where the grammar allows none such.
    case unexpectedCharacter
    /// A number breaks the grammar, such as `01`, `1.` or `1e`.
    case invalidNumber
    /// A string holds a control character, an unknown escape or half of a surrogate pair.
    case invalidString
    /// A string holds bytes that are not UTF-8.
    case invalidUTF8
    /// Arrays and objects are nested deeper than ``JSONLimits/maximumDepth``.
    case depthExceeded
    /// Something other than white space follows the value.
    case trailingCharacters
    /// The value is valid JSON of another type than the one asked for.
    case typeMismatch
    /// An object lacks a member that is needed.
    case missingMember
    /// A number does not fit the type asked for.
    case outOfRange
  }

  public let kind: Kind
  /// The byte of the text at which the trouble was found, counted from 0.
  public let offset: Int
  /// What was expected or found, without the position.
  public let detail: String

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - kind: what went wrong
  ///   - offset: the byte at which it was found, counted from 0
  ///   - detail: what was expected or found, as a clause without a full stop
  public init(_ kind: Kind, at offset: Int, _ detail: String) {
    self.kind = kind
    self.offset = offset
    self.detail = detail
  }

  public var description: String {
    "\(title) at byte \(offset): \(detail)."
  }

  private var title: String {
    switch kind {
    case .unexpectedEnd: "The JSON ends too early"
    case .unexpectedCharacter: "Unexpected character in the JSON"
    case .invalidNumber: "Invalid number in the JSON"
    case .invalidString: "Invalid string in the JSON"
    case .invalidUTF8: "Invalid UTF-8 in the JSON"
    case .depthExceeded: "The JSON is nested too deeply"
    case .trailingCharacters: "Unexpected text after the JSON"
    case .typeMismatch: "Wrong type in the JSON"
    case .missingMember: "A member is missing in the JSON"
    case .outOfRange: "A number in the JSON is out of range"
    }
  }
}
