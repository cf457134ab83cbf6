/// The rows of several cells of a pivot, none in two of them, for aggregates that are computed for many cells at once.
struct CellRows {
  /// The leaf of each slot; `PivotCells.none` for slots without a row.
  let leafOfSlot: GrowableBuffer<UInt32>
  /// The cell of each leaf by its place among those asked for; `PivotCells.none` for leaves of other cells.
  let groupOfLeaf: [UInt32]
  /// Rows of each cell.
  let sizes: [Int]

  /// Where each cell's rows begin when they stand cell by cell.
  var starts: [Int] {
    var starts = [0]
    starts.reserveCapacity(sizes.count + 1)
    for size in sizes { starts.append(starts[starts.count - 1] + size) }
    return starts
  }

  private func parts(_ slots: Int) -> RowParts {
    RowParts(slots, parts: sizes.count > slots / 4 ? 1 : Parallelism.current.parts(slots))
  }

  /// Puts something of each row where the rows of its cell stand, in the order of their slots.
  private func scattered<Element: BitwiseCopyable>(
    _ column: ColumnStore?, _ element: (_ slot: Int, _ key: UInt64) -> Element
  ) -> GrowableBuffer<Element> {
    let slots = min(leafOfSlot.capacity, column?.slotCapacity ?? .max)
    let (parts, groups, starts) = (parts(slots), sizes.count, starts)
    let places = GrowableBuffer<Int>(capacity: groups * parts.parts)
    let next = places.base
    next.initialize(repeating: 0, count: groups * parts.parts)
    if parts.parts > 1 { count(parts, next) }
    for group in 0..<groups {
      var place = starts[group]
      for part in 0..<parts.parts {
        let size = next[part * groups + group]
        next[part * groups + group] = place
        place += size
      }
    }
    let result = GrowableBuffer<Element>(capacity: starts[groups])
    let out = result.base
    let leaves = leafOfSlot.base
    groupOfLeaf.withUnsafeBufferPointer { groupOfLeaf in
      let fill = column.map { KeyFill($0, .order, slots: nil) }
      forEachPart(parts.parts) { part in
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: KeyFill.chunk) { keys in
          guard let keys = keys.baseAddress else { return }
          let next = next + part * groups
          forEachChunk(of: parts[part]) { slots in
            fill?.fill(slots, keys)
            for slot in slots where leaves[slot] != PivotCells.none {
              let group = groupOfLeaf[Int(leaves[slot])]
              guard group != PivotCells.none else { continue }
              out[next[Int(group)]] = element(slot, keys[slot &- slots.lowerBound])
              next[Int(group)] &+= 1
            }
          }
        }
      }
    }
    withExtendedLifetime(places) {}
    return result
  }

  /// Counts each part's rows by cell.
  private func count(_ parts: RowParts, _ counts: UnsafeMutablePointer<Int>) {
    let (leaves, groups) = (leafOfSlot.base, sizes.count)
    groupOfLeaf.withUnsafeBufferPointer { groupOfLeaf in
      forEachPart(parts.parts) { part in
        let counts = counts + part * groups
        for slot in parts[part] where leaves[slot] != PivotCells.none {
          let group = groupOfLeaf[Int(leaves[slot])]
          if group != PivotCells.none { counts[Int(group)] &+= 1 }
        }
      }
    }
  }

  /// The rows' keys by a column, cell by cell.
  func keys(_ column: ColumnStore) -> GrowableBuffer<UInt64> { scattered(column) { $1 } }

  /// The rows' slots, cell by cell, ascending.
  func slots() -> GrowableBuffer<UInt32> { scattered(nil) { slot, _ in UInt32(truncatingIfNeeded: slot) } }

  /// How many different values of a column each cell has, no value being one of them; nil where the values cannot number themselves.
  func distinctCounts(_ column: ColumnStore) -> [Int]? {
    let slots = min(leafOfSlot.capacity, column.slotCapacity)
    let groups = sizes.count
    guard let (width, base) = column.narrowKeys(slots: slots), width <= max(1 << 22, slots * 8) / groups else { return nil }
    let parts = parts(slots)
    let area = groups * width
    let seen = GrowableBuffer<UInt8>(capacity: area * parts.parts)
    let flags = seen.base
    flags.initialize(repeating: 0, count: area * parts.parts)
    let leaves = leafOfSlot.base
    groupOfLeaf.withUnsafeBufferPointer { groupOfLeaf in
      let fill = KeyFill(column, .group, slots: nil)
      forEachPart(parts.parts) { part in
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: KeyFill.chunk) { keys in
          guard let keys = keys.baseAddress else { return }
          let flags = flags + part * area
          forEachChunk(of: parts[part]) { slots in
            fill.fill(slots, keys)
            for slot in slots where leaves[slot] != PivotCells.none {
              let group = groupOfLeaf[Int(leaves[slot])]
              guard group != PivotCells.none else { continue }
              let key = keys[slot &- slots.lowerBound]
              flags[Int(group) &* width &+ (key == 0 ? 0 : Int(truncatingIfNeeded: key &- base &+ 1))] = 1
            }
          }
        }
      }
    }
    defer { withExtendedLifetime(seen) {} }
    return (0..<groups).map { group in
      var count = 0
      for value in group * width..<(group + 1) * width {
        var flag = flags[value]
        for part in 1..<max(parts.parts, 1) { flag |= flags[part &* area &+ value] }
        count &+= Int(flag)
      }
      return count
    }
  }
}

extension ColumnStore {
  /// How many different group keys there can be, 0 among them, and the least of the others; nil when they lie too far apart to be counted.
  fileprivate func narrowKeys(slots: Int) -> (width: Int, base: UInt64)? {
    if let dictionary { return (dictionary.codeLimit + 1, 1) }
    guard kind.type != .float else { return nil }
    var (least, greatest) = (UInt64.max, UInt64(0))
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: KeyFill.chunk) { keys in
      guard let keys = keys.baseAddress else { return }
      let fill = KeyFill(self, .group, slots: nil)
      forEachChunk(of: 0..<slots) { slots in
        fill.fill(slots, keys)
        for index in 0..<slots.count {
          least = min(least, keys[index] &- 1)
          greatest = max(greatest, keys[index])
        }
      }
    }
    guard greatest > 0 else { return (1, 1) }
    let span = greatest - (least + 1)
    return span < 1 << 24 ? (Int(span) + 2, least + 1) : nil
  }
}
