/// The rows of a view in their order, which is established as far as it is asked for and then kept.
///
/// The first rows stand in a `SlotOrder`; the others are somewhere behind them, in no order. A row that changes is taken out by its name
/// before, and put in where it belongs afterwards, if that is among the first.
final class SortedRows {
  private let table: TableCore
  private let sorts: [SortColumn]
  private var first = SlotOrder()
  /// Whether all rows are among the first.
  private var isComplete = false
  /// All rows in their order, until the first of them changes: the others are nowhere then.
  private var all: [UInt32]?

  /// - Parameter sorts: The first decides; rows that are equal in all are in the order of their keys.
  init(_ table: TableCore, _ sorts: [SortColumn]) { (self.table, self.sorts) = (table, sorts) }

  func precedes(_ one: UInt32, _ other: UInt32) -> Bool {
    for sort in sorts {
      let keyOfOne = sort.key(one, table.keys)
      let keyOfOther = sort.key(other, table.keys)
      if keyOfOne != keyOfOther { return keyOfOne < keyOfOther }
    }
    return table.precedes(one, other)
  }

  /// Rows by position.
  ///
  /// - Parameter members: All rows of the view.
  func slots(_ range: Range<Int>, of members: RowBits) -> [UInt32] {
    establish(range.upperBound, members)
    return all.map { range.count == $0.count ? $0 : Array($0[range]) } ?? first.slots(range)
  }

  /// Some of the view's rows, in its order.
  func sorted(_ slots: [UInt32]) -> [UInt32] {
    if slots.count < 64 { return slots.sorted(by: precedes) }
    return RowSort.sorted(RowSelection(table.inKeyOrder(slots)), by: sorts, table.keys)
  }

  /// Takes a row out, before it changes.
  func remove(_ slot: UInt32) {
    settle()
    first.remove(slot)
  }

  /// Puts a row in, after it has changed.
  func insert(_ slot: UInt32) {
    settle()
    guard let last = first.last else {
      isComplete = false
      return
    }
    if isComplete || precedes(slot, last) { first.insert(slot) { precedes($0, slot) } }
  }

  /// Forgets the order.
  func reset() {
    all = nil
    first = SlotOrder()
    isComplete = false
  }

  func rename(_ newSlots: [UInt32]) {
    settle()
    first = first.rename(newSlots)
  }

  /// Makes the order one that can change.
  private func settle() {
    guard let all else { return }
    first = SlotOrder(all)
    self.all = nil
  }

  private func establish(_ count: Int, _ members: RowBits) {
    guard all == nil else { return }
    isComplete = first.count == members.count
    guard first.count < count, !isComplete else { return }
    let sortAll = { [self] in all = sortedAll(members) }
    // A little more than is asked for: the next page, and room for rows that go.
    let wanted = min(max(count + count / 2, 512, first.count == 0 ? 0 : members.count / 16), members.count)
    guard wanted < members.count / 4, let sort = leadingSort else {
      sortAll()
      isComplete = true
      return
    }
    var rest = members
    for slot in first.slots(0..<first.count) { rest.remove(slot) }
    if let found = TopRows.collect(rest, atLeast: wanted - first.count, by: sort) {
      first.append(sorted(found))
    } else {
      sortAll()
    }
    isComplete = all != nil || first.count == members.count
  }

  private func sortedAll(_ members: RowBits) -> [UInt32] {
    let rows = table.keys.slotsAreOrdered ? RowSelection(members) : RowSelection(table.inKeyOrder(members.slots()))
    return RowSort.sorted(rows, by: sorts, table.keys)
  }

  private var leadingSort: SortColumn? {
    if let sort = sorts.first { return sort }
    guard let index = table.indexColumn else { return nil }
    return SortColumn(column: table.columns[index], position: index, descending: false, absolute: false)
  }
}
