/// What becomes of a group's rows, for the aggregates that need them.
struct Reductions {
  let table: TableCore
  let column: ColumnStore
  let argument: ColumnStore?
  let cells: PivotCells

  /// - Returns: nil for aggregates that are made in another way.
  func function(_ aggregate: Aggregate) -> ((UInt32) -> CellValue)? {
    switch aggregate {
    case .distinctCount: over { .integer(Int64(distinct($0))) }
    case .any, .or: over { any($0) }
    case .first: over { extreme($0, table.precedes).map(column.cell) ?? .null }
    case .lastByIndex: over { extreme($0) { table.precedes($1, $0) }.map(column.cell) ?? .null }
    case .last: { last($0) }
    case .lastMinusFirst: over { lastMinusFirst($0) }
    case .dominant: over { dominant($0) }
    case .unique: over { unique($0) }
    case .distinctLeaf: { distinctLeaf($0) }
    case .median: over { quantile($0, 0.5) }
    case .firstQuartile: over { quantile($0, 0.25) }
    case .thirdQuartile: over { quantile($0, 0.75) }
    case .max: over { greatest($0, column).map(column.cell) ?? .null }
    case .min: over { least($0, column).map(column.cell) ?? .null }
    case .maxBy: over { slots in argument.flatMap { greatest(slots, $0) }.map(column.cell) ?? .null }
    case .minBy: over { slots in argument.flatMap { least(slots, $0) }.map(column.cell) ?? .null }
    case .highMinusLow: over { highMinusLow($0) }
    case .and: over { slots in .boolean(slots.allSatisfy { isTruthy(column.cell($0)) }) }
    case .join: over { join($0) }
    case .mul: over { product($0) }
    case .variance: over { variance($0).map { .float($0) } ?? .null }
    case .standardDeviation: over { variance($0).map { .float($0.squareRoot()) } ?? .null }
    default: nil
    }
  }

  /// The same for many cells at once.
  ///
  /// - Returns: nil for aggregates that need more than a cell's rows.
  func functionOfMany(_ aggregate: Aggregate) -> ((CellRows) -> [CellValue])? {
    switch aggregate {
    case .median where column.kind != .string: { quantiles($0, 0.5) }
    case .firstQuartile where column.kind != .string: { quantiles($0, 0.25) }
    case .thirdQuartile where column.kind != .string: { quantiles($0, 0.75) }
    case .distinctCount:
      { rows in rows.distinctCounts(column)?.map { .integer(Int64($0)) } ?? each(rows) { .integer(Int64(distinct($0))) } }
    case .any, .or: { each($0, any) }
    case .first: { each($0) { extreme($0, table.precedes).map(column.cell) ?? .null } }
    case .lastByIndex: { each($0) { extreme($0) { table.precedes($1, $0) }.map(column.cell) ?? .null } }
    case .lastMinusFirst: { each($0, lastMinusFirst) }
    case .dominant: { each($0, dominant) }
    case .unique: { each($0, unique) }
    case .median: { each($0) { quantile($0, 0.5) } }
    case .firstQuartile: { each($0) { quantile($0, 0.25) } }
    case .thirdQuartile: { each($0) { quantile($0, 0.75) } }
    case .max: { each($0) { greatest($0, column).map(column.cell) ?? .null } }
    case .min: { each($0) { least($0, column).map(column.cell) ?? .null } }
    case .highMinusLow: { each($0, highMinusLow) }
    case .join: { each($0, join) }
    case .mul: { each($0, product) }
    case .variance: { each($0) { variance($0).map { .float($0) } ?? .null } }
    case .standardDeviation: { each($0) { variance($0).map { .float($0.squareRoot()) } ?? .null } }
    default: nil
    }
  }

  /// Reduces the rows of one cell after another.
  private func each(_ rows: CellRows, _ reduce: ([UInt32]) -> CellValue) -> [CellValue] {
    let (slots, starts) = (rows.slots(), rows.starts)
    defer { withExtendedLifetime(slots) {} }
    return rows.sizes.indices.map { reduce(Array(UnsafeBufferPointer(start: slots.base + starts[$0], count: rows.sizes[$0]))) }
  }

  /// The quantiles of many cells of numbers, several cells at once.
  private func quantiles(_ rows: CellRows, _ part: Double) -> [CellValue] {
    let (keys, starts, count) = (rows.keys(column), rows.starts, rows.sizes.count)
    var results = [CellValue](repeating: .null, count: count)
    results.withUnsafeMutableBufferPointer { results in
      guard let results = results.baseAddress else { return }
      // More parts than threads: cells may differ in size.
      let parts = RowParts(count, parts: Parallelism.current.parts(starts[count]) == 1 ? 1 : min(count, 64), granularity: 1)
      let base = keys.base
      forEachPart(parts.parts, threads: Parallelism.current.parts(starts[count])) { number in
        for cell in parts[number] {
          results[cell] = quantile(UnsafeMutableBufferPointer(start: base + starts[cell], count: rows.sizes[cell]), part).0
        }
      }
    }
    withExtendedLifetime(keys) {}
    return results
  }

  /// A function of a cell's rows, which come in no order; cells without rows have no result.
  private func over(_ reduce: @escaping ([UInt32]) -> CellValue) -> (UInt32) -> CellValue {
    { cell in cells.cells[Int(cell)].rowCount > 0 ? reduce(cells.slots(of: cell)) : .null }
  }

  // MARK: By key

  private func extreme(_ slots: [UInt32], _ precedes: (UInt32, UInt32) -> Bool) -> UInt32? {
    guard var best = slots.first else { return nil }
    for slot in slots.dropFirst() where precedes(slot, best) { best = slot }
    return best
  }

  private func lastMinusFirst(_ slots: [UInt32]) -> CellValue {
    guard column.kind.isNumber, let first = extreme(slots, table.precedes), let last = extreme(slots, { table.precedes($1, $0) }) else {
      return .null
    }
    return difference(column.cell(last), column.cell(first))
  }

  private func difference(_ one: CellValue, _ other: CellValue) -> CellValue {
    switch (one, other) {
    case (.integer(let first), .integer(let second)): .integer(first &- second)
    case (.unsigned(let first), .unsigned(let second)): .integer(Int64(bitPattern: first &- second))
    case (.float(let first), .float(let second)): .float(first - second)
    default: .null
    }
  }

  /// The last row of the innermost group that was made last.
  private func last(_ cell: UInt32) -> CellValue {
    let place = cells.cells[Int(cell)]
    guard place.rowCount > 0 else { return .null }
    let newest = cells.rows.leaves(of: place.row)
      .filter { leaf in cells.cell(leaf, place.column).map { cells.cells[Int($0)].rowCount > 0 } ?? false }
      .max { cells.rows.nodes[Int($0)].serial < cells.rows.nodes[Int($1)].serial }
    guard let newest, let within = cells.cell(newest, place.column) else { return .null }
    return extreme(cells.slots(of: within)) { table.precedes($1, $0) }.map(column.cell) ?? .null
  }

  private func any(_ slots: [UInt32]) -> CellValue {
    var firstTruthy: UInt32?
    var firstValue: UInt32?
    for slot in slots where column.hasValue(slot) {
      if firstValue.map({ table.precedes(slot, $0) }) ?? true { firstValue = slot }
      if isTruthy(column.cell(slot)), firstTruthy.map({ table.precedes(slot, $0) }) ?? true { firstTruthy = slot }
    }
    return (firstTruthy ?? firstValue).map(column.cell) ?? .null
  }

  private func isTruthy(_ cell: CellValue) -> Bool {
    switch cell {
    case .null: false
    case .integer(let value), .datetime(let value): value != 0
    case .unsigned(let value): value != 0
    case .float(let value): value != 0
    case .boolean(let value): value
    case .date: true
    case .text(let text): !text.isEmpty
    }
  }

  private func dominant(_ slots: [UInt32]) -> CellValue {
    var counts = KeyTable(capacity: 16)
    var sizes: [Int] = []
    var best: (count: Int, slot: UInt32)?
    for slot in table.inKeyOrder(slots) where column.hasValue(slot) {
      let entry = Int(
        counts.slot(of: column.groupKey(slot)) {
          sizes.append(0)
          return UInt32(sizes.count - 1)
        })
      sizes[entry] += 1
      if sizes[entry] > best?.count ?? 0 { best = (sizes[entry], slot) }
    }
    return best.map { column.cell($0.slot) } ?? .null
  }

  // MARK: By value

  private func distinct(_ slots: [UInt32]) -> Int {
    if let dictionary = column.dictionary, slots.count > dictionary.codeLimit / 64 {
      var seen = RowBits(capacity: dictionary.codeLimit + 1)
      for slot in slots { seen.insert(UInt32(truncatingIfNeeded: column.groupKey(slot))) }
      return seen.count
    }
    var seen = KeyTable(capacity: 16)
    for slot in slots { _ = seen.slot(of: column.groupKey(slot)) { 0 } }
    return seen.count
  }

  private func unique(_ slots: [UInt32]) -> CellValue {
    guard let first = slots.first else { return .null }
    let key = column.groupKey(first)
    return slots.allSatisfy { column.groupKey($0) == key } ? column.cell(first) : .null
  }

  private func distinctLeaf(_ cell: UInt32) -> CellValue {
    let place = cells.cells[Int(cell)]
    guard place.rowCount > 0 else { return .null }
    if cells.rows.isLeaf(place.row) { return unique(cells.slots(of: cell)) }
    return column.kind == .string ? .text("") : .null
  }

  private func greatest(_ slots: [UInt32], _ column: ColumnStore) -> UInt32? {
    var best: (key: UInt64, slot: UInt32)?
    for slot in slots {
      let key = column.sortKey(slot)
      if let found = best, key < found.key || (key == found.key && !table.precedes(slot, found.slot)) { continue }
      best = (key, slot)
    }
    return best?.slot
  }

  private func least(_ slots: [UInt32], _ column: ColumnStore) -> UInt32? {
    var best: (key: UInt64, slot: UInt32)?
    for slot in slots {
      let key = column.sortKey(slot)
      if let found = best, key > found.key || (key == found.key && !table.precedes(slot, found.slot)) { continue }
      best = (key, slot)
    }
    return best?.slot
  }

  private func highMinusLow(_ slots: [UInt32]) -> CellValue {
    guard column.kind.isNumber, let high = greatest(slots, column), let low = least(slots, column) else { return .null }
    return difference(column.cell(high), column.cell(low))
  }

  /// The value at a part of the way through all values, those without one first.
  private func quantile(_ slots: [UInt32], _ part: Double) -> CellValue {
    let keys = SortColumn(column: column, position: 0, descending: false, absolute: false).keys(RowSelection(slots), table.keys)
    defer { withExtendedLifetime(keys) {} }
    let (value, key) = quantile(UnsafeMutableBufferPointer(start: keys.base, count: slots.count), part)
    guard column.kind == .string, key > 0 else { return value }
    return slots.first { column.sortKey($0) == key }.map(column.cell) ?? .null
  }

  /// - Parameter keys: The sort keys of a cell's rows, which are left in another order.
  /// - Returns: The value, unless it is a text, and its key.
  private func quantile(_ keys: UnsafeMutableBufferPointer<UInt64>, _ part: Double) -> (CellValue, UInt64) {
    let exact = Double(keys.count) * part
    let place = Int(exact)
    let (lower, key) = Selection.select(min(place, keys.count - 1), of: keys)
    if column.kind.type == .float, place > 0, Double(place) == exact {
      guard case .float(let one) = column.value(ofGroupKey: lower), case .float(let other) = column.value(ofGroupKey: key) else {
        return (.null, key)
      }
      return (.float((one + other) / 2), key)
    }
    return (key == 0 || column.kind == .string ? .null : column.value(ofGroupKey: key), key)
  }

  private func join(_ slots: [UInt32]) -> CellValue {
    var seen = KeyTable(capacity: 16)
    var different: [UInt32] = []
    for slot in slots {
      _ = seen.slot(of: column.groupKey(slot)) {
        different.append(slot)
        return 0
      }
    }
    var text = ""
    var length = 0
    for slot in RadixSort.sorted(different, { column.sortKey($0) }) {
      let word = column.value(ofGroupKey: column.groupKey(slot)).pathText
      let added = word.utf8.count + (text.isEmpty ? 0 : 2)
      if length > 0, length + added > 280 { break }
      if length > 0 { text += ", " }
      text += word
      length += added
    }
    return .text(text)
  }

  // MARK: Numbers

  private func product(_ slots: [UInt32]) -> CellValue {
    var whole: Int64 = 1
    var product = 1.0
    var count = 0
    for slot in slots where column.hasValue(slot) {
      var kernel = NumberKernel(slot: Int(slot))
      let number = column.visit(&kernel)
      if number.double.isNaN { continue }
      whole &*= number.integer
      product *= number.double
      count += 1
    }
    return count == 0 ? .null : column.kind.type == .float ? .float(product) : .integer(whole)
  }

  /// Of all the rows, not a sample (Welford's method, which loses nothing to cancellation).
  private func variance(_ slots: [UInt32]) -> Double? {
    var kernel = VarianceKernel(column: column, slots: table.inKeyOrder(slots))
    return column.visit(&kernel)
  }
}

private struct VarianceKernel: ColumnKernel {
  let column: ColumnStore
  let slots: [UInt32]

  func run<Value: StoredValue>(_ values: UnsafeMutablePointer<Value>) -> Double? {
    var count = 0.0
    var mean = 0.0
    var squares = 0.0
    for slot in slots where column.hasValue(slot) {
      let value = values[Int(slot)].double
      if value.isNaN { continue }
      count += 1
      let distance = value - mean
      mean += distance / count
      squares += distance * (value - mean)
    }
    return count < 2 ? nil : squares / count
  }
}
