/// The aggregates that need a group's rows: a change marks the groups that it touches, and the next reader computes those alone.
final class RecomputedMeasure: Measure {
  let kind: ColumnKind
  let isOfRowsAlone: Bool
  private let cells: PivotCells
  private let compute: (UInt32) -> CellValue
  private let computeMany: ((CellRows) -> [CellValue])?
  private var known: [CellValue?] = []

  /// - Parameters:
  ///   - isOfRowsAlone: Whether results do not depend on which groups were there before.
  ///   - compute: The result of a cell, from its rows.
  ///   - computeMany: The results of many cells, in one pass over the table; nil where there is no such way.
  init(
    _ kind: ColumnKind, isOfRowsAlone: Bool, _ cells: PivotCells, _ compute: @escaping (UInt32) -> CellValue,
    many computeMany: ((CellRows) -> [CellValue])?
  ) {
    self.isOfRowsAlone = isOfRowsAlone
    self.kind = kind
    self.cells = cells
    self.compute = compute
    self.computeMany = computeMany
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

  func addAll(_ rows: RowSelection, leaves: UnsafePointer<UInt32>) {
    reserve(cells.limit)
    for cell in 0..<cells.limit { known[cell] = nil }
  }

  func value(_ cell: UInt32) -> CellValue {
    if let value = known[Int(cell)] { return value }
    let value = compute(cell)
    known[Int(cell)] = value
    return value
  }

  func column(_ name: String, _ cells: [UInt32]) -> BatchColumn {
    prepare(cells)
    return BatchColumn(name, cells.map { $0 == PivotCells.none ? .null : value($0) }, kind: kind)
  }

  /// Computes what is not known of many cells at once, where their rows are a good part of all.
  private func prepare(_ wanted: [UInt32]) {
    guard let computeMany else { return }
    var missing: [Int: (cells: [UInt32], rows: Int)] = [:]
    for cell in wanted where cell != PivotCells.none && known[Int(cell)] == nil {
      let rows = cells.cells[Int(cell)].rowCount
      if rows > 0 {
        let offset = cells.offset(of: cell)
        missing[offset, default: ([], 0)].cells.append(cell)
        missing[offset]?.rows += rows
      }
    }
    for (offset, wanted) in missing where wanted.cells.count > 1 && wanted.rows > cells.slotLimit / 8 {
      let different = Array(Set(wanted.cells))
      for (cell, value) in zip(different, computeMany(cells.rows(of: different, offset))) { known[Int(cell)] = value }
    }
  }
}
