/// Rows and columns of a view as they were at one moment.
///
/// ```swift
/// let page = try await view.result(rows: 0..<200)
/// let prices = try page["price", as: Double.self]     // [Double?]
/// let trades = try page.rows(as: Trade.self)
/// let bytes = page.csv()
/// ```
///
/// Of grouped views the columns by which rows are grouped come first. They have no value in rows that stand for more than one group of
/// theirs; ``rowPaths`` tells totals from groups of null. A column with the name of such a column is called `name (aggregate)`.
public struct ViewResult: Sendable {
  /// A column of the result.
  public struct Column: Sendable, Hashable {
    /// What the column is found by: for columns of a split the path's values and the table's column joined with `|`, as in `B|price`.
    public let name: String
    /// The values by which the view is split above this column; empty on other views, and for totals.
    public let path: [CellValue]
    /// What its cells hold.
    public let type: ColumnType
    /// Whether it is a column by which rows are grouped.
    public let isGroup: Bool
  }

  private let slice: ResultSlice
  private let index: ColumnIndex

  init(_ slice: ResultSlice) {
    self.slice = slice
    index = ColumnIndex(slice.batch(machineNames: false))
  }

  /// Rows of the result.
  public var rowCount: Int { slice.rowCount }

  /// The columns, in their order.
  public var columns: [Column] {
    let groups = index.columns.count - slice.columns.count
    return index.columns.enumerated().map { place, column in
      Column(
        name: column.name, path: place < groups ? [] : slice.columns[place - groups].path, type: column.values.kind.type,
        isGroup: place < groups)
    }
  }

  /// The groups that each row stands for, the outermost first, fewer in totals; nil on views without groups.
  public var rowPaths: [[CellValue]]? {
    slice.rowPath.map { path in
      path.lengths.enumerated().map { row, length in path.levels[..<length].map { $0.cell(row) } }
    }
  }

  /// The cells of a column; nil for those without a value.
  ///
  /// - Throws: When there is no such column, or a cell is no value of the type.
  public subscript<Value: CellConvertible>(name: String, as type: Value.Type) -> [Value?] {
    get throws(TableError) {
      let column = try index.column(name)
      if column.validity == nil, let values = column.values.plain(type) { return values }
      var cells: [Value?] = []
      cells.reserveCapacity(rowCount)
      for row in 0..<rowCount {
        let cell = column.cell(row)
        guard cell != .null else {
          cells.append(nil)
          continue
        }
        guard let value = Value(cell: cell) else {
          throw TableError(
            "Column `\(name)` has \(column.values.kind.words), and `\(cell.description.prefix(100))` is no value of `\(type)`")
        }
        cells.append(value)
      }
      return cells
    }
  }

  /// A cell; nil when there is no such column.
  ///
  /// - Parameters:
  ///   - row: From 0 to below ``rowCount``.
  ///   - name: A column's name.
  public subscript(row: Int, name: String) -> CellValue? {
    precondition(row >= 0 && row < rowCount, "The result has \(rowCount) rows and no row \(row)")
    return index.place(of: name).map { index.columns[$0].cell(row) }
  }

  /// The rows as values of a type, whose properties are read from the columns of their names; other columns are passed over.
  ///
  /// - Throws: `TableError` when a column is not there or holds what a property does not take, with row and column; what the type's own code
  ///   throws.
  public func rows<Row: Decodable>(as type: Row.Type) throws -> [Row] { try index.rows(as: type) }

  // MARK: Formats

  /// The shapes of JSON.
  public enum JSONShape: Sendable, Hashable {
    /// A list with an object for each row.
    case rows
    /// An object with a list for each column.
    case columns
    /// An object to a line, without a line end behind the last.
    case lines
  }

  /// As JSON in UTF-8. Rows of grouped views have their groups as a list under `__ROW_PATH__`.
  ///
  /// - Parameters:
  ///   - shape: How rows and columns lie.
  ///   - datesAsText: Whether dates and moments are text; otherwise they are milliseconds since 1970-01-01T00:00:00Z.
  public func json(_ shape: JSONShape = .rows, datesAsText: Bool = false) -> [UInt8] {
    let text = slice.json(isFormatted: datesAsText)
    return switch shape {
    case .rows: text.objects()
    case .columns: text.columns()
    case .lines: text.lines()
    }
  }

  /// As CSV in UTF-8, with a header; groups are leading columns.
  public func csv() -> [UInt8] { slice.csv() }

  /// As an Arrow IPC stream; groups are leading columns.
  ///
  /// - Throws: When a column's different texts have more than 2 GiB.
  public func arrow() throws(TableError) -> [UInt8] { try slice.arrow() }
}

extension BatchValues {
  /// All values of a column, where they are stored as the type; nil otherwise.
  fileprivate func plain<Value>(_ type: Value.Type) -> [Value?]? {
    switch self {
    case .float64(let values) where type == Double.self: values.withUnsafeBufferPointer { Array($0).map { $0 as? Value } }
    case .int64(let values) where type == Int64.self: values.withUnsafeBufferPointer { Array($0).map { $0 as? Value } }
    case .int64(let values) where type == Int.self: values.withUnsafeBufferPointer { $0.map { Int($0) as? Value } }
    default: nil
    }
  }
}
