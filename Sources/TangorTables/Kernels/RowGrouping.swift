/// Parts rows into groups by one column after another, all rows in a few passes, on several threads where there are many rows.
///
/// Where the values of a column can number themselves (codes of texts, whole numbers that lie close together), a group's place is its
/// parent's times as many as there are values, plus the value's: the rows are counted by place, the places that have rows are numbered in
/// the order of the parents and of the values, and the next pass reads places through those numbers. Other values go through a hash table.
final class RowGrouping {
  /// A group: from which it was parted, its value as `ColumnStore.groupKey` gives it, and how many rows it has.
  struct Group {
    var parent: UInt32
    var key: UInt64
    var size: Int
  }

  let rows: RowSelection
  /// Groups there are now.
  private(set) var count = 1
  /// By row: a place.
  private let places: GrowableBuffer<UInt32>
  /// By place: the group; nil when places are groups.
  private var groupOfPlace: GrowableBuffer<UInt32>?
  private var isWhole = true

  init(_ rows: RowSelection) {
    self.rows = rows
    places = GrowableBuffer(capacity: rows.count)
  }

  /// - Parameter groups: The group of each row, of `count` groups; the grouping writes into it.
  init(_ rows: RowSelection, groups: GrowableBuffer<UInt32>, count: Int) {
    self.rows = rows
    (places, self.count, isWhole) = (groups, count, false)
  }

  /// The group of each row.
  func finish() -> GrowableBuffer<UInt32> {
    let (out, count) = (places.base, rows.count)
    if isWhole {
      out.initialize(repeating: 0, count: count)
    } else if let map = groupOfPlace?.base {
      let parts = RowParts(count, parts: Parallelism.current.parts(count))
      forEachPart(parts.parts) { part in for row in parts[part] { out[row] = map[Int(out[row])] } }
    }
    (isWhole, groupOfPlace) = (false, nil)
    return places
  }

  /// Parts every group by a column.
  ///
  /// - Returns: The new groups, in the order of their parents and then of their values.
  func refine(by column: ColumnStore) -> [Group] {
    if let dictionary = column.dictionary {
      let width = dictionary.codeLimit + 1
      guard isNarrow(width) else { return refineByHash(column) }
      return refine(column, width: width, base: 1, order: [0] + dictionary.codesInOrder().map { Int($0) + 1 })
    }
    guard let bounds = keyBounds(column) else { return refine(column, width: 1, base: 1, order: nil) }
    let span = bounds.upperBound - bounds.lowerBound
    guard span < UInt64(max(rows.count, 1024)), isNarrow(Int(span) + 2) else { return refineByHash(column) }
    return refine(column, width: Int(span) + 2, base: bounds.lowerBound, order: nil)
  }

  /// Parts every group by the groups of another grouping of the same rows, which is finished; keys are its groups' numbers.
  func refine(by other: GrowableBuffer<UInt32>, count: Int) -> [Group] {
    guard isNarrow(count) else {
      return hashed { rows, out in for row in rows { out[row - rows.lowerBound] = UInt64(other.base[row]) } }
    }
    return narrow(width: count, order: nil, key: { UInt64($0) }) { rows, out in
      for row in rows { out[row &- rows.lowerBound] = other.base[row] }
    }
  }

  private func isNarrow(_ width: Int) -> Bool { width <= max(1 << 20, rows.count * 4) / max(count, 1) }

  // MARK: Values that number themselves

  /// - Parameters:
  ///   - width: How many values there can be, 0 for none among them.
  ///   - base: The group key of value 1.
  ///   - order: The values in their order; nil for that of their numbers.
  private func refine(_ column: ColumnStore, width: Int, base: UInt64, order: [Int]?) -> [Group] {
    rows.withSlots { slots in
      let keys = KeyFill(column, .group, slots: slots)
      return narrow(width: width, order: order, key: { $0 == 0 ? 0 : base &+ UInt64($0 &- 1) }) { rows, out in
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: rows.count) { scratch in
          guard let scratch = scratch.baseAddress else { return }
          keys.fill(rows, scratch)
          for index in 0..<rows.count {
            let key = scratch[index]
            out[index] = key == 0 ? 0 : UInt32(truncatingIfNeeded: key &- base &+ 1)
          }
        }
      }
    }
  }

  private func narrow(
    width: Int, order: [Int]?, key: (Int) -> UInt64, values: (Range<Int>, UnsafeMutablePointer<UInt32>) -> Void
  ) -> [Group] {
    let area = count * width
    // Each thread counts for itself, which must not cost more than its rows.
    let parts = RowParts(rows.count, parts: area > rows.count ? 1 : Parallelism.current.parts(rows.count))
    let counts = GrowableBuffer<UInt32>(capacity: area * parts.parts)
    let (out, map, isWhole) = (places.base, groupOfPlace?.base, isWhole)
    let allCounts = counts.base
    forEachPart(parts.parts) { part in
      let counts = allCounts + part * area
      counts.initialize(repeating: 0, count: area)
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: KeyFill.chunk) { scratch in
        guard let value = scratch.baseAddress else { return }
        forEachChunk(of: parts[part]) { rows in
          values(rows, value)
          let out = out + rows.lowerBound
          let size = rows.count
          if isWhole {
            for index in 0..<size {
              out[index] = value[index]
              counts[Int(value[index])] &+= 1
            }
          } else if let map {
            let width = UInt32(truncatingIfNeeded: width)
            for index in 0..<size {
              let place = map[Int(out[index])] &* width &+ value[index]
              out[index] = place
              counts[Int(place)] &+= 1
            }
          } else {
            let width = UInt32(truncatingIfNeeded: width)
            for index in 0..<size {
              let place = out[index] &* width &+ value[index]
              out[index] = place
              counts[Int(place)] &+= 1
            }
          }
        }
      }
    }
    for part in 1..<max(parts.parts, 1) { for place in 0..<area { allCounts[place] &+= allCounts[part &* area &+ place] } }
    var groups: [Group] = []
    groups.reserveCapacity(min(area, rows.count))
    for parent in 0..<count {
      let start = parent * width
      @inline(__always) func number(_ value: Int) {
        let size = allCounts[start &+ value]
        guard size > 0 else { return }
        // The count has served; the group's number takes its place.
        allCounts[start &+ value] = UInt32(truncatingIfNeeded: groups.count)
        groups.append(Group(parent: UInt32(truncatingIfNeeded: parent), key: key(value), size: Int(size)))
      }
      if let order { for value in order { number(value) } } else { for value in 0..<width { number(value) } }
    }
    (groupOfPlace, self.isWhole, count) = (counts, false, groups.count)
    return groups
  }

  /// The least and the greatest key of a value; nil when no row has one.
  private func keyBounds(_ column: ColumnStore) -> ClosedRange<UInt64>? {
    let parts = RowParts(rows.count, parts: Parallelism.current.parts(rows.count))
    var bounds = [(least: UInt64, greatest: UInt64)](repeating: (.max, 0), count: parts.parts)
    rows.withSlots { slots in
      let keys = KeyFill(column, .group, slots: slots)
      bounds.withUnsafeMutableBufferPointer { bounds in
        let bounds = bounds
        forEachPart(parts.parts) { part in
          var (least, greatest) = (UInt64.max, UInt64(0))
          withUnsafeTemporaryAllocation(of: UInt64.self, capacity: KeyFill.chunk) { scratch in
            guard let scratch = scratch.baseAddress else { return }
            forEachChunk(of: parts[part]) { rows in
              keys.fill(rows, scratch)
              for index in 0..<rows.count {
                let key = scratch[index]
                // Rows without a value have the key 0, one less than which is the greatest of all.
                least = min(least, key &- 1)
                greatest = max(greatest, key)
              }
            }
          }
          bounds[part] = (least, greatest)
        }
      }
    }
    let greatest = bounds.map(\.greatest).max() ?? 0
    guard greatest > 0, let least = bounds.map(\.least).min() else { return nil }
    return least + 1...greatest
  }

  // MARK: Values that do not

  private func refineByHash(_ column: ColumnStore) -> [Group] {
    rows.withSlots { slots in
      let keys = KeyFill(column, .group, slots: slots)
      return hashed({ rows, out in keys.fill(rows, out) }, order: column.order(ofGroupKey:))
    }
  }

  private func hashed(
    _ fill: (Range<Int>, UnsafeMutablePointer<UInt64>) -> Void, order: (UInt64) -> UInt64 = { $0 }
  ) -> [Group] {
    var table = KeyTable(capacity: 1024)
    var groups: [Group] = []
    let (out, map) = (places.base, groupOfPlace?.base)
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: KeyFill.chunk) { scratch in
      guard let keys = scratch.baseAddress else { return }
      forEachChunk(of: 0..<rows.count) { rows in
        fill(rows, keys)
        for row in rows {
          let key = keys[row - rows.lowerBound]
          let parent = isWhole ? 0 : map.map { $0[Int(out[row])] } ?? out[row]
          let group = table.slot(of: key, scope: parent) {
            groups.append(Group(parent: parent, key: key, size: 0))
            return UInt32(groups.count - 1)
          }
          groups[Int(group)].size &+= 1
          out[row] = group
        }
      }
    }
    // In the order of their values within each parent.
    var sorted = RadixSort.sorted(groups.indices.map { UInt32($0) }) { order(groups[Int($0)].key) }
    if count > 1 { sorted = RadixSort.sorted(sorted) { UInt64(groups[Int($0)].parent) } }
    let numbers = GrowableBuffer<UInt32>(capacity: groups.count)
    for (number, group) in sorted.enumerated() { numbers.base[Int(group)] = UInt32(number) }
    (groupOfPlace, isWhole, count) = (numbers, false, groups.count)
    return sorted.map { groups[Int($0)] }
  }
}

/// Goes through rows a few at a time.
@inline(__always) func forEachChunk(of rows: Range<Int>, _ body: (Range<Int>) -> Void) {
  var start = rows.lowerBound
  while start < rows.upperBound {
    let end = min(start + KeyFill.chunk, rows.upperBound)
    body(start..<end)
    start = end
  }
}
