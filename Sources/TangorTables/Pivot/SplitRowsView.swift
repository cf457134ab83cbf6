/// A view whose rows are those of the table and whose columns are split: each row has values under its own split alone.
final class SplitRowsView: TableView, TableObserver {
  private let plan: ViewPlan
  private let flat: FlatView
  private let cells: PivotCells

  init(_ plan: ViewPlan, _ table: TableCore) {
    self.plan = plan
    flat = FlatView(plan, table)
    cells = PivotCells(rows: [], columns: plan.splits.map(\.store))
    let rows = RowSelection(flat.rows.members)
    if !rows.isEmpty { _ = cells.build(rows) }
  }

  var tracksChanges = false
  var configuration: ViewConfiguration { plan.configuration }
  var resolvedConfiguration: ViewConfiguration { plan.resolved }
  var shape: ResultShape? { flat.shape }
  var rowCount: Int { flat.rowCount }
  var columnCount: Int { heads.count * plan.columns.count }
  var schema: [(name: String, type: ColumnType)] { flat.schema }

  private var heads: [UInt32] {
    let tree = cells.columns
    var found: [UInt32] = []
    var work = [GroupTree.root]
    while let node = work.popLast() {
      if tree.isLeaf(node) || plan.configuration.splitRollup == .rollup { found.append(node) }
      if !tree.isLeaf(node) { work.append(contentsOf: GroupSort.sorted(tree.children(of: node), by: columnSorts).reversed()) }
    }
    return found
  }

  private var columnSorts: [GroupSort] {
    plan.configuration.sort.compactMap { sort in
      guard sort.order.isOfColumns, let level = plan.splits.firstIndex(where: { $0.name == sort.column }) else { return nil }
      let tree = cells.columns
      return GroupSort(sort.order, isText: plan.splits[level].store.kind == .string) { head in
        Int(tree.nodes[Int(head)].depth) == level + 1 ? tree.value(head) : .null
      }
    }
  }

  func columnPaths(_ range: Range<Int>) -> [ColumnPath] {
    let heads = heads
    let width = plan.columns.count
    return range.clamped(to: 0..<heads.count * width).map { column in
      ColumnPath(path: cells.columns.path(heads[column / width]), name: plan.columns[column % width].name)
    }
  }

  func slice(_ viewport: Viewport, keys: Bool) -> ResultSlice {
    let slots = flat.slots(viewport.rows)
    var slice = result(slots, viewport.columns)
    if keys { slice.keys = flat.table.keyColumn(slots) }
    return slice
  }

  func delta(_ changes: ChangeSet) -> ResultSlice? {
    let written = flat.written(changes)
    return ResultSlice.fitsDelta(rows: written.count, columns: columnCount) ? result(written, 0..<Int.max) : nil
  }

  private func result(_ slots: [UInt32], _ columns: Range<Int>) -> ResultSlice {
    let heads = heads
    let width = plan.columns.count
    let leaves = slots.map(cells.columnLeaf)
    let within = columns.clamped(to: 0..<heads.count * width).map { column -> ResultColumn in
      let head = heads[column / width]
      let shown = plan.columns[column % width]
      let own = cells.columns.leaves(of: head)
      // Most heads are a single leaf: a set would be asked for every row.
      let wanted = own.count == 1 ? leaves.map { $0 == own[0] } : leaves.map(Set(own).contains)
      let values = shown.store.gather(slots, where: wanted)
      return ResultColumn(path: cells.columns.path(head), name: shown.name, aggregate: nil, values: values)
    }
    return ResultSlice(rowCount: slots.count, columns: within)
  }

  func extremes(of column: String) throws(TableError) -> (least: CellValue, greatest: CellValue) { try flat.extremes(of: column) }
  func expand(_ row: Int) -> Int { 0 }
  func collapse(_ row: Int) -> Int { 0 }
  func setDepth(_ depth: Int) {}

  // MARK: Changes

  func rowsWillChange(_ slots: [UInt32], columns: ColumnSet?) {
    for slot in slots where cells.hasRow(slot) { cells.remove(slot) }
    if columns == nil { cells.sweep() }
    flat.rowsWillChange(slots, columns: columns)
  }

  func rowsHaveGone() { flat.rowsHaveGone() }

  func rowsDidChange(_ changed: [UInt32], added: [UInt32], columns: ColumnSet) {
    flat.rowsDidChange(changed, added: added, columns: columns)
    for slot in changed where flat.rows.contains(slot) { cells.insert(slot) { _ in } }
    for slot in added where flat.rows.contains(slot) { cells.insert(slot) { _ in } }
    cells.sweep()
  }

  func rowsWereCleared() {
    cells.removeAll()
    flat.rowsWereCleared()
  }

  func slotsMoved(_ newSlots: [UInt32]) {
    cells.rename(newSlots)
    flat.slotsMoved(newSlots)
  }
}
