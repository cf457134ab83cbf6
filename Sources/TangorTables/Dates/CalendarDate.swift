/// A civil date without a time of day, as columns of type ``ColumnType/date`` hold it.
public struct CalendarDate: Sendable, Hashable, Comparable {
  /// Days since 1970-01-01; negative before.
  public var days: Int32

  /// - Parameter days: Since 1970-01-01.
  public init(days: Int32) { self.days = days }

  /// - Parameters:
  ///   - year: As people count it, from -9999 to 9999.
  ///   - month: 1 to 12.
  ///   - day: 1 to the length of the month.
  /// - Returns: nil for a day that does not exist.
  public init?(year: Int, month: Int, day: Int) {
    guard (-9999...9999).contains(year), (1...12).contains(month) else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    guard day >= 1, day <= date.monthLength else { return nil }
    days = Int32(truncatingIfNeeded: date.dayNumber)
  }

  public var year: Int { civil.year }
  /// 1 to 12.
  public var month: Int { civil.month }
  /// From 1 on.
  public var day: Int { civil.day }

  private var civil: CivilDate { CivilDate(dayNumber: Int(days)) }

  public static func < (one: CalendarDate, other: CalendarDate) -> Bool { one.days < other.days }
}

extension CalendarDate: LosslessStringConvertible {
  /// Reads `2026-03-01` and the other spellings that tables take for dates.
  ///
  /// - Returns: nil for what is no date.
  public init?(_ text: String) {
    guard let days = DateText.date(text) else { return nil }
    self.init(days: days)
  }

  /// As `2026-03-01`.
  public var description: String { DateText.date(days: days) }
}

extension CalendarDate: Codable {
  /// Reads text as `init(_:)` does.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let value = CalendarDate(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "The text is no date such as 2026-03-01")
    }
    self = value
  }

  /// Writes `2026-03-01`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
