/// A moment, to the millisecond, as columns of type ``ColumnType/datetime`` hold it.
///
/// ```swift
/// let opened = Timestamp("2026-03-01T09:30:00Z")
/// ```
///
/// With `import Tangor`, `Foundation.Date` can be used wherever a `Timestamp` can; what lies below a millisecond is dropped then.
public struct Timestamp: Sendable, Hashable, Comparable {
  /// Milliseconds since 1970-01-01T00:00:00Z; negative before.
  public var milliseconds: Int64

  /// - Parameter milliseconds: Since 1970-01-01T00:00:00Z.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static func < (one: Timestamp, other: Timestamp) -> Bool { one.milliseconds < other.milliseconds }
}

extension Timestamp: LosslessStringConvertible {
  /// Reads ISO 8601 and the other spellings that tables take for moments. Without an offset from UTC a text is in UTC.
  ///
  /// - Returns: nil for what is no moment.
  public init?(_ text: String) {
    guard let milliseconds = DateText.datetime(text) else { return nil }
    self.init(milliseconds: milliseconds)
  }

  /// As `2026-03-01 09:30:00.000`, in UTC.
  public var description: String { DateText.datetime(milliseconds: milliseconds) }
}

extension Timestamp: Codable {
  /// Reads text as `init(_:)` does, or a whole number of milliseconds.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let milliseconds = try? container.decode(Int64.self) {
      self.init(milliseconds: milliseconds)
    } else if let value = Timestamp(try container.decode(String.self)) {
      self = value
    } else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "The text is no moment such as 2026-03-01T09:30:00Z")
    }
  }

  /// Writes milliseconds since 1970-01-01T00:00:00Z.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }
}
