/// The cells of a pivot: each is a group of rows crossed with a group of columns, and stands for the table's rows that are in both.
///
/// Every row of the table belongs to one *leaf cell*, of an innermost row group and an innermost column group; what happens to the row
/// happens to the cells above it, whose numbers stand together in `above`. The rows of each leaf cell are listed when somebody first needs
/// them themselves.
final class PivotCells {
  static let none = UInt32.max

  struct Cell {
    var row: UInt32
    var column: UInt32
    var rowCount = 0
    /// Whether no row has been put in yet.
    var isNew = true
  }

  let rows: GroupTree
  let columns: GroupTree
  // As in `GroupTree`.
  @exclusivity(unchecked) private(set) var cells: [Cell] = []
  /// The cells that a leaf cell's rows belong to, itself included; `stride` of them by leaf number.
  @exclusivity(unchecked) private(set) var above: [UInt32] = []
  let stride: Int
  /// The cells by their groups, where columns are split.
  private var index = KeyTable()
  /// Slots with rows are below it.
  var slotLimit: Int { home.capacity }

  /// Rows by leaf cell.
  var leafSizes: [Int] {
    cells.withUnsafeBufferPointer { cells in
      above.withUnsafeBufferPointer { above in (0..<leafCount).map { cells[Int(above[$0 &* stride])].rowCount } }
    }
  }

  /// The first of the leaves' cells, after `build` and until something changes: cells are numbered as their row groups are, level by level.
  /// Nil where columns are split.
  var firstLeafCell: Int? { columns.columns.isEmpty ? limit - leafCount : nil }

  /// The cells by their row groups, where they are not.
  private var cellOfRow: [UInt32] = []
  private var freeCells: [UInt32] = []
  private var emptied: [UInt32] = []
  /// The number of each leaf cell among the leaves; `none` for other cells.
  private var leafNumber: [UInt32] = []
  private var leafCount = 0
  private var freeLeaves: [UInt32] = []
  /// By slot: the number of the row's leaf cell.
  private let home = GrowableBuffer<UInt32>(capacity: 1)
  private var lists: RowLists?

  init(rows: [ColumnStore], columns: [ColumnStore]) {
    self.rows = GroupTree(rows)
    self.columns = GroupTree(columns)
    stride = (rows.count + 1) * (columns.count + 1)
    home[0] = Self.none
    _ = makeCell(GroupTree.root, GroupTree.root)
  }

  /// Cell numbers are below it.
  var limit: Int { cells.count }

  /// The cell of all rows.
  static let total: UInt32 = 0

  func cell(_ row: UInt32, _ column: UInt32) -> UInt32? {
    if row == GroupTree.root, column == GroupTree.root { return Self.total }
    if columns.columns.isEmpty {
      let cell = Int(row) < cellOfRow.count ? cellOfRow[Int(row)] : Self.none
      return cell == Self.none ? nil : cell
    }
    return index[UInt64(row) << 32 | UInt64(column)]
  }

  /// The cells of groups of rows; `none` where there is none.
  func cells(_ rows: [UInt32], _ column: UInt32) -> [UInt32] {
    guard columns.columns.isEmpty else { return rows.map { cell($0, column) ?? Self.none } }
    return cellOfRow.withUnsafeBufferPointer { known in
      rows.map { row in
        if row == GroupTree.root { return Self.total }
        return Int(row) < known.count ? known[Int(row)] : Self.none
      }
    }
  }

  func hasRow(_ slot: UInt32) -> Bool { Int(slot) < home.capacity && home[Int(slot)] != Self.none }

  /// The cells that a row belongs to.
  func cells(of slot: UInt32) -> ArraySlice<UInt32> {
    let leaf = Int(home[Int(slot)])
    return above[leaf * stride..<(leaf + 1) * stride]
  }

  /// Puts a row in.
  ///
  /// - Parameter prepare: Gets the cells that the row will belong to.
  func insert(_ slot: UInt32, _ prepare: (ArraySlice<UInt32>) -> Void) {
    let row = rows.leaf(of: slot)
    let column = columns.leaf(of: slot)
    let leaf = leafNumber(row, column)
    let cells = above[leaf * stride..<(leaf + 1) * stride]
    prepare(cells)
    home.reserve(Int(slot) + 1, filling: Self.none)
    home[Int(slot)] = UInt32(leaf)
    lists?.insert(slot, into: leaf)
    for cell in cells {
      self.cells[Int(cell)].rowCount += 1
      self.cells[Int(cell)].isNew = false
    }
    rows.count(1, at: row)
    columns.count(1, at: column)
  }

  /// Takes a row out. Cells and groups that have no rows left stay until `sweep()`.
  func remove(_ slot: UInt32) {
    let leaf = Int(home[Int(slot)])
    home[Int(slot)] = Self.none
    lists?.remove(slot, from: leaf)
    for cell in above[leaf * stride..<(leaf + 1) * stride] {
      cells[Int(cell)].rowCount -= 1
      if cells[Int(cell)].rowCount == 0, cell != Self.total { emptied.append(cell) }
    }
    let own = cells[Int(above[leaf * stride])]
    rows.count(-1, at: own.row)
    columns.count(-1, at: own.column)
  }

  /// Removes the cells and the groups that have no rows left.
  func sweep() {
    for cell in emptied where cells[Int(cell)].rowCount == 0 {
      let place = cells[Int(cell)]
      cells[Int(cell)].rowCount = -1
      if columns.columns.isEmpty {
        cellOfRow[Int(place.row)] = Self.none
      } else {
        index.remove(UInt64(place.row) << 32 | UInt64(place.column))
      }
      freeCells.append(cell)
      if leafNumber[Int(cell)] != Self.none {
        freeLeaves.append(leafNumber[Int(cell)])
        leafNumber[Int(cell)] = Self.none
      }
    }
    emptied.removeAll(keepingCapacity: emptied.count < 4096)
    rows.sweep()
    columns.sweep()
  }

  /// What a cell is, whatever its number: the keys of its groups.
  struct Path: Hashable {
    var row: [UInt64]
    var column: [UInt64]
  }

  func path(_ cell: UInt32) -> Path {
    Path(row: rows.keys(cells[Int(cell)].row), column: columns.keys(cells[Int(cell)].column))
  }

  /// Makes all cells anew; groups that were there before stay what they are to those who know them.
  ///
  /// - Parameter make: Builds them, where there are none.
  func rebuild(_ make: (PivotCells) -> Void) {
    let (oldRows, oldColumns) = (rows.shape, columns.shape)
    removeAll()
    make(self)
    rows.inherit(oldRows)
    columns.inherit(oldColumns)
  }

  /// Makes the cells of rows, all at once, where there are none yet.
  ///
  /// - Returns: The number of each row's leaf.
  func build(_ selection: RowSelection) -> GrowableBuffer<UInt32> {
    let groups = rows.build(selection)
    let leaves: GrowableBuffer<UInt32>
    if columns.columns.isEmpty {
      leaves = groups.ofRows
      buildUnsplit(groups.firstLeaf, selection.count)
    } else {
      leaves = buildSplit(selection, groups, columns.build(selection))
    }
    home.reserve(selection.limit, filling: Self.none)
    let (home, own) = (self.home.base, leaves.base)
    selection.withSlots { slots in
      guard let slots else { return home.update(from: own, count: selection.count) }
      for row in 0..<selection.count { home[Int(slots[row])] = own[row] }
    }
    return leaves
  }

  /// A cell for each row group, under the same number.
  private func buildUnsplit(_ firstLeaf: UInt32, _ rowCount: Int) {
    let nodes = rows.nodes
    columns.countAll(rowCount)
    leafCount = nodes.count - Int(firstLeaf)
    let parts = RowParts(leafCount, parts: Parallelism.current.parts(leafCount))
    nodes.withUnsafeBufferPointer { nodes in
      above = [UInt32](unsafeUninitializedCapacity: leafCount * stride) { above, filled in
        let above = above
        forEachPart(parts.parts) { part in
          for leaf in parts[part] {
            var place = leaf &* stride
            var node = firstLeaf &+ UInt32(truncatingIfNeeded: leaf)
            while true {
              above[place] = node
              place &+= 1
              if node == GroupTree.root { break }
              node = nodes[Int(node)].parent
            }
          }
        }
        filled = leafCount * stride
      }
      cells = nodes.indices.map { Cell(row: UInt32($0), column: GroupTree.root, rowCount: nodes[$0].rowCount, isNew: false) }
    }
    cellOfRow = Array(0..<UInt32(nodes.count))
    leafNumber = [UInt32](repeating: Self.none, count: Int(firstLeaf)) + Array(0..<UInt32(leafCount))
  }

  private func buildSplit(
    _ selection: RowSelection, _ rowGroups: (firstLeaf: UInt32, ofRows: GrowableBuffer<UInt32>),
    _ columnGroups: (firstLeaf: UInt32, ofRows: GrowableBuffer<UInt32>)
  ) -> GrowableBuffer<UInt32> {
    let rowLeaves = rows.nodes.count - Int(rowGroups.firstLeaf)
    let columnLeaves = columns.nodes.count - Int(columnGroups.firstLeaf)
    let crossing = RowGrouping(selection, groups: rowGroups.ofRows, count: rowLeaves)
    for (number, group) in crossing.refine(by: columnGroups.ofRows, count: columnLeaves).enumerated() {
      _ = makeLeaf(rowGroups.firstLeaf + group.parent, columnGroups.firstLeaf + UInt32(group.key))
      for cell in above[number * stride..<(number + 1) * stride] {
        cells[Int(cell)].rowCount += group.size
        cells[Int(cell)].isNew = false
      }
    }
    return crossing.finish()
  }

  /// The innermost column group of a row.
  func columnLeaf(of slot: UInt32) -> UInt32 { cells[Int(above[Int(home[Int(slot)]) * stride])].column }

  /// Where a cell stands among those above each of its leaves.
  func offset(of cell: UInt32) -> Int {
    let place = cells[Int(cell)]
    let level = (rows.depth - Int(rows.nodes[Int(place.row)].depth)) * (columns.depth + 1)
    return level + columns.depth - Int(columns.nodes[Int(place.column)].depth)
  }

  /// The rows of several cells that stand at the same place above their leaves.
  func rows(of wanted: [UInt32], _ offset: Int) -> CellRows {
    var numbers = [UInt32](repeating: Self.none, count: cells.count)
    for (number, cell) in wanted.enumerated() { numbers[Int(cell)] = UInt32(number) }
    let groups = (0..<leafCount).map { numbers[Int(above[$0 * stride + offset])] }
    return CellRows(leafOfSlot: home, groupOfLeaf: groups, sizes: wanted.map { cells[Int($0)].rowCount })
  }

  /// The rows of a cell, in no order.
  func slots(of cell: UInt32) -> [UInt32] {
    let place = cells[Int(cell)]
    var slots: [UInt32] = []
    slots.reserveCapacity(place.rowCount)
    if place.rowCount * 8 > home.capacity {
      // Most rows are in it: each is asked, at the level of the cell.
      let offset = offset(of: cell)
      let home = self.home.base
      let stride = self.stride
      above.withUnsafeBufferPointer { above in
        for slot in 0..<self.home.capacity where home[slot] != Self.none && above[Int(home[slot]) &* stride &+ offset] == cell {
          slots.append(UInt32(truncatingIfNeeded: slot))
        }
      }
      return slots
    }
    let lists = establishLists()
    let columnLeaves = columns.leaves(of: place.column)
    for row in rows.leaves(of: place.row) {
      for column in columnLeaves {
        guard let leaf = self.cell(row, column), cells[Int(leaf)].rowCount > 0 else { continue }
        lists.append(Int(leafNumber[Int(leaf)]), to: &slots)
      }
    }
    assert(slots.count == place.rowCount)
    return slots
  }

  func removeAll() {
    rows.removeAll()
    columns.removeAll()
    cells = []
    above = []
    index = KeyTable()
    cellOfRow = []
    freeCells = []
    emptied = []
    leafNumber = []
    leafCount = 0
    freeLeaves = []
    home.shrink(to: 1)
    home[0] = Self.none
    lists = nil
    _ = makeCell(GroupTree.root, GroupTree.root)
  }

  /// Follows the rows to other slots.
  func rename(_ newSlots: [UInt32]) {
    let old = (0..<min(home.capacity, newSlots.count)).map { home[$0] }
    for slot in 0..<home.capacity { home[slot] = Self.none }
    for (slot, leaf) in old.enumerated() where leaf != Self.none { home[Int(newSlots[slot])] = leaf }
    lists = nil
  }

  // MARK: Making

  private func leafNumber(_ row: UInt32, _ column: UInt32) -> Int {
    if let cell = cell(row, column), leafNumber[Int(cell)] != Self.none { return Int(leafNumber[Int(cell)]) }
    return makeLeaf(row, column)
  }

  private func makeLeaf(_ row: UInt32, _ column: UInt32) -> Int {
    let number: Int
    if let free = freeLeaves.popLast() {
      number = Int(free)
    } else {
      number = leafCount
      leafCount += 1
      above.append(contentsOf: repeatElement(0, count: stride))
      lists?.reserve(leafCount)
    }
    var position = number * stride
    rows.forEachAncestor(row) { row in
      columns.forEachAncestor(column) { column in
        above[position] = cell(row, column) ?? makeCell(row, column)
        position += 1
      }
    }
    leafNumber[Int(above[number * stride])] = UInt32(number)
    return number
  }

  private func makeCell(_ row: UInt32, _ column: UInt32) -> UInt32 {
    let number: UInt32
    if let free = freeCells.popLast() {
      number = free
      cells[Int(number)] = Cell(row: row, column: column)
      leafNumber[Int(number)] = Self.none
    } else {
      number = UInt32(cells.count)
      cells.append(Cell(row: row, column: column))
      leafNumber.append(Self.none)
    }
    if number == Self.total { return number }
    if columns.columns.isEmpty {
      if Int(row) >= cellOfRow.count {
        cellOfRow.append(contentsOf: repeatElement(Self.none, count: max(Int(row) + 1 - cellOfRow.count, cellOfRow.count / 2)))
      }
      cellOfRow[Int(row)] = number
    } else {
      _ = index.slot(of: UInt64(row) << 32 | UInt64(column)) { number }
    }
    return number
  }

  private func establishLists() -> RowLists {
    if let lists { return lists }
    let made = RowLists(home: home, leaves: leafCount)
    lists = made
    return made
  }
}
