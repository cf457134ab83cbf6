extension FilterValue: ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByStringLiteral
{
  public init(nilLiteral: ()) { self = .null }
  public init(integerLiteral value: Int64) { self = .number(Double(value)) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(stringLiteral value: String) { self = .text(value) }
}

extension FilterValue {
  /// A value of a Swift type, such as `FilterValue(Timestamp(milliseconds: 0))`.
  ///
  /// Numbers are compared as `Double`, which is exact up to 2⁵³.
  public init(_ value: some CellConvertible) {
    switch value.cell {
    case .null: self = .null
    case .boolean(let value): self = .boolean(value)
    case .text(let text): self = .text(text)
    case .integer(let value): self = .number(Double(value))
    case .unsigned(let value): self = .number(Double(value))
    case .float(let value): self = .number(value)
    case .date(let days): self = .number(Double(days) * Double(millisecondsPerDay))
    case .datetime(let milliseconds): self = .number(Double(milliseconds))
    }
  }
}

extension ViewConfiguration.Filter {
  /// A condition with its values one by one: `.init("price", ">=", 10)`, `.init("symbol", "in", "A", "B")`.
  ///
  /// - Parameters:
  ///   - column: A column of the table.
  ///   - op: An operator as Perspective writes it.
  ///   - value: What cells are compared with.
  ///   - more: Further values, for `in` and `not in`.
  public init(_ column: String, _ op: String, _ value: FilterValue, _ more: FilterValue...) {
    self.init(column, op, [value] + more)
  }
}
