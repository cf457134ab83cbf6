/// Rows that a kernel goes through, by ascending slots: all slots from the first on, or those of a list.
struct RowSelection {
  let count: Int
  /// nil where each row's slot is its number.
  let slots: [UInt32]?

  init(first count: Int) { (self.count, slots) = (count, nil) }

  init(_ slots: [UInt32]) { (count, self.slots) = (slots.count, slots) }

  /// The rows of a set.
  init(_ rows: RowBits) {
    // Without a gap the highest slot tells their number.
    if rows.hasGaps { self.init(rows.slots()) } else { self.init(first: rows.count) }
  }

  var isEmpty: Bool { count == 0 }

  /// The slot behind the last row's.
  var limit: Int { slots.map { $0.last.map { Int($0) + 1 } ?? 0 } ?? count }

  @inline(__always) subscript(row: Int) -> UInt32 { slots?[row] ?? UInt32(truncatingIfNeeded: row) }

  /// The list, while `body` runs; nil where each row's slot is its number.
  func withSlots<Result>(_ body: (UnsafePointer<UInt32>?) throws -> Result) rethrows -> Result {
    guard let slots else { return try body(nil) }
    return try slots.withUnsafeBufferPointer { try body($0.baseAddress) }
  }
}
