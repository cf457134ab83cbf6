extension CellValue: ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByStringLiteral
{
  public init(nilLiteral: ()) { self = .null }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .float(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(stringLiteral value: String) { self = .text(value) }
}

extension CellValue: CustomStringConvertible {
  /// As the value stands in the name of a split column: dates as `2026-03-01`, moments as `2026-03-01 09:30:00.000`.
  public var description: String { pathText }
}

extension BatchColumn {
  /// Whether a row has a value.
  func hasValue(_ row: Int) -> Bool {
    if validity?[row] == false || presence?[row] == false { return false }
    return switch values {
    case .null: false
    case .dictionary(let codes, let texts): codes[row] >= 0 && Int(codes[row]) < texts.count
    default: true
    }
  }

  /// The cell of a row.
  func cell(_ row: Int) -> CellValue {
    if validity?[row] == false || presence?[row] == false { return .null }
    return CellValue(values, row) ?? .null
  }
}
