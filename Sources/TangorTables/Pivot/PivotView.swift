/// A view whose rows are groups of the table's rows, and whose columns may be split.
final class PivotView: TableView {
  private let plan: ViewPlan
  private let table: TableCore
  private let pivot: Pivot
  private let isShared: Bool
  private var rowSorts: [GroupSort] = []
  private var columnSorts: [GroupSort] = []
  /// Columns that are sorted by and not shown.
  private var hidden: [PivotColumn] = []
  private var expansion: Expansion
  private var visible: [UInt32] = []
  private var visibleVersion = (-1, -1)
  private var heads: [UInt32] = []
  private var headsVersion = -1

  /// - Parameters:
  ///   - pivot: The groups of the plan.
  ///   - isShared: Whether all views of the configuration have them.
  init(_ plan: ViewPlan, _ table: TableCore, _ pivot: Pivot, isShared: Bool) {
    self.plan = plan
    self.isShared = isShared
    self.table = table
    self.pivot = pivot
    expansion = Expansion(depth: plan.configuration.groupByDepth)
    for (order, column, measure, isHidden) in Self.sorts(plan) {
      let by = pivot.column(measure)
      let cells = pivot.cells
      let isText = by.measure.kind == .string
      if !order.isOfColumns {
        if isHidden { hidden.append(by) }
        rowSorts.append(
          GroupSort(order, isText: isText) { row in cells.cell(row, GroupTree.root).map { by.measure.value($0) } ?? .null })
      } else if let level = plan.splits.firstIndex(where: { $0.name == column.name }) {
        columnSorts.append(
          GroupSort(order, isText: column.store.kind == .string) { head in
            Int(cells.columns.nodes[Int(head)].depth) == level + 1 ? cells.columns.value(head) : .null
          })
      } else {
        columnSorts.append(
          GroupSort(order, isText: isText) { head in cells.cell(GroupTree.root, head).map { by.measure.value($0) } ?? .null })
      }
    }
  }

  /// What the plan sorts by.
  static func sorts(_ plan: ViewPlan) -> [(order: SortOrder, column: ViewPlan.Column, measure: ViewPlan.Measure, isHidden: Bool)] {
    plan.configuration.sort.filter { $0.order != .none }.compactMap { sort in
      plan.column(sort.column).map { (sort.order, $0, sortMeasure($0, plan), !plan.columns.map(\.name).contains(sort.column)) }
    }
  }

  /// The aggregate to sort by: that of a column by which rows are grouped, where it is not shown, is its only value.
  private static func sortMeasure(_ column: ViewPlan.Column, _ plan: ViewPlan) -> ViewPlan.Measure {
    if plan.configuration.groupBy.contains(column.name), !plan.columns.contains(where: { $0.name == column.name }) {
      return ViewPlan.Measure(column: column, aggregate: .unique, argument: nil)
    }
    return plan.measure(column)
  }

  var tracksChanges: Bool {
    get { pivot.tracksChanges }
    set { pivot.tracksChanges = newValue }
  }

  var configuration: ViewConfiguration { plan.configuration }
  var resolvedConfiguration: ViewConfiguration { plan.resolved }
  var shape: ResultShape? {
    guard isShared, let depth = expansion.evenDepth else { return nil }
    return ResultShape(configuration: configuration, depth: depth, version: table.version)
  }
  var rowCount: Int { visibleRows().count }
  var columnCount: Int { visibleHeads().count * pivot.shown.count }

  var schema: [(name: String, type: ColumnType)] {
    var known: Set<String> = []
    return (pivot.shown + hidden).filter { known.insert($0.name).inserted }.map { ($0.name, $0.type) }
  }

  func columnPaths(_ range: Range<Int>) -> [ColumnPath] {
    range.clamped(to: 0..<columnCount).map { column in
      let head = visibleHeads()[column / pivot.shown.count]
      return ColumnPath(path: pivot.cells.columns.path(head), name: pivot.shown[column % pivot.shown.count].name)
    }
  }

  // MARK: Results

  func slice(_ viewport: Viewport, keys: Bool) -> ResultSlice {
    let all = visibleRows()
    let rows = Array(all[viewport.rows.clamped(to: 0..<all.count)])
    var slice = result(rows, viewport.columns)
    if !plan.groups.isEmpty { slice.rowPath = path(rows) }
    if keys, plan.splits.isEmpty { slice.groupKeys = rows.map { self.keys(of: $0) } }
    return slice
  }

  func delta(_ changes: ChangeSet) -> ResultSlice? {
    var changed = pivot.changedRows()
    let aggregates = Set(plan.columns.map { plan.measure($0).aggregate })
    var rows = visibleRows()
    if aggregates.contains(.percentOfTotal), changed.contains(GroupTree.root) { return delta(rows) }
    if aggregates.contains(.percentOfParent) {
      for row in changed { changed.formUnion(pivot.cells.rows.children(of: row)) }
    }
    rows.removeAll { !changed.contains($0) }
    return delta(rows)
  }

  private func delta(_ rows: [UInt32]) -> ResultSlice? {
    ResultSlice.fitsDelta(rows: rows.count, columns: columnCount) ? result(rows, 0..<Int.max) : nil
  }

  private func result(_ rows: [UInt32], _ columns: Range<Int>) -> ResultSlice {
    let heads = visibleHeads()
    let tree = pivot.cells.columns
    var cells: [UInt32] = []
    var cellsOf: UInt32?
    var results: [ResultColumn] = []
    for column in columns.clamped(to: 0..<columnCount) {
      let head = heads[column / pivot.shown.count]
      if cellsOf != head {
        cells = pivot.cells.cells(rows, head)
        cellsOf = head
      }
      let shown = pivot.shown[column % pivot.shown.count]
      results.append(
        ResultColumn(path: tree.path(head), name: shown.name, aggregate: shown.title, values: shown.measure.column(shown.name, cells)))
    }
    return ResultSlice(rowCount: rows.count, columns: results)
  }

  private func path(_ rows: [UInt32]) -> RowPath {
    let tree = pivot.cells.rows
    let levels = plan.groups.indices.map { tree.column(level: $0, of: rows) }
    return RowPath(names: plan.groups.map(\.name), lengths: tree.depths(of: rows), levels: levels)
  }

  /// The keys of a group's rows.
  private func keys(of row: UInt32) -> BatchColumn {
    guard let cell = pivot.cells.cell(row, GroupTree.root) else { return table.keyColumn([]) }
    return table.keyColumn(table.inKeyOrder(pivot.cells.slots(of: cell)))
  }

  func extremes(of column: String) throws(TableError) -> (least: CellValue, greatest: CellValue) {
    guard let shown = pivot.shown.first(where: { $0.name == column }) else {
      throw TableError("Could not find column index for `\(column)` as it does not exist in the schema.\n")
    }
    let tree = pivot.cells.rows
    let rows = visibleRows().filter { row in
      row != GroupTree.root && (tree.isLeaf(row) || plan.configuration.groupRollup == .flat || !expansion.isOpen(tree.nodes[Int(row)]))
    }
    let heads = pivot.cells.columns.leaves(of: GroupTree.root)
    var least = CellValue.null
    var greatest = CellValue.null
    for row in rows {
      for head in heads {
        guard let cell = pivot.cells.cell(row, head) else { continue }
        let value = shown.measure.value(cell)
        if value == .null { continue }
        if least == .null || CellOrder.precedes(value, least) { least = value }
        if greatest == .null || CellOrder.precedes(greatest, value) { greatest = value }
      }
    }
    return (least, greatest)
  }

  // MARK: What is visible

  private func visibleRows() -> [UInt32] {
    let tree = pivot.cells.rows
    // Where nothing is sorted by results, only groups that come or go change what is visible.
    let version = (rowSorts.isEmpty ? tree.version : pivot.version, expansion.version)
    guard visibleVersion != version else { return visible }
    switch plan.configuration.groupRollup {
    case .total: visible = [GroupTree.root]
    case .flat:
      // Until a group comes or goes, they stand in order already.
      if rowSorts.isEmpty, let leaves = tree.leavesAsBuilt {
        visible = Array(leaves)
      } else {
        visible = walk(tree, rowSorts, isOpen: { _ in true }, isShown: tree.isLeaf)
      }
    case .rollup: visible = walk(tree, rowSorts, isOpen: { expansion.isOpen(tree.nodes[Int($0)]) }, isShown: { _ in true })
    }
    visibleVersion = version
    return visible
  }

  private func visibleHeads() -> [UInt32] {
    let tree = pivot.cells.columns
    let version = columnSorts.isEmpty ? tree.version : pivot.version
    guard headsVersion != version else { return heads }
    let rollup = plan.configuration.splitRollup == .rollup
    heads = walk(tree, columnSorts, isOpen: { _ in true }, isShown: { rollup || tree.isLeaf($0) })
    headsVersion = version
    return heads
  }

  /// Groups in the order in which they show, each before those within it.
  private func walk(
    _ tree: GroupTree, _ sorts: [GroupSort], isOpen: (UInt32) -> Bool, isShown: (UInt32) -> Bool
  ) -> [UInt32] {
    var found: [UInt32] = []
    var work = [GroupTree.root]
    while let node = work.popLast() {
      if isShown(node) { found.append(node) }
      if !tree.isLeaf(node), isOpen(node) {
        work.append(contentsOf: GroupSort.sorted(tree.children(of: node), by: sorts).reversed())
      }
    }
    return found
  }

  func expand(_ row: Int) -> Int {
    // Clients of split views are told one of a group that has none within it.
    if !plan.splits.isEmpty, plan.configuration.groupRollup == .rollup, isLeaf(row) { return 1 }
    guard let node = openable(row), !expansion.isOpen(pivot.cells.rows.nodes[Int(node)]) else { return 0 }
    let tree = pivot.cells.rows
    let children = tree.children(of: node)
    expansion.open(tree.nodes[Int(node)], children: children.map { tree.nodes[Int($0)] })
    return children.count
  }

  func collapse(_ row: Int) -> Int {
    guard let node = openable(row), expansion.isOpen(pivot.cells.rows.nodes[Int(node)]) else { return 0 }
    let before = rowCount
    expansion.close(pivot.cells.rows.nodes[Int(node)])
    return before - rowCount
  }

  func setDepth(_ depth: Int) {
    guard plan.configuration.groupRollup == .rollup else { return }
    expansion.set(depth: max(depth, 0) + 1)
  }

  private func isLeaf(_ row: Int) -> Bool {
    row >= 0 && row < rowCount && visibleRows()[row] != GroupTree.root && pivot.cells.rows.isLeaf(visibleRows()[row])
  }

  private func openable(_ row: Int) -> UInt32? {
    guard plan.configuration.groupRollup == .rollup, row >= 0, row < rowCount else { return nil }
    let node = visibleRows()[row]
    return pivot.cells.rows.isLeaf(node) ? nil : node
  }
}
