/// The highest or lowest value that a group has had since the view was made; rows that go or change do not lower it.
final class WaterMarkMeasure: Measure {
  private let column: ColumnStore
  private let highest: Bool
  private let cells: PivotCells
  private var marks: [CellValue] = []

  init(_ column: ColumnStore, highest: Bool, _ cells: PivotCells) {
    self.column = column
    self.highest = highest
    self.cells = cells
  }

  var kind: ColumnKind { column.kind }
  var isOfRowsAlone: Bool { false }

  func reserve(_ cells: Int) {
    if marks.count < cells { marks.append(contentsOf: repeatElement(.null, count: max(cells - marks.count, marks.count / 2))) }
  }

  func reset(_ cell: UInt32) {
    reserve(Int(cell) + 1)
    marks[Int(cell)] = .null
  }

  func add(_ slot: UInt32, to cells: ArraySlice<UInt32>) {
    let value = column.cell(slot)
    if value == .null { return }
    if case .float(let number) = value, number.isNaN { return }
    for cell in cells {
      let mark = marks[Int(cell)]
      if mark == .null || (highest ? CellOrder.precedes(mark, value) : CellOrder.precedes(value, mark)) { marks[Int(cell)] = value }
    }
  }

  func retract(_ slot: UInt32, from cells: ArraySlice<UInt32>) {}

  func addAll(_ rows: RowSelection, leaves: UnsafePointer<UInt32>) {
    reserve(cells.limit)
    let stride = cells.stride
    for row in 0..<rows.count {
      let leaf = Int(leaves[row])
      add(rows[row], to: cells.above[leaf * stride..<(leaf + 1) * stride])
    }
  }

  func value(_ cell: UInt32) -> CellValue { marks[Int(cell)] }
}

/// The order of single cells of one kind: null first, then NaN, numbers, and texts by their bytes.
enum CellOrder {
  static func precedes(_ one: CellValue, _ other: CellValue) -> Bool {
    switch (one, other) {
    case (.text(let first), .text(let second)): first.utf8.lexicographicallyPrecedes(second.utf8)
    case (.text, _): false
    default: key(one) < key(other)
    }
  }

  /// The key of anything but a text.
  static func key(_ cell: CellValue) -> UInt64 {
    switch cell {
    case .null: 0
    case .integer(let value), .datetime(let value): value.sortKey
    case .unsigned(let value): value.sortKey
    case .float(let value): value.sortKey
    case .boolean(let value): value ? 2 : 1
    case .date(let value): value.sortKey
    case .text: .max
    }
  }

  /// Without the sign of a number.
  static func magnitude(_ cell: CellValue) -> CellValue {
    switch cell {
    case .integer(let value): .integer(value == .min ? .max : abs(value))
    case .float(let value): .float(abs(value))
    default: cell
    }
  }
}
