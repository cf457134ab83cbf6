/// A filter's condition, made ready for a column.
///
/// Numbers, dates and booleans are compared by their sort keys: every comparison is a range of keys, or all but a range. Texts are tried
/// one by one; a whole column of them by its dictionary first, so that each different text is tried once.
struct FilterTerm {
  enum Test {
    /// Rows with a value.
    case anyValue
    case noValue
    case everything
    case nothing
    /// Keys within the bounds, or all that are not.
    case keys(ClosedRange<UInt64>, negated: Bool)
    case keySet(Set<UInt64>, negated: Bool)
    case text(TextTest)
  }

  let column: ColumnStore
  let position: Int
  let test: Test
  let matchesNull: Bool

  init(_ filter: ViewConfiguration.Filter, _ column: ColumnStore, position: Int) throws(TableError) {
    self.column = column
    self.position = position
    let op = try FilterOperator(name: filter.op)
    var matchesNull = op.matchesNull
    switch op {
    case .isNull: test = .noValue
    case .isNotNull: test = .anyValue
    case .isIn, .isNotIn:
      if column.kind == .string {
        test = .text(TextTest(.oneOf(Set(filter.values.compactMap(\.asText))), negated: op == .isNotIn))
      } else {
        var keys: Set<UInt64> = []
        for value in filter.values where value != .null {
          if let key = try Self.key(value, column.kind), case .exact(let exact) = key { keys.insert(exact) }
        }
        test = .keySet(keys, negated: op == .isNotIn)
      }
    case .equal, .notEqual, .greater, .greaterOrEqual, .less, .lessOrEqual:
      guard let value = filter.values.first, value != .null else {
        // Null is below every value and equal to none.
        switch op {
        case .notEqual: test = .everything
        case .greater, .greaterOrEqual: test = .anyValue
        default: test = .nothing
        }
        matchesNull = op == .notEqual
        break
      }
      if column.kind == .string {
        test = .text(TextTest(.comparison(op, value.asText ?? ""), negated: op == .notEqual))
      } else {
        test = Self.comparison(op, try Self.key(value, column.kind), column.kind)
      }
    case .beginsWith, .notBeginsWith, .contains, .notContains, .endsWith, .notEndsWith, .matches, .notMatches:
      guard column.kind == .string, let needle = filter.values.first?.asText else {
        test = .nothing
        break
      }
      test = TextTest(op, needle: needle).map { .text($0) } ?? .nothing
    }
    self.matchesNull = matchesNull
  }

  /// Whether a row matches.
  func matches(_ slot: UInt32) -> Bool {
    guard column.hasValue(slot) else { return matchesNull }
    switch test {
    case .anyValue, .everything: return true
    case .noValue, .nothing: return false
    case .keys(let range, let negated): return range.contains(column.sortKey(slot)) != negated
    case .keySet(let keys, let negated): return keys.contains(column.sortKey(slot)) != negated
    case .text(let test):
      guard let dictionary = column.dictionary else { return false }
      return test.matches(dictionary.bytes(of: column.values(Int32.self)[Int(slot)]))
    }
  }

  /// A filter's value as a key of the column's kind.
  enum Key {
    case exact(UInt64)
    /// Beyond every value of the kind.
    case below
    case above
  }

  /// - Returns: nil when no cell can be equal to the value.
  /// - Throws: When the text of a value means nothing for the kind.
  static func key(_ value: FilterValue, _ kind: ColumnKind) throws(TableError) -> Key? {
    switch (kind, value) {
    case (.string, _), (_, .null): return nil
    case (.boolean, .boolean(let value)): return .exact(UInt8(value ? 1 : 0).sortKey)
    case (.boolean, .number(let number)): return .exact(UInt8(number == 1 ? 1 : 0).sortKey)
    case (.boolean, .text(let text)):
      switch text.lowercased() {
      case "true": return .exact(UInt8(1).sortKey)
      case "false": return .exact(UInt8(0).sortKey)
      default: return nil
      }
    case (.date, .text(let text)):
      guard let days = DateText.date(text) else { throw TableError("Invalid date format") }
      return .exact(days.sortKey)
    case (.datetime, .text(let text)):
      guard let moment = DateText.datetime(text) else { throw TableError("Invalid date format") }
      return .exact(moment.sortKey)
    case (.date, .number(let number)): return .exact(Int32(clamping: Coercion.days(number.int64)).sortKey)
    case (.datetime, .number(let number)): return .exact(number.int64.sortKey)
    case (_, .text(let text)):
      guard let number = Double(text) else { throw TableError(kind.type == .float ? "stod" : "stoi") }
      return Self.number(number, kind)
    case (_, .number(let number)): return Self.number(number, kind)
    case (_, .boolean(let value)): return Self.number(value ? 1 : 0, kind)
    }
  }

  private static func number(_ number: Double, _ kind: ColumnKind) -> Key? {
    func whole<Value: FixedWidthInteger & StoredValue>(_: Value.Type) -> Key? {
      guard !number.isNaN else { return nil }
      let truncated = number.rounded(.towardZero)
      if truncated < Double(Value.min) { return .below }
      return Value(exactly: truncated).map { .exact($0.sortKey) } ?? .above
    }
    return switch kind {
    case .int8: whole(Int8.self)
    case .int16: whole(Int16.self)
    case .int32: whole(Int32.self)
    case .int64: whole(Int64.self)
    case .uint8: whole(UInt8.self)
    case .uint16: whole(UInt16.self)
    case .uint32: whole(UInt32.self)
    case .uint64: whole(UInt64.self)
    case .float32: number.isNaN ? nil : .exact(Float(number).sortKey)
    default: number.isNaN ? nil : .exact(number.sortKey)
    }
  }

  private static func comparison(_ op: FilterOperator, _ key: Key?, _ kind: ColumnKind) -> Test {
    // NaN orders below all numbers and compares with none.
    let lowest: UInt64 = kind.type == .float ? 2 : 1
    switch (op, key) {
    case (.notEqual, .exact(let key)): return .keys(key...key, negated: true)
    case (.notEqual, _): return .everything
    case (.equal, .exact(let key)): return .keys(key...key, negated: false)
    case (.greater, .exact(let key)): return key == .max ? .nothing : .keys(key + 1...UInt64.max, negated: false)
    case (.greaterOrEqual, .exact(let key)): return .keys(key...UInt64.max, negated: false)
    case (.less, .exact(let key)): return key <= lowest ? .nothing : .keys(lowest...key - 1, negated: false)
    case (.lessOrEqual, .exact(let key)): return key < lowest ? .nothing : .keys(lowest...key, negated: false)
    case (.greater, .below), (.greaterOrEqual, .below), (.less, .above), (.lessOrEqual, .above):
      return .keys(lowest...UInt64.max, negated: false)
    default: return .nothing
    }
  }
}

extension FilterValue {
  /// As the text that a column of strings could hold.
  var asText: String? {
    switch self {
    case .null: nil
    case .boolean(let value): String(value)
    case .number(let number): CellValue.float(number).text
    case .text(let text): text
    }
  }
}
