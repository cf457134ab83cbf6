/// The values of one column, on their way into a table.
///
/// Written out, `nil` for cells without a value, or made of an array:
///
/// ```swift
/// try await trades.update(.columns(["id": [1, 2, 3], "price": [1.5, nil, 2], "side": TableColumn(sides)]))
/// ```
public struct TableColumn: Sendable, ExpressibleByArrayLiteral {
  /// Without a name.
  let values: Result<BatchColumn, TableError>

  /// Values of one type; whole numbers beside floating-point numbers become such.
  public init(arrayLiteral cells: CellValue...) { self.init(cells: cells) }

  /// - Parameter cells: Of one type, or null.
  public init(cells: [CellValue]) {
    values = Self.build(cells.count) { column, row throws(TableError) in
      if let kind = cells[row].kind { try column.append(cells[row], kind) } else { try column.appendNull() }
    }
  }

  /// - Parameter values: One for each row.
  public init<Value: CellConvertible>(_ values: [Value]) {
    if let column = Self.numbers(values) {
      self.values = .success(column)
    } else {
      self.values = Self.build(values.count) { column, row throws(TableError) in try column.append(values[row].cell, Value.cellKind) }
    }
  }

  /// - Parameter values: One for each row; nil for cells without a value.
  public init<Value: CellConvertible>(_ values: [Value?]) {
    self.values = Self.build(values.count) { column, row throws(TableError) in
      try column.append(values[row]?.cell ?? .null, Value.cellKind)
    }
  }

  private static func build(
    _ count: Int, _ append: (CellBuilder, Int) throws(TableError) -> Void
  ) -> Result<BatchColumn, TableError> {
    let column = CellBuilder("")
    for row in 0..<count {
      do throws(TableError) { try append(column, row) } catch { return .failure(error) }
    }
    return .success(column.finish(rowCount: count))
  }

  /// Arrays that are columns as they are.
  private static func numbers<Value>(_ values: [Value]) -> BatchColumn? {
    switch values {
    case let values as [Double]: BatchColumn("", .float64(Vector(values)))
    case let values as [Float]: BatchColumn("", .float32(Vector(values)))
    case let values as [Int]: BatchColumn("", .int64(converted(values) { Int64($0) }))
    case let values as [Int64]: BatchColumn("", .int64(Vector(values)))
    case let values as [Int32]: BatchColumn("", .int32(Vector(values)))
    default: nil
    }
  }

  /// The columns as a batch.
  ///
  /// - Throws: When names repeat, when lengths differ, and when a column's values are of several types.
  static func batch(_ columns: [(name: String, values: TableColumn)]) throws(TableError) -> Batch {
    var known: Set<String> = []
    var batch = Batch(rowCount: 0, columns: [])
    for (name, column) in columns {
      guard known.insert(name).inserted else { throw TableError("Column `\(name)` is there twice; give each column once") }
      var values: BatchColumn
      do throws(TableError) {
        values = try column.values.get()
      } catch {
        // The column did not know its name yet.
        throw TableError(error.message.hasPrefix("Column ``") ? "Column `\(name)`" + error.message.dropFirst(9) : error.message)
      }
      values.name = name
      if batch.columns.isEmpty { batch.rowCount = values.values.count }
      guard values.values.count == batch.rowCount else {
        let first = batch.columns.first?.name ?? ""
        throw TableError(
          "Column `\(name)` has \(values.values.count) values and `\(first)` has \(batch.rowCount); give all columns as many")
      }
      batch.columns.append(values)
    }
    return batch
  }
}

extension CellValue {
  /// The kind of a column of such values; nil for null.
  fileprivate var kind: ColumnKind? {
    switch self {
    case .null: nil
    case .integer: .int64
    case .unsigned: .uint64
    case .float: .float64
    case .boolean: .boolean
    case .date: .date
    case .datetime: .datetime
    case .text: .string
    }
  }
}
