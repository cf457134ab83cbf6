/// Adds a column's numbers up by group, on several threads where there are many rows.
///
/// Most columns have finite numbers alone: they are added without asking, and when a sum then turns out not to be finite, all is done again
/// number by number.
struct SumKernel {
  let column: ColumnStore
  let rows: RowSelection
  /// The group of each row.
  let leaves: UnsafePointer<UInt32>
  /// Rows of each group.
  let leafSizes: [Int]
  let absolute: Bool

  private struct Pair: BitwiseCopyable {
    var high = 0.0
    var low = 0.0

    /// Adds and keeps what rounding takes from the sum.
    @inline(__always) mutating func add(_ value: Double) {
      let sum = high + value
      let part = sum - high
      low += (high - (sum - part)) + (value - part)
      high = sum
    }
  }

  /// Threads that add: each has sums of its own, which are not to be more than the rows.
  private var parts: RowParts {
    RowParts(rows.count, parts: leafSizes.count > rows.count / 4 ? 1 : Parallelism.current.parts(rows.count))
  }

  /// Writes the sums, by group.
  func exactSums(_ out: UnsafeMutablePointer<ExactSum>) { if !finiteSums(out) { carefulSums(out) } }

  /// - Returns: Whether all sums are finite; what was written means nothing where they are not.
  private func finiteSums(_ out: UnsafeMutablePointer<ExactSum>) -> Bool {
    let parts = parts
    let (groups, leaves) = (leafSizes.count, leaves)
    let sums = GrowableBuffer<Pair>(capacity: groups * parts.parts)
    let missing = MissingRows(groups: groups, parts: parts.parts)
    let allSums = sums.base
    rows.withSlots { slots in
      forEachPart(parts.parts) { part in
        let sums = allSums + part * groups
        sums.initialize(repeating: Pair(), count: groups)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: KeyFill.chunk) { scratch in
          guard let scratch = scratch.baseAddress else { return }
          forEachChunk(of: parts[part]) { rows in
            let leaves = leaves + rows.lowerBound
            let numbers = numbers(rows, slots, scratch) { missing.note(leaves[$0], part) }
            for index in 0..<rows.count { sums[Int(leaves[index])].add(numbers[index]) }
          }
        }
      }
    }
    let (leafSizes, all) = (leafSizes, RowParts(groups, parts: Parallelism.current.parts(groups)))
    var areFinite = [Bool](repeating: true, count: all.parts)
    areFinite.withUnsafeMutableBufferPointer { areFinite in
      let areFinite = areFinite
      forEachPart(all.parts) { range in
        var isFinite = true
        for group in all[range] {
          var pair = allSums[group]
          for part in 1..<max(parts.parts, 1) {
            pair.add(allSums[part &* groups &+ group].high)
            pair.low += allSums[part &* groups &+ group].low
          }
          isFinite = isFinite && (pair.high + pair.low).isFinite
          out[group] = ExactSum(high: pair.high, low: pair.low, count: leafSizes[group] &- missing.count(group))
        }
        areFinite[range] = isFinite
      }
    }
    withExtendedLifetime(sums) {}
    return areFinite.allSatisfy { $0 }
  }

  /// The numbers of some rows: the column's own memory where they stand there as they are needed.
  @inline(__always) private func numbers(
    _ rows: Range<Int>, _ slots: UnsafePointer<UInt32>?, _ scratch: UnsafeMutablePointer<Double>, _ missing: (Int) -> Void
  ) -> UnsafePointer<Double> {
    if slots == nil, !absolute, column.kind == .float64, column.isFull(rows) {
      return UnsafePointer(column.values(Double.self) + rows.lowerBound)
    }
    var kernel = NumberFill(column: column, rows: rows, slots: slots, absolute: absolute, whole: nil, floats: scratch)
    column.visit(&kernel)
    column.forEachNull(rows, slots, missing)
    return UnsafePointer(scratch)
  }

  private func carefulSums(_ sums: UnsafeMutablePointer<ExactSum>) {
    sums.initialize(repeating: ExactSum(), count: leafSizes.count)
    rows.withSlots { slots in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: KeyFill.chunk) { scratch in
        guard let scratch = scratch.baseAddress else { return }
        forEachChunk(of: 0..<rows.count) { rows in
          var kernel = NumberFill(column: column, rows: rows, slots: slots, absolute: absolute, whole: nil, floats: scratch)
          column.visit(&kernel)
          column.forEachNull(rows, slots) { scratch[$0] = .nan }
          // NaN, which rows without a value have now, is passed over.
          for index in 0..<rows.count { sums[Int(leaves[rows.lowerBound + index])].add(scratch[index]) }
        }
      }
    }
  }

  /// Writes the sums in whole numbers, by group.
  func wholeSums(_ out: UnsafeMutablePointer<WholeSum>) {
    let parts = parts
    let (groups, leaves) = (leafSizes.count, leaves)
    let sums = GrowableBuffer<Int64>(capacity: groups * parts.parts)
    let missing = MissingRows(groups: groups, parts: parts.parts)
    let allSums = sums.base
    rows.withSlots { slots in
      forEachPart(parts.parts) { part in
        let sums = allSums + part * groups
        sums.initialize(repeating: 0, count: groups)
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: KeyFill.chunk) { scratch in
          guard let scratch = scratch.baseAddress else { return }
          forEachChunk(of: parts[part]) { rows in
            let leaves = leaves + rows.lowerBound
            var kernel = NumberFill(column: column, rows: rows, slots: slots, absolute: absolute, whole: scratch, floats: nil)
            column.visit(&kernel)
            column.forEachNull(rows, slots) { missing.note(leaves[$0], part) }
            for index in 0..<rows.count { sums[Int(leaves[index])] &+= scratch[index] }
          }
        }
      }
    }
    for group in 0..<groups {
      var total = allSums[group]
      for part in 1..<max(parts.parts, 1) { total &+= allSums[part &* groups &+ group] }
      out[group] = WholeSum(total: total, count: leafSizes[group] &- missing.count(group))
    }
    withExtendedLifetime(sums) {}
  }
}

/// How many rows of each group have no value.
private struct MissingRows {
  private let groups: Int
  private let parts: Int
  private let counts: GrowableBuffer<Int32>

  init(groups: Int, parts: Int) {
    (self.groups, self.parts) = (groups, parts)
    counts = GrowableBuffer(capacity: groups * parts)
    counts.base.initialize(repeating: 0, count: groups * parts)
  }

  /// Notes a row; each part is one thread's.
  @inline(__always) func note(_ group: UInt32, _ part: Int) { counts.base[part &* groups &+ Int(group)] &+= 1 }

  @inline(__always) func count(_ group: Int) -> Int {
    var count = Int(counts.base[group])
    for part in 1..<max(parts, 1) { count &+= Int(counts.base[part &* groups &+ group]) }
    return count
  }
}

/// The numbers of some rows in the order of the rows, 0 where there is no value.
struct NumberFill: ColumnKernel {
  let column: ColumnStore
  let rows: Range<Int>
  let slots: UnsafePointer<UInt32>?
  let absolute: Bool
  /// One of the two.
  let whole: UnsafeMutablePointer<Int64>?
  let floats: UnsafeMutablePointer<Double>?

  func run<Value: StoredValue>(_ values: UnsafeMutablePointer<Value>) {
    if let whole {
      write(whole, 0) { slot in
        let number = values[slot].int64
        return absolute ? (number == .min ? .max : abs(number)) : number
      }
    } else if let floats {
      write(floats, 0) { absolute ? abs(values[$0].double) : values[$0].double }
    }
  }

  @inline(__always) private func write<Number>(_ out: UnsafeMutablePointer<Number>, _ none: Number, _ number: (Int) -> Number) {
    let validity = column.validity.base
    let first = rows.lowerBound
    guard let slots else {
      if column.isFull(rows) {
        for row in rows { out[row &- first] = number(row) }
      } else {
        for row in rows { out[row &- first] = validity[row >> 6] >> UInt64(row & 63) & 1 == 1 ? number(row) : none }
      }
      return
    }
    for row in rows {
      let slot = Int(slots[row])
      out[row &- first] = validity[slot >> 6] >> UInt64(slot & 63) & 1 == 1 ? number(slot) : none
    }
  }
}

extension ColumnStore {
  /// The rows without a value, by their positions in a range of rows.
  @inline(__always) func forEachNull(_ rows: Range<Int>, _ slots: UnsafePointer<UInt32>?, _ body: (Int) -> Void) {
    guard let slots else {
      if isFull(rows) { return }
      for row in rows where !hasValue(UInt32(truncatingIfNeeded: row)) { body(row &- rows.lowerBound) }
      return
    }
    for row in rows where !hasValue(slots[row]) { body(row &- rows.lowerBound) }
  }
}
