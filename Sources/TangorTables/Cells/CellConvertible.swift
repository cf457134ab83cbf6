/// A Swift type whose values stand in one cell of a table.
///
/// The standard number types, `Bool`, `String`, ``Timestamp`` and ``CalendarDate`` are; with `import Tangor` also `Foundation.Date`. Enums
/// with raw values become so by naming it:
///
/// ```swift
/// enum Side: String, CellConvertible { case buy, sell }
/// ```
public protocol CellConvertible: Sendable {
  /// The kind of column that is made for such values.
  static var cellKind: ColumnKind { get }
  /// The value as a cell of that kind, or null.
  var cell: CellValue { get }
  /// - Returns: nil when the cell is null, of another type, or out of the type's range.
  init?(cell: CellValue)
}

extension CellConvertible where Self: RawRepresentable, RawValue: CellConvertible {
  public static var cellKind: ColumnKind { RawValue.cellKind }
  public var cell: CellValue { rawValue.cell }
  public init?(cell: CellValue) {
    guard let raw = RawValue(cell: cell) else { return nil }
    self.init(rawValue: raw)
  }
}

extension CellConvertible where Self: FixedWidthInteger {
  public var cell: CellValue { Int64(exactly: self).map { .integer($0) } ?? .unsigned(UInt64(truncatingIfNeeded: self)) }

  /// Whole numbers within the range of the type, also when the column is one of floating-point numbers.
  public init?(cell: CellValue) {
    switch cell {
    case .integer(let value): self.init(exactly: value)
    case .unsigned(let value): self.init(exactly: value)
    case .float(let value): self.init(exactly: value)
    default: return nil
    }
  }
}

extension Int: CellConvertible { public static var cellKind: ColumnKind { .int64 } }
extension Int8: CellConvertible { public static var cellKind: ColumnKind { .int8 } }
extension Int16: CellConvertible { public static var cellKind: ColumnKind { .int16 } }
extension Int32: CellConvertible { public static var cellKind: ColumnKind { .int32 } }
extension Int64: CellConvertible { public static var cellKind: ColumnKind { .int64 } }
extension UInt: CellConvertible { public static var cellKind: ColumnKind { .uint64 } }
extension UInt8: CellConvertible { public static var cellKind: ColumnKind { .uint8 } }
extension UInt16: CellConvertible { public static var cellKind: ColumnKind { .uint16 } }
extension UInt32: CellConvertible { public static var cellKind: ColumnKind { .uint32 } }
extension UInt64: CellConvertible { public static var cellKind: ColumnKind { .uint64 } }

extension Double: CellConvertible {
  public static var cellKind: ColumnKind { .float64 }
  public var cell: CellValue { .float(self) }

  /// Numbers; those of 64-bit columns become the nearest that there is.
  public init?(cell: CellValue) {
    switch cell {
    case .integer(let value): self = Double(value)
    case .unsigned(let value): self = Double(value)
    case .float(let value): self = value
    default: return nil
    }
  }
}

extension Float: CellConvertible {
  public static var cellKind: ColumnKind { .float32 }
  public var cell: CellValue { .float(Double(self)) }

  /// Numbers, as the nearest that there is.
  public init?(cell: CellValue) {
    guard let value = Double(cell: cell) else { return nil }
    self = Float(value)
  }
}

extension Bool: CellConvertible {
  public static var cellKind: ColumnKind { .boolean }
  public var cell: CellValue { .boolean(self) }

  public init?(cell: CellValue) {
    guard case .boolean(let value) = cell else { return nil }
    self = value
  }
}

extension String: CellConvertible {
  public static var cellKind: ColumnKind { .string }
  public var cell: CellValue { .text(self) }

  public init?(cell: CellValue) {
    guard case .text(let text) = cell else { return nil }
    self = text
  }
}

extension Timestamp: CellConvertible {
  public static var cellKind: ColumnKind { .datetime }
  public var cell: CellValue { .datetime(milliseconds) }

  /// Moments, and dates as their first one in UTC.
  public init?(cell: CellValue) {
    switch cell {
    case .datetime(let milliseconds): self.init(milliseconds: milliseconds)
    case .date(let days): self.init(milliseconds: Int64(days) * Int64(millisecondsPerDay))
    default: return nil
    }
  }
}

extension CalendarDate: CellConvertible {
  public static var cellKind: ColumnKind { .date }
  public var cell: CellValue { .date(days) }

  public init?(cell: CellValue) {
    guard case .date(let days) = cell else { return nil }
    self.init(days: days)
  }
}
