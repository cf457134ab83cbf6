import SwiftProtobuf
import TangorTables

extension WireScalar {
  /// A cell as clients are told it: dates and moments in milliseconds.
  init(_ cell: CellValue) {
    self.init()
    switch cell {
    case .null: null = .nullValue
    case .boolean(let value): bool = value
    case .text(let text): string = text
    case .integer, .unsigned, .float, .date, .datetime: float = cell.number ?? 0
    }
  }

  /// A value of a filter as clients are told it.
  ///
  /// - Parameter kind: The kind of the column that is filtered; nil when there is none.
  init(_ value: FilterValue, _ kind: ColumnKind?) {
    switch (value, kind) {
    case (.null, _): self.init(.null)
    case (.boolean(let value), _): self.init(.boolean(value))
    case (.number(let number), .date):
      let days = (number / 86_400_000).rounded(.down)
      self.init(Int32(exactly: days).map { .text(DateText.date(days: $0)) } ?? .float(number))
    case (.number(let number), _): self.init(.float(number))
    case (.text(let text), .datetime): self.init(DateText.datetime(text).map { .datetime($0) } ?? .text(text))
    case (.text(let text), .date): self.init(DateText.date(text).map { .text(DateText.date(days: $0)) } ?? .text(text))
    case (.text(let text), let kind?) where kind.type == .integer || kind.type == .float:
      self.init(Double(text).map { .float($0) } ?? .text(text))
    case (.text(let text), _): self.init(.text(text))
    }
  }
}

extension FilterValue {
  init(_ scalar: WireScalar) {
    self =
      switch scalar.scalar {
      case .bool(let value): .boolean(value)
      case .float(let value): .number(value)
      case .string(let text): .text(text)
      case .null, nil: .null
      }
  }
}

extension WireColumnType {
  init(_ type: ColumnType) {
    self =
      switch type {
      case .string: .string
      case .date: .date
      case .datetime: .datetime
      case .integer: .integer
      case .float: .float
      case .boolean: .boolean
      }
  }
}

extension ColumnType {
  /// Types that are not known are text.
  init(_ type: WireColumnType) {
    self =
      switch type {
      case .string, .UNRECOGNIZED: .string
      case .date: .date
      case .datetime: .datetime
      case .integer: .integer
      case .float: .float
      case .boolean: .boolean
      }
  }
}
