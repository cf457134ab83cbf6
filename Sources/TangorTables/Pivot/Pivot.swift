/// The groups of a view and their aggregates, kept current with the table.
///
/// A row that changes is taken back from the cells that it belonged to, with the values that it had, and then added to those that it
/// belongs to now: an update costs as much as the rows and the groups that it touches.
final class Pivot: TableObserver {
  let table: TableCore
  let cells: PivotCells
  let rows: ViewRows
  let shown: [PivotColumn]
  private(set) var measures: MeasureSet
  /// The table's columns on which anything depends.
  private let columns: ColumnSet
  /// Changes with everything that can change a result.
  private(set) var version = 0
  /// Whether what cells were like before a poll is remembered.
  var tracksChanges = false
  /// By cell, the results before the poll; without results for new cells.
  private var before: [UInt32: [CellValue]] = [:]
  /// The same by the cells' paths, where the cells were made anew within the poll.
  private var beforeByPath: [PivotCells.Path: [CellValue]]?
  /// Whether a change is under way after which the cells are made anew.
  private var isRebuilt = false

  /// - Parameter hidden: Measures that are sorted by and not shown.
  init(_ plan: ViewPlan, _ table: TableCore, hidden: [ViewPlan.Measure]) {
    self.table = table
    cells = PivotCells(rows: plan.groups.map(\.store), columns: plan.splits.map(\.store))
    rows = ViewRows(table, plan.filter)
    var measures = MeasureSet(table, cells)
    shown = plan.columns.map { measures.column(plan.measure($0)) }
    for measure in hidden { _ = measures.column(measure) }
    self.measures = measures
    var columns = measures.columns
    for column in plan.groups + plan.splits { columns.insert(column.position) }
    for term in plan.filter.terms { columns.insert(term.position) }
    self.columns = columns
    build()
  }

  /// The column of a measure that is sorted by.
  func column(_ measure: ViewPlan.Measure) -> PivotColumn { measures.column(measure) }

  /// Makes all cells, where there are none yet.
  private func build() {
    let selection = RowSelection(rows.members)
    guard !selection.isEmpty else { return resetTotal() }
    let leaves = cells.build(selection)
    for measure in measures.all { measure.addAll(selection, leaves: leaves.base) }
    withExtendedLifetime(leaves) {}
    version += 1
  }

  private func resetTotal() { for measure in measures.all { measure.reset(PivotCells.total) } }

  // MARK: Changes

  func pollWillBegin() {
    before.removeAll(keepingCapacity: before.count < 4096)
    beforeByPath = nil
  }

  func rowsWillChange(_ slots: [UInt32], columns changed: ColumnSet?) {
    if let changed, !changed.intersects(columns) { return }
    if beginRebuilding(slots.count) { return }
    if tracksChanges { for slot in slots where cells.hasRow(slot) { remember(cells.cells(of: slot)) } }
    for slot in slots where cells.hasRow(slot) {
      let own = cells.cells(of: slot)
      for measure in measures.all { measure.retract(slot, from: own) }
      cells.remove(slot)
      rows.remove(slot)
    }
    if changed == nil { cells.sweep() }
    version += 1
  }

  func rowsHaveGone() { rebuild() }

  func rowsDidChange(_ changed: [UInt32], added: [UInt32], columns changedColumns: ColumnSet) {
    version += 1
    if isRebuilt || beginRebuilding(added.count) { return rebuild() }
    if changedColumns.intersects(columns) { for slot in changed where rows.admit(slot) { insert(slot) } }
    for slot in added where rows.admit(slot) { insert(slot) }
    cells.sweep()
  }

  func rowsWereCleared() {
    if tracksChanges { remember([PivotCells.total]) }
    let total = before[PivotCells.total]
    before = [:]
    before[PivotCells.total] = total
    beforeByPath = nil
    cells.removeAll()
    rows.removeAll()
    resetTotal()
    version += 1
  }

  // MARK: Many changes at once

  /// Decides whether to make all cells anew after a change of so many rows.
  private func beginRebuilding(_ changes: Int) -> Bool {
    guard Parallelism.current.rebuilds(changes: changes, of: table.count), measures.all.allSatisfy(\.isOfRowsAlone) else { return false }
    isRebuilt = true
    guard tracksChanges, beforeByPath == nil else { return true }
    var results: [PivotCells.Path: [CellValue]] = [:]
    for cell in 0..<UInt32(cells.limit) {
      let rowCount = cells.cells[Int(cell)].rowCount
      guard rowCount > 0 || cell == PivotCells.total || (rowCount == 0 && before[cell] != nil) else { continue }
      results[cells.path(cell)] = before[cell] ?? shown.map { $0.measure.value(cell) }
    }
    before = [:]
    beforeByPath = results
    return true
  }

  private func rebuild() {
    guard isRebuilt else { return }
    isRebuilt = false
    rows.renew()
    let selection = RowSelection(rows.members)
    cells.rebuild { cells in
      guard !selection.isEmpty else { return resetTotal() }
      let leaves = cells.build(selection)
      for measure in measures.all { measure.addAll(selection, leaves: leaves.base) }
      withExtendedLifetime(leaves) {}
    }
    version += 1
  }

  func slotsMoved(_ newSlots: [UInt32]) {
    cells.rename(newSlots)
    rows.rename(newSlots)
  }

  private func insert(_ slot: UInt32) {
    cells.insert(slot) { own in
      for cell in own where cells.cells[Int(cell)].isNew {
        for measure in measures.all { measure.reset(cell) }
        if tracksChanges, beforeByPath == nil, cell != PivotCells.total { before[cell] = [] }
      }
      if tracksChanges { remember(own) }
    }
    let own = cells.cells(of: slot)
    for measure in measures.all { measure.add(slot, to: own) }
  }

  private func remember(_ cells: ArraySlice<UInt32>) {
    guard beforeByPath == nil else { return }
    for cell in cells where before[cell] == nil { before[cell] = shown.map { $0.measure.value(cell) } }
  }

  /// The row groups whose results the last poll changed, without those that are gone.
  func changedRows() -> Set<UInt32> {
    var changed: Set<UInt32> = []
    if let beforeByPath {
      for cell in 0..<UInt32(cells.limit) where cells.cells[Int(cell)].rowCount > 0 || cell == PivotCells.total {
        if beforeByPath[cells.path(cell)] != shown.map({ $0.measure.value(cell) }) { changed.insert(cells.cells[Int(cell)].row) }
      }
      return changed
    }
    for (cell, old) in before {
      let place = cells.cells[Int(cell)]
      guard place.rowCount > 0 || cell == PivotCells.total else { continue }
      if old != shown.map({ $0.measure.value(cell) }) { changed.insert(place.row) }
    }
    return changed
  }
}
