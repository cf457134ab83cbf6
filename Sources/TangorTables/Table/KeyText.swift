/// Keys as clients name them: numbers for texts that look like them, text for numbers, milliseconds or text for dates.
enum KeyText {
  /// What the keys mean for an index of a kind; those that can mean nothing are left out.
  static func identities(_ keys: BatchColumn, kind: ColumnKind) -> [RowKey] {
    (0..<keys.values.count).compactMap { row in
      if keys.validity?[row] == false || keys.presence?[row] == false { return .null }
      guard let value = CellValue(keys.values, row) else { return .null }
      return identity(value, kind: kind)
    }
  }

  static func identity(_ value: CellValue, kind: ColumnKind) -> RowKey? {
    switch kind {
    case .string:
      return value.text.map { .text($0) }
    case .date:
      if case .text(let text) = value { return DateText.date(text).map { .value(Int32(clamping: $0).sortKey) } }
      if case .date(let days) = value { return .value(days.sortKey) }
      return value.number.map { .value(Int32(clamping: Coercion.days($0.int64)).sortKey) }
    case .datetime:
      if case .text(let text) = value { return DateText.datetime(text).map { .value($0.sortKey) } }
      return value.number.map { .value($0.int64.sortKey) }
    case .float32, .float64:
      return value.number.map { .value(kind == .float32 ? Float($0).sortKey : $0.sortKey) }
    case .boolean: return nil
    case .uint64:
      if case .unsigned(let number) = value { return .value(number.sortKey) }
      return value.number.flatMap { $0 >= 0 && $0 < 0x1p64 ? .value(UInt64($0).sortKey) : nil }
    default:
      if case .integer(let number) = value { return .value(number.sortKey(as: kind)) }
      return value.number.flatMap { $0.isNaN ? nil : .value($0.int64.sortKey(as: kind)) }
    }
  }
}

extension Int64 {
  /// The key of a number in a column of a kind, unsigned kinds counting from 0.
  fileprivate func sortKey(as kind: ColumnKind) -> UInt64 {
    switch kind {
    case .uint8, .uint16, .uint32: self < 0 ? .max : UInt64(self) + 1
    default: sortKey
    }
  }
}
