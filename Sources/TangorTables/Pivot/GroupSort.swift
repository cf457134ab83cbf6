/// Sorts groups that have the same parent, by the results of aggregates.
struct GroupSort {
  /// What a group is sorted by.
  let value: (UInt32) -> CellValue
  let isText: Bool
  let descending: Bool
  let absolute: Bool

  init(_ order: SortOrder, isText: Bool, _ value: @escaping (UInt32) -> CellValue) {
    self.value = value
    self.isText = isText
    descending = order.isDescending
    absolute = order.isAbsolute
  }

  /// - Parameters:
  ///   - groups: In the order that equal ones keep.
  ///   - sorts: The first decides.
  static func sorted(_ groups: [UInt32], by sorts: [GroupSort]) -> [UInt32] {
    guard groups.count > 1 else { return groups }
    var groups = groups
    for sort in sorts.reversed() { groups = sort.sorted(groups) }
    return groups
  }

  private func sorted(_ groups: [UInt32]) -> [UInt32] {
    guard isText else {
      let flip: UInt64 = descending ? .max : 0
      return RadixSort.sorted(groups) { CellOrder.key(absolute ? CellOrder.magnitude(value($0)) : value($0)) ^ flip }
    }
    if absolute { return descending ? groups.reversed() : groups }
    let values = groups.map(value)
    return groups.indices.sorted { one, other in
      if CellOrder.precedes(values[one], values[other]) { return !descending }
      if CellOrder.precedes(values[other], values[one]) { return descending }
      return one < other
    }.map { groups[$0] }
  }
}
