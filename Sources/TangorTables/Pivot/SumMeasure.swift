/// The aggregates that are made of sums: they follow every change by adding and taking back.
final class SumMeasure: Measure {
  private let column: ColumnStore
  /// What is added: the number itself, or without its sign.
  private let absolute: Bool
  private let aggregate: Aggregate
  private let cells: PivotCells
  private let isWhole: Bool
  private let whole = GrowableBuffer<WholeSum>()
  private let exact = GrowableBuffer<ExactSum>()

  init(_ column: ColumnStore, _ aggregate: Aggregate, _ cells: PivotCells) {
    self.column = column
    self.aggregate = aggregate
    self.cells = cells
    absolute = aggregate == .sumAbs
    isWhole = column.kind.type != .float
    if isWhole { whole[0] = WholeSum() } else { exact[0] = ExactSum() }
  }

  var kind: ColumnKind { aggregate.kind(of: column.kind) }

  func reserve(_ cells: Int) {
    if isWhole { whole.reserve(cells, filling: WholeSum()) } else { exact.reserve(cells, filling: ExactSum()) }
  }

  func reset(_ cell: UInt32) {
    reserve(Int(cell) + 1)
    if isWhole { whole[Int(cell)] = WholeSum() } else { exact[Int(cell)] = ExactSum() }
  }

  func add(_ slot: UInt32, to cells: ArraySlice<UInt32>) {
    guard column.hasValue(slot) else { return }
    if isWhole {
      let number = integer(slot)
      for cell in cells { whole.base[Int(cell)].add(number) }
    } else {
      let number = double(slot)
      for cell in cells { exact.base[Int(cell)].add(number) }
    }
  }

  func retract(_ slot: UInt32, from cells: ArraySlice<UInt32>) {
    guard column.hasValue(slot) else { return }
    if isWhole {
      let number = integer(slot)
      for cell in cells { whole.base[Int(cell)].retract(number) }
    } else {
      let number = double(slot)
      for cell in cells { exact.base[Int(cell)].retract(number) }
    }
  }

  func addAll(_ rows: RowSelection, leaves: UnsafePointer<UInt32>) {
    reserve(cells.limit)
    let kernel = SumKernel(column: column, rows: rows, leaves: leaves, leafSizes: cells.leafSizes, absolute: absolute)
    if isWhole {
      addAll(whole.base, WholeSum(), kernel.wholeSums) { $0.add($1) }
    } else {
      addAll(exact.base, ExactSum(), kernel.exactSums) { $0.add($1) }
    }
  }

  /// - Parameters:
  ///   - sums: By cell.
  ///   - leafSums: Writes the sums of the leaves.
  @inline(__always) private func addAll<Sum: BitwiseCopyable>(
    _ sums: UnsafeMutablePointer<Sum>, _ zero: Sum, _ leafSums: (UnsafeMutablePointer<Sum>) -> Void, _ add: (inout Sum, Sum) -> Void
  ) {
    guard let first = cells.firstLeafCell else {
      sums.update(repeating: zero, count: cells.limit)
      let own = GrowableBuffer<Sum>(capacity: cells.leafSizes.count)
      leafSums(own.base)
      let (leaves, stride) = (own.base, cells.stride)
      cells.above.withUnsafeBufferPointer { above in
        for leaf in 0..<above.count / stride {
          for index in leaf * stride..<(leaf + 1) * stride { add(&sums[Int(above[index])], leaves[leaf]) }
        }
      }
      return withExtendedLifetime(own) {}
    }
    // Each cell is a group, and stands behind those above it: groups that are complete are added to those.
    sums.update(repeating: zero, count: first)
    leafSums(sums + first)
    cells.rows.nodes.withUnsafeBufferPointer { nodes in
      for cell in stride(from: nodes.count - 1, to: 0, by: -1) { add(&sums[Int(nodes[cell].parent)], sums[cell]) }
    }
  }

  func column(_ name: String, _ cells: [UInt32]) -> BatchColumn {
    switch aggregate {
    case .sum, .sumNotNull, .sumAbs:
      if isWhole {
        let whole = self.whole.base
        return .integers(name, cells.count) { row in
          guard cells[row] != PivotCells.none else { return nil }
          let sum = whole[Int(cells[row])]
          return sum.count == 0 ? nil : sum.total
        }
      }
      let exact = self.exact.base
      return .floats(name, cells.count) { row in
        guard cells[row] != PivotCells.none else { return nil }
        let sum = exact[Int(cells[row])]
        return sum.count == 0 ? nil : sum.value
      }
    case .mean:
      return .floats(name, cells.count) { row in
        guard cells[row] != PivotCells.none, let total = number(cells[row]) else { return nil }
        return total / Double(count(cells[row]))
      }
    default: return BatchColumn(name, cells.map { $0 == PivotCells.none ? .null : value($0) }, kind: kind)
    }
  }

  func value(_ cell: UInt32) -> CellValue {
    let place = cells.cells[Int(cell)]
    switch aggregate {
    case .sumOrZero where place.rowCount > 0 || cell != PivotCells.total: return sum(cell) ?? (isWhole ? .integer(0) : .float(0))
    case .absSum:
      switch sum(cell) {
      case .integer(let total): return .integer(total == .min ? .max : abs(total))
      case .float(let total): return .float(abs(total))
      default: return .null
      }
    case .mean: return number(cell).map { .float($0 / Double(count(cell))) } ?? .null
    case .gmv: return gross(place, cell)
    case .percentOfTotal: return share(cell, of: cells.cell(GroupTree.root, place.column))
    case .percentOfParent:
      if place.row == GroupTree.root { return number(cell) == nil ? .null : .float(100) }
      return share(cell, of: cells.cell(cells.rows.nodes[Int(place.row)].parent, place.column))
    default: return sum(cell) ?? .null
    }
  }

  private func sum(_ cell: UInt32) -> CellValue? {
    guard count(cell) > 0 else { return nil }
    return isWhole ? .integer(whole[Int(cell)].total) : .float(exact[Int(cell)].value)
  }

  private func count(_ cell: UInt32) -> Int { isWhole ? whole[Int(cell)].count : exact[Int(cell)].count }

  private func number(_ cell: UInt32) -> Double? {
    guard count(cell) > 0 else { return nil }
    return isWhole ? Double(whole[Int(cell)].total) : exact[Int(cell)].value
  }

  private func share(_ cell: UInt32, of whole: UInt32?) -> CellValue {
    guard let part = number(cell), let whole, let total = number(whole), total != 0 else { return .null }
    return .float(100 * part / total)
  }

  /// A group's own sum, innermost; above, the sum of what the groups within it have without their signs.
  private func gross(_ place: PivotCells.Cell, _ cell: UInt32) -> CellValue {
    guard place.rowCount > 0 else { return .null }
    let zero: CellValue = isWhole ? .integer(0) : .float(0)
    if cells.rows.isLeaf(place.row) { return sum(cell) ?? zero }
    var total = ExactSum()
    var wholeTotal: Int64 = 0
    for child in cells.rows.children(of: place.row) {
      guard let within = cells.cell(child, place.column) else { continue }
      switch sum(within) {
      case .integer(let value): wholeTotal &+= value == .min ? .max : abs(value)
      case .float(let value): total.add(abs(value))
      default: break
      }
    }
    return isWhole ? .integer(wholeTotal) : .float(total.value)
  }

  private func integer(_ slot: UInt32) -> Int64 {
    var kernel = NumberKernel(slot: Int(slot))
    let number = column.visit(&kernel).integer
    return absolute ? (number == .min ? .max : abs(number)) : number
  }

  private func double(_ slot: UInt32) -> Double {
    let number = column.kind == .float64 ? column.values(Double.self)[Int(slot)] : Double(column.values(Float.self)[Int(slot)])
    return absolute ? abs(number) : number
  }
}

/// One cell as a number.
struct NumberKernel: ColumnKernel {
  let slot: Int

  @inline(__always) func run<Value: StoredValue>(_ values: UnsafeMutablePointer<Value>) -> (integer: Int64, double: Double) {
    (values[slot].int64, values[slot].double)
  }
}
