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
  private(set) var cells: [Cell] = []
  /// The cells that a leaf cell's rows belong to, itself included; `stride` of them by leaf number.
  private(set) var above: [UInt32] = []
  let stride: Int
  /// The cells by their groups, where columns are split.
  private var index = KeyTable()
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

  /// Makes the cells of rows, all at once, where there are none yet.
  ///
  /// - Returns: The number of each row's leaf.
  func build(_ slots: [UInt32]) -> [UInt32] {
    let rowGroups = rows.build(slots)
    let leaves: [UInt32]
    if columns.columns.isEmpty {
      leaves = rowGroups.ofRows
      buildUnsplit(rowGroups.leaves, leaves)
    } else {
      leaves = buildSplit(rowGroups, columns.build(slots))
    }
    if let last = slots.max() { home.reserve(Int(last) + 1, filling: Self.none) }
    let home = self.home.base
    slots.withUnsafeBufferPointer { slots in
      leaves.withUnsafeBufferPointer { leaves in for row in 0..<slots.count { home[Int(slots[row])] = leaves[row] } }
    }
    return leaves
  }

  /// A cell for each row group, under the same number.
  private func buildUnsplit(_ made: [UInt32], _ leaves: [UInt32]) {
    let nodes = rows.nodes
    var sizes = [Int](repeating: 0, count: made.count)
    leaves.withUnsafeBufferPointer { leaves in
      sizes.withUnsafeMutableBufferPointer { sizes in for row in 0..<leaves.count { sizes[Int(leaves[row])] &+= 1 } }
    }
    var numbers = [UInt32](repeating: Self.none, count: nodes.count)
    var counts = [Int](repeating: 0, count: nodes.count)
    for (number, node) in made.enumerated() {
      numbers[Int(node)] = UInt32(number)
      counts[Int(node)] = sizes[number]
    }
    var above: [UInt32] = []
    above.reserveCapacity(made.count * stride)
    for leaf in made {
      var node = leaf
      while true {
        above.append(node)
        if node == GroupTree.root { break }
        node = nodes[Int(node)].parent
      }
    }
    // Groups stand behind those that they are parts of.
    for node in (1..<max(nodes.count, 1)).reversed() { counts[Int(nodes[node].parent)] += counts[node] }
    rows.setCounts(counts)
    columns.setCounts([leaves.count])
    cells = nodes.indices.map { Cell(row: UInt32($0), column: GroupTree.root, rowCount: counts[$0], isNew: false) }
    cellOfRow = nodes.indices.map { UInt32($0) }
    leafNumber = numbers
    leafCount = made.count
    self.above = above
  }

  private func buildSplit(
    _ rowGroups: (leaves: [UInt32], ofRows: [UInt32]), _ columnGroups: (leaves: [UInt32], ofRows: [UInt32])
  ) -> [UInt32] {
    var counts: [Int] = []
    var made: [(row: UInt32, column: UInt32)] = []
    var leaves = rowGroups.ofRows
    let width = columnGroups.leaves.count
    let isDense = rowGroups.leaves.count * width <= max(1 << 20, leaves.count * 4)
    var dense = [UInt32](repeating: Self.none, count: isDense ? rowGroups.leaves.count * width : 0)
    var sparse = KeyTable()
    for row in 0..<leaves.count {
      let (own, across) = (Int(leaves[row]), Int(columnGroups.ofRows[row]))
      let place = own * width + across
      let known = isDense ? dense[place] : sparse[UInt64(place)] ?? Self.none
      if known != Self.none {
        leaves[row] = known
        counts[Int(known)] += 1
      } else {
        let number = UInt32(made.count)
        if isDense { dense[place] = number } else { sparse.set(UInt64(place), to: number) }
        made.append((rowGroups.leaves[own], columnGroups.leaves[across]))
        counts.append(1)
        leaves[row] = number
      }
    }
    var rowCounts = [Int](repeating: 0, count: rows.nodes.count)
    var columnCounts = [Int](repeating: 0, count: columns.nodes.count)
    for (number, leaf) in made.enumerated() {
      let count = counts[number]
      _ = makeLeaf(leaf.row, leaf.column)
      for cell in above[number * stride..<(number + 1) * stride] {
        cells[Int(cell)].rowCount += count
        cells[Int(cell)].isNew = false
      }
      rows.forEachAncestor(leaf.row) { rowCounts[Int($0)] += count }
      columns.forEachAncestor(leaf.column) { columnCounts[Int($0)] += count }
    }
    rows.setCounts(rowCounts)
    columns.setCounts(columnCounts)
    return leaves
  }

  /// The innermost column group of a row.
  func columnLeaf(of slot: UInt32) -> UInt32 { cells[Int(above[Int(home[Int(slot)]) * stride])].column }

  /// The rows of a cell, in no order.
  func slots(of cell: UInt32) -> [UInt32] {
    let place = cells[Int(cell)]
    var slots: [UInt32] = []
    slots.reserveCapacity(place.rowCount)
    if place.rowCount * 8 > home.capacity {
      // Most rows are in it: each is asked, at the level of the cell.
      let level = (rows.depth - Int(rows.nodes[Int(place.row)].depth)) * (columns.depth + 1)
      let offset = level + columns.depth - Int(columns.nodes[Int(place.column)].depth)
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
