/// The aggregates that need a group's rows: a change marks the groups that it touches, and the next reader computes those alone.
final class RecomputedMeasure: Measure {
  let kind: ColumnKind
  private let cells: PivotCells
  private let compute: (UInt32) -> CellValue
  private var known: [CellValue?] = []

  /// - Parameter compute: The result of a cell, from its rows.
  init(_ kind: ColumnKind, _ cells: PivotCells, _ compute: @escaping (UInt32) -> CellValue) {
    self.kind = kind
    self.cells = cells
    self.compute = compute
  }

  func reserve(_ cells: Int) {
    if known.count < cells { known.append(contentsOf: repeatElement(nil, count: max(cells - known.count, known.count / 2))) }
  }

  func reset(_ cell: UInt32) {
    reserve(Int(cell) + 1)
    known[Int(cell)] = nil
  }

  func add(_ slot: UInt32, to cells: ArraySlice<UInt32>) { for cell in cells { known[Int(cell)] = nil } }
  func retract(_ slot: UInt32, from cells: ArraySlice<UInt32>) { for cell in cells { known[Int(cell)] = nil } }
  func addAll(_ slots: [UInt32], leaves: [UInt32]) { reserve(cells.limit) }

  func value(_ cell: UInt32) -> CellValue {
    if let value = known[Int(cell)] { return value }
    let value = compute(cell)
    known[Int(cell)] = value
    return value
  }
}
