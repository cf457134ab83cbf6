public import Foundation
public import TangorTables

/// Dates are moments in tables, to the millisecond.
extension Date: CellConvertible {
  public static var cellKind: ColumnKind { .datetime }

  /// The millisecond in which the date lies; null for one that no `Int64` of milliseconds reaches.
  public var cell: CellValue {
    // Seconds are fractions that are not exact: what misses its millisecond by less than a microsecond is that millisecond.
    let microseconds = (timeIntervalSince1970 * 1_000_000).rounded()
    return Int64(exactly: (microseconds / 1_000).rounded(.down)).map { .datetime($0) } ?? .null
  }

  /// Moments, and dates of the calendar as their first one in UTC.
  public init?(cell: CellValue) {
    guard let moment = Timestamp(cell: cell) else { return nil }
    self.init(moment)
  }

  public init(_ moment: Timestamp) { self.init(timeIntervalSince1970: Double(moment.milliseconds) / 1_000) }
}

extension Timestamp {
  /// The millisecond in which a date lies.
  ///
  /// - Returns: nil for one that no `Int64` of milliseconds reaches.
  public init?(_ date: Date) { self.init(cell: date.cell) }
}
