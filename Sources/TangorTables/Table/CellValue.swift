/// One cell by itself, where a handful of them is looked at: keys, paths, extremes.
public enum CellValue: Sendable, Hashable {
  case null
  case integer(Int64)
  case unsigned(UInt64)
  case float(Double)
  case boolean(Bool)
  /// Days since 1970-01-01.
  case date(Int32)
  /// Milliseconds since 1970-01-01T00:00:00Z.
  case datetime(Int64)
  case text(String)

  /// The value of a row of a batch's column, which has one; nil in a column without any.
  init?(_ values: BatchValues, _ row: Int) {
    switch values {
    case .int8(let vector): self = .integer(Int64(vector[row]))
    case .int16(let vector): self = .integer(Int64(vector[row]))
    case .int32(let vector): self = .integer(Int64(vector[row]))
    case .int64(let vector): self = .integer(vector[row])
    case .uint8(let vector): self = .integer(Int64(vector[row]))
    case .uint16(let vector): self = .integer(Int64(vector[row]))
    case .uint32(let vector): self = .integer(Int64(vector[row]))
    case .uint64(let vector): self = .unsigned(vector[row])
    case .float32(let vector): self = .float(Double(vector[row]))
    case .float64(let vector): self = .float(vector[row])
    case .boolean(let vector): self = .boolean(vector[row] != 0)
    case .date(let vector): self = .date(vector[row])
    case .datetime(let vector): self = .datetime(vector[row])
    case .text(let texts): self = .text(texts[row])
    case .dictionary(let codes, let texts):
      guard codes[row] >= 0, Int(codes[row]) < texts.count else { return nil }
      self = .text(texts[Int(codes[row])])
    case .null: return nil
    }
  }

  /// As a number: dates in milliseconds, booleans as 0 and 1, numeric text as what it says; nil for anything else.
  package var number: Double? {
    switch self {
    case .null: nil
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .float(let value): value
    case .boolean(let value): value ? 1 : 0
    case .date(let days): Double(days) * 86_400_000
    case .datetime(let moment): Double(moment)
    case .text(let text): Double(text)
    }
  }

  /// As a cell of a column of texts; null for what has no text.
  package var asText: CellValue { text.map { .text($0) } ?? .null }

  /// As text: whole numbers without a fraction.
  var text: String? {
    switch self {
    case .null, .date, .datetime: nil
    case .integer(let value): String(value)
    case .unsigned(let value): String(value)
    case .float(let value): value == value.rounded() && abs(value) < 0x1p63 ? String(Int64(value)) : String(value)
    case .boolean(let value): String(value)
    case .text(let text): text
    }
  }
}

extension ColumnStore {
  /// The cell of a slot.
  package func cell(_ slot: UInt32) -> CellValue {
    guard hasValue(slot) else { return .null }
    let index = Int(slot)
    return switch kind {
    case .int8: .integer(Int64(values(Int8.self)[index]))
    case .int16: .integer(Int64(values(Int16.self)[index]))
    case .int32: .integer(Int64(values(Int32.self)[index]))
    case .int64: .integer(values(Int64.self)[index])
    case .uint8: .integer(Int64(values(UInt8.self)[index]))
    case .uint16: .integer(Int64(values(UInt16.self)[index]))
    case .uint32: .integer(Int64(values(UInt32.self)[index]))
    case .uint64: .unsigned(values(UInt64.self)[index])
    case .float32: .float(Double(values(Float.self)[index]))
    case .float64: .float(values(Double.self)[index])
    case .boolean: .boolean(values(UInt8.self)[index] != 0)
    case .date: .date(values(Int32.self)[index])
    case .datetime: .datetime(values(Int64.self)[index])
    case .string: .text(dictionary?.string(values(Int32.self)[index]) ?? "")
    }
  }
}
