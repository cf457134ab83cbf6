@testable import TangorTables

extension Batch {
  /// The batch in a line: `a int32 1,null; b string x,y`. Cells that say nothing are `-`.
  var text: String {
    columns.map { column in
      let cells = (0..<rowCount).map { row in
        if let presence = column.presence, !presence[row] { return "-" }
        if let validity = column.validity, !validity[row] { return "null" }
        return column.values.text(row)
      }
      return "\(column.name) \(column.values.kindText) \(cells.joined(separator: ","))"
    }.joined(separator: "; ")
  }
}

extension BatchValues {
  var kindText: String {
    switch self {
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .uint8: "uint8"
    case .uint16: "uint16"
    case .uint32: "uint32"
    case .uint64: "uint64"
    case .float32: "float32"
    case .float64: "float64"
    case .boolean: "boolean"
    case .date: "date"
    case .datetime: "datetime"
    case .text, .dictionary: "string"
    case .null: "null"
    }
  }

  func text(_ row: Int) -> String {
    switch self {
    case .int8(let values): "\(values[row])"
    case .int16(let values): "\(values[row])"
    case .int32(let values): "\(values[row])"
    case .int64(let values): "\(values[row])"
    case .uint8(let values): "\(values[row])"
    case .uint16(let values): "\(values[row])"
    case .uint32(let values): "\(values[row])"
    case .uint64(let values): "\(values[row])"
    case .float32(let values): "\(values[row])"
    case .float64(let values): "\(values[row])"
    case .boolean(let values): values[row] == 1 ? "true" : "false"
    case .date(let values): DateText.date(days: values[row])
    case .datetime(let values): "\(values[row])"
    case .text(let texts): texts[row]
    case .dictionary(let codes, let texts): texts[Int(codes[row])]
    case .null: "null"
    }
  }
}
