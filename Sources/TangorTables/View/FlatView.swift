/// A view whose rows are rows of the table.
final class FlatView: TableView, TableObserver {
  let plan: ViewPlan
  let table: TableCore
  let rows: ViewRows
  var tracksChanges = false
  private let sorts: [SortColumn]
  private let order: SortedRows
  /// The table's columns that decide where a row stands.
  private let orderColumns: ColumnSet
  /// Whether a change is under way after which rows and order are found out anew.
  private var isRenewed = false

  init(_ plan: ViewPlan, _ table: TableCore) {
    self.plan = plan
    self.table = table
    rows = ViewRows(table, plan.filter)
    sorts = plan.rowSorts
    order = SortedRows(table, sorts)
    orderColumns = ColumnSet(sorts.map(\.position))
  }

  var configuration: ViewConfiguration { plan.configuration }
  var resolvedConfiguration: ViewConfiguration { plan.resolved }
  var shape: ResultShape? { ResultShape(configuration: configuration, depth: 0, version: table.version) }
  var rowCount: Int { rows.members.count }
  var columnCount: Int { plan.columns.count }
  var schema: [(name: String, type: ColumnType)] { plan.columns.map { ($0.name, $0.store.kind.type) } }

  func columnPaths(_ range: Range<Int>) -> [ColumnPath] {
    plan.columns[range.clamped(to: 0..<plan.columns.count)].map { ColumnPath(path: [], name: $0.name) }
  }

  /// The slots of a range of rows.
  func slots(_ range: Range<Int>) -> [UInt32] {
    let range = range.clamped(to: 0..<rowCount)
    guard !range.isEmpty else { return [] }
    if sorts.isEmpty, table.slotsAreOrdered { return range.count == rowCount ? rows.members.slots() : rows.members.slots(range) }
    return order.slots(range, of: rows.members)
  }

  func slice(_ viewport: Viewport, keys: Bool) -> ResultSlice {
    let members = rows.members
    let isWhole = viewport.rows.clamped(to: 0..<rowCount).count == rowCount && sorts.isEmpty && table.slotsAreOrdered
    let shown = plan.columns[viewport.columns.clamped(to: 0..<plan.columns.count)]
    // The rows of a set need not be listed, but for their keys; without gaps they are no list anyway.
    if isWhole, !keys, members.hasGaps { return result(members.count, shown, GatherKernel.gather(shown.map(\.store), members)) }
    let selection = isWhole ? RowSelection(members) : RowSelection(slots(viewport.rows))
    var slice = result(selection.count, shown, GatherKernel.gather(shown.map(\.store), selection))
    if keys { slice.keys = table.keyColumn(selection.slots ?? Array(0..<UInt32(selection.count))) }
    return slice
  }

  func delta(_ changes: ChangeSet) -> ResultSlice? {
    let written = written(changes)
    return ResultSlice.fitsDelta(rows: written.count, columns: columnCount)
      ? result(written.count, plan.columns[...], GatherKernel.gather(plan.columns.map(\.store), RowSelection(written))) : nil
  }

  /// The rows of the view that a change wrote, in the view's order.
  func written(_ changes: ChangeSet) -> [UInt32] { order.sorted(changes.written.filter(rows.contains)) }

  private func result(_ rowCount: Int, _ shown: ArraySlice<ViewPlan.Column>, _ values: [BatchColumn]) -> ResultSlice {
    ResultSlice(
      rowCount: rowCount,
      columns: zip(shown, values).map { ResultColumn(path: [], name: $0.name, aggregate: nil, values: $1) })
  }

  func extremes(of column: String) throws(TableError) -> (least: CellValue, greatest: CellValue) {
    guard let shown = plan.columns.first(where: { $0.name == column }) else {
      throw TableError("Could not find column index for `\(column)` as it does not exist in the schema.\n")
    }
    return shown.store.extremes(rows.members)
  }

  func expand(_ row: Int) -> Int { 0 }
  func collapse(_ row: Int) -> Int { 0 }
  func setDepth(_ depth: Int) {}

  // MARK: Changes

  func rowsWillChange(_ slots: [UInt32], columns: ColumnSet?) {
    // So many that all is found out anew afterwards.
    let matters = columns.map { rows.dependsOn($0) || orderColumns.intersects($0) } ?? true
    isRenewed = matters && Parallelism.current.rebuilds(changes: slots.count, of: table.count)
    if isRenewed || !matters { return }
    for slot in slots {
      if columns == nil || rows.dependsOn(columns ?? ColumnSet()) {
        order.remove(slot)
        rows.remove(slot)
      } else if let columns, orderColumns.intersects(columns) {
        order.remove(slot)
      }
    }
  }

  func rowsHaveGone() { renew() }

  /// - Returns: Whether it was put off.
  @discardableResult private func renew() -> Bool {
    guard isRenewed else { return false }
    isRenewed = false
    rows.renew()
    order.reset()
    return true
  }

  func rowsDidChange(_ changed: [UInt32], added: [UInt32], columns: ColumnSet) {
    if Parallelism.current.rebuilds(changes: added.count, of: table.count) { isRenewed = true }
    if renew() { return }
    let refilters = rows.dependsOn(columns)
    if refilters || orderColumns.intersects(columns) {
      for slot in changed where refilters ? rows.admit(slot) : rows.contains(slot) { order.insert(slot) }
    }
    for slot in added where rows.admit(slot) { order.insert(slot) }
  }

  func rowsWereCleared() {
    rows.removeAll()
    order.reset()
  }

  func slotsMoved(_ newSlots: [UInt32]) {
    rows.rename(newSlots)
    order.rename(newSlots)
  }
}

extension TableCore {
  /// The keys of rows: values of the index column, or the rows' numbers.
  func keyColumn(_ slots: [UInt32]) -> BatchColumn {
    if let indexColumn { return columns[indexColumn].gather(slots) }
    return BatchColumn(Self.keyColumn, .int64(Vector(slots.map { keys.sequence[Int($0)] })))
  }
}

extension ColumnStore {
  /// The least and the greatest cell of rows, those without a value and those that are not a number passed over.
  func extremes(_ rows: RowBits) -> (least: CellValue, greatest: CellValue) {
    var least: (key: UInt64, slot: UInt32)?
    var greatest: (key: UInt64, slot: UInt32)?
    let lowest: UInt64 = kind.type == .float ? 2 : 1
    rows.forEach { slot in
      let key = sortKey(slot)
      guard key >= lowest else { return }
      if key < least?.key ?? .max { least = (key, slot) }
      if key > greatest?.key ?? 0 { greatest = (key, slot) }
    }
    return (least.map { cell($0.slot) } ?? .null, greatest.map { cell($0.slot) } ?? .null)
  }
}
