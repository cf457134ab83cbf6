extension Table {
  /// A table with the columns and rows of an input.
  ///
  /// ```swift
  /// let trades = try Table(.rows(trades), index: "id")
  /// ```
  ///
  /// The caller's thread does the work. Text and JSON tell their columns' types by their values, the other forms say them; where there may
  /// be no rows, or the wrong types would be inferred, make the table with `init(schema:)`.
  ///
  /// - Parameters:
  ///   - input: The first rows.
  ///   - index: A column by whose values rows are known: a row whose value is there already changes that row.
  ///   - limit: The most rows to keep, the newest; not with an index.
  /// - Throws: When the input is not what it is said to be, or has no columns; as `init(schema:index:limit:)`.
  public init(_ input: TableInput, index: String? = nil, limit: Int? = nil) throws(TableError) {
    try self.init(contents: try input.newTable(index: index), index: index, limit: limit)
  }

  /// Puts rows in, or changes those whose keys are there.
  ///
  /// Numbers become numbers of their column's width, towards zero and the nearest that fits.
  ///
  /// - Parameters:
  ///   - input: Columns that the table does not have are passed over. Rows that do not say their key all have that of null.
  ///   - port: 0, or one from `makePort`; who follows a view is told through which port a change came.
  /// - Throws: When the input is not what it is said to be, or does not fit the table. Nothing is written then.
  public nonisolated func update(_ input: TableInput, port: Int = 0) async throws(TableError) {
    try await update(try input.update(self), port: port)
  }

  /// Puts rows in the place of all that are there.
  ///
  /// - Parameter input: What it does not say has no value afterwards.
  /// - Throws: As `update`. The rows stay then.
  public nonisolated func replace(_ input: TableInput) async throws(TableError) { try await replace(try input.update(self)) }

  /// Removes the rows with the keys; those that are not there are passed over.
  ///
  /// - Parameter keys: Values of the index column.
  /// - Throws: On a table without an index.
  public nonisolated func remove(keys: [some CellConvertible]) async throws(TableError) {
    try await remove(try TableColumn(keys).values.get())
  }

  /// The row of a key, as a value of a type; nil when it is not there.
  ///
  /// - Parameters:
  ///   - key: A value of the index column.
  ///   - type: Its properties are read from the columns of their names.
  /// - Throws: On a table without an index, or when the row is none of the type's; what the type's own code throws.
  public nonisolated func row<Row: Decodable>(forKey key: some CellConvertible, as type: Row.Type) async throws -> Row? {
    guard let batch = try await row(ofKey: key.cell) else { return nil }
    return try ColumnIndex(batch).rows(as: type).first
  }
}
