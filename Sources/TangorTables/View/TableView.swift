/// A query on a table, kept current as the table changes.
package protocol TableView: TableObserver {
  /// As it was given, with the columns that it left open.
  var configuration: ViewConfiguration { get }
  var rowCount: Int { get }
  /// Visible columns, those of splits counted one by one.
  var columnCount: Int { get }
  /// The types of the visible columns, and of those that only sort, where rows are groups.
  var schema: [(name: String, type: ColumnType)] { get }
  /// The headings of visible columns.
  func columnPaths(_ range: Range<Int>) -> [ColumnPath]
  /// - Parameter keys: Whether the keys of rows are wanted too.
  func slice(_ viewport: Viewport, keys: Bool) -> ResultSlice
  /// Whether `delta` is going to be asked: what groups were like before a change is remembered only then.
  var tracksChanges: Bool { get set }
  /// The view's rows that changed with the last poll, in their order, with all visible columns.
  ///
  /// - Parameter changes: What the last poll told.
  func delta(_ changes: ChangeSet) -> ResultSlice
  /// The least and the greatest value of a column; null where there is none.
  ///
  /// - Throws: When the view does not show the column.
  func extremes(of column: String) throws(TableError) -> (least: CellValue, greatest: CellValue)
  /// Shows the groups within the group at a row.
  ///
  /// - Returns: How many rows came.
  func expand(_ row: Int) -> Int
  /// - Returns: How many rows went.
  func collapse(_ row: Int) -> Int
  /// Opens as many levels below the first.
  func setDepth(_ depth: Int)
}

/// What stands above a column.
package struct ColumnPath: Sendable, Hashable {
  /// A value for each split; fewer for totals.
  package var path: [CellValue]
  package var name: String
}

extension TableCore {
  /// Makes a view, which follows the table as long as it lives.
  ///
  /// - Throws: When the configuration does not fit the table.
  package func makeView(_ configuration: ViewConfiguration) throws(TableError) -> any TableView {
    let plan = try ViewPlan(configuration, self)
    let view: any TableView
    if plan.isColumnOnly {
      view = SplitRowsView(plan, self)
    } else if plan.isPivoted {
      view = PivotView(plan, self)
    } else {
      view = FlatView(plan, self)
    }
    add(view)
    return view
  }
}
