/// The mean of a column weighted by another: over the rows that have a value in both.
final class WeightedMeanMeasure: Measure {
  private struct Sums: BitwiseCopyable {
    var products = ExactSum()
    var weights = ExactSum()
  }

  private let column: ColumnStore
  private let weights: ColumnStore
  private let cells: PivotCells
  private let sums = GrowableBuffer<Sums>()

  init(_ column: ColumnStore, weights: ColumnStore, _ cells: PivotCells) {
    self.column = column
    self.weights = weights
    self.cells = cells
    sums[0] = Sums()
  }

  var kind: ColumnKind { .float64 }
  func reserve(_ cells: Int) { sums.reserve(cells, filling: Sums()) }

  func reset(_ cell: UInt32) {
    reserve(Int(cell) + 1)
    sums[Int(cell)] = Sums()
  }

  func add(_ slot: UInt32, to cells: ArraySlice<UInt32>) {
    guard let (product, weight) = terms(slot) else { return }
    for cell in cells {
      sums.base[Int(cell)].products.add(product)
      sums.base[Int(cell)].weights.add(weight)
    }
  }

  func retract(_ slot: UInt32, from cells: ArraySlice<UInt32>) {
    guard let (product, weight) = terms(slot) else { return }
    for cell in cells {
      sums.base[Int(cell)].products.retract(product)
      sums.base[Int(cell)].weights.retract(weight)
    }
  }

  func addAll(_ rows: RowSelection, leaves: UnsafePointer<UInt32>) {
    reserve(cells.limit)
    for cell in 0..<cells.limit { sums[cell] = Sums() }
    let stride = cells.stride
    for row in 0..<rows.count {
      let leaf = Int(leaves[row])
      add(rows[row], to: cells.above[leaf * stride..<(leaf + 1) * stride])
    }
  }

  func value(_ cell: UInt32) -> CellValue {
    let sums = sums[Int(cell)]
    let weight = sums.weights.value
    return sums.weights.count == 0 || weight == 0 ? .null : .float(sums.products.value / weight)
  }

  private func terms(_ slot: UInt32) -> (Double, Double)? {
    guard column.hasValue(slot), weights.hasValue(slot), column.kind != .string, weights.kind != .string else { return nil }
    guard let value = column.cell(slot).number, let weight = weights.cell(slot).number, !value.isNaN, !weight.isNaN else { return nil }
    return (value * weight, weight)
  }
}
