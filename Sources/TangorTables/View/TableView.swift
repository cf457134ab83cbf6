/// A query on a table, kept current as the table changes.
///
/// Views that ask for the same share what is computed; each has its own open groups.
package protocol TableView: AnyObject {
  /// As it was given, with the columns that it left open.
  var configuration: ViewConfiguration { get }
  /// With the aggregate of every column that is shown or that rows are sorted by, and without sorts of columns: what clients are told.
  var resolvedConfiguration: ViewConfiguration { get }
  /// What its results depend on; nil where another view of the same configuration may show something else.
  var shape: ResultShape? { get }
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
  /// - Returns: nil when it would have more than `ResultSlice.mostDeltaCells` cells.
  func delta(_ changes: ChangeSet) -> ResultSlice?
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
    if plan.isColumnOnly { return share(plan.configuration) { SplitRowsView(plan, self) } }
    guard plan.isPivoted else { return share(plan.configuration) { FlatView(plan, self) } }
    // What depends on when a view was made is its own.
    let remembers: Set<Aggregate> = [.high, .low, .last]
    var key = plan.configuration
    key.groupByDepth = nil
    let measures = plan.columns.map(plan.measure) + PivotView.sorts(plan).map(\.measure)
    if measures.contains(where: { remembers.contains($0.aggregate) }) {
      let pivot = Pivot(plan, self, hidden: PivotView.sorts(plan).map(\.measure))
      add(pivot)
      return PivotView(plan, self, pivot, isShared: false)
    }
    return PivotView(plan, self, share(key) { Pivot(plan, self, hidden: PivotView.sorts(plan).map(\.measure)) }, isShared: true)
  }

  /// What computes a configuration; made when nobody has it.
  private func share<Shared: TableObserver>(_ configuration: ViewConfiguration, _ make: () -> Shared) -> Shared {
    if let known = sharedViews[configuration]?.observer as? Shared { return known }
    let made = make()
    add(made)
    if sharedViews.count >= sharedViewsLimit {
      sharedViews = sharedViews.filter { $0.value.observer != nil }
      sharedViewsLimit = max(16, sharedViews.count * 2)
    }
    sharedViews[configuration] = WeakObserver(observer: made)
    return made
  }
}
