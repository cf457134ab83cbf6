/// Dates and moments as text: what tables read as such, and how they are written.
///
/// Naive texts are in UTC, and the host's time zone has no effect. Where day and month are in doubt, the month comes first.
package enum DateText {
  /// What an unasked text turns out to be.
  package enum Guess: Sendable, Hashable {
    /// Days since 1970-01-01.
    case date(Int32)
    /// Milliseconds since 1970-01-01T00:00:00Z.
    case datetime(Int64)
  }

  /// A moment in any of the spellings, as milliseconds since 1970-01-01T00:00:00Z. What lies below a millisecond is dropped.
  ///
  /// - Returns: nil when it is none
  package static func datetime(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    FixedDate.moment(text) ?? DateFields(text)?.milliseconds
  }

  /// A date, as days since 1970-01-01; a time of day behind it is dropped. Texts with an offset from UTC or with AM and PM are no dates.
  ///
  /// - Returns: nil when it is none
  package static func date(_ text: UnsafeBufferPointer<UInt8>) -> Int32? {
    guard let fields = DateFields(text), fields.isPlainDate else { return nil }
    return Int32(truncatingIfNeeded: fields.date.dayNumber)
  }

  /// What a text of JSON is that nobody declared: a date when its time of day is midnight, otherwise a moment.
  ///
  /// - Returns: nil when it is neither
  package static func guess(_ text: UnsafeBufferPointer<UInt8>) -> Guess? {
    // The shortest spelling is `1/2/2020`; all begin with a digit. That rules out most texts.
    guard text.count >= 8, text.count <= 64, text[0] &- 0x30 <= 9, let fields = DateFields(text) else { return nil }
    if fields.isPlainDate, fields.isMidnight { return .date(Int32(truncatingIfNeeded: fields.date.dayNumber)) }
    return .datetime(fields.milliseconds)
  }

  /// A date of a CSV column that nobody declared: `2020-01-02`, a day that exists.
  static func strictDate(_ text: UnsafeBufferPointer<UInt8>) -> Int32? {
    guard text.count == 10, let base = text.baseAddress, let date = FixedDate.day(base) else { return nil }
    return Int32(truncatingIfNeeded: date.dayNumber)
  }

  /// A moment of a CSV column that nobody declared: ISO 8601, `1/2/2020, 3:04:05 AM`, or a date with the year last.
  static func strictDatetime(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    if let moment = FixedDate.moment(text) { return moment }
    guard text.count >= 8, text[0] &- 0x30 <= 9, let fields = DateFields(text), fields.isRealDay else { return nil }
    switch fields.shape {
    case .dashed: return fields.milliseconds
    case .monthFirst: return !fields.hasTime || fields.isTwelveHour ? fields.milliseconds : nil
    case .dayFirst: return fields.milliseconds
    case .dashedShort, .slashed, .spaced, .compact: return nil
    }
  }

  package static func datetime(_ text: String) -> Int64? { withBytes(text, datetime) }
  package static func date(_ text: String) -> Int32? { withBytes(text, date) }

  /// A date as `2020-01-02`.
  ///
  /// - Parameter days: since 1970-01-01
  package static func date(days: Int32) -> String {
    var output = ByteOutput(capacity: 16)
    output.append(date: days)
    return String(decoding: output.bytes, as: UTF8.self)
  }

  /// A moment as `2020-01-02 03:04:05.678`.
  ///
  /// - Parameter milliseconds: since 1970-01-01T00:00:00Z
  package static func datetime(milliseconds: Int64) -> String {
    var output = ByteOutput(capacity: 32)
    output.append(datetime: milliseconds)
    return String(decoding: output.bytes, as: UTF8.self)
  }

  private static func withBytes<Result>(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    var text = text
    return text.withUTF8(body)
  }
}

extension DateFields {
  /// Whether a date column takes it.
  var isPlainDate: Bool { zone == nil && !isTwelveHour && shape != .dayFirst }

  var isRealDay: Bool { date.day <= date.monthLength }
}
