/// Which of many leases of different lengths ends next. A pure value; each step takes time logarithmic to the count.
///
/// Renewing costs nothing here: the holder keeps the moment of its last use, and a lease that comes up too early is put back.
package struct LeaseHeap<ID: Sendable>: Sendable {
  private var entries: [(end: Duration, id: ID)] = []

  package init() {}

  /// How many leases there are.
  package var count: Int { entries.count }

  /// When the first lease may end.
  package var nextEnd: Duration? { entries.first?.end }

  /// Adds a lease that ends at a moment.
  package mutating func insert(_ id: ID, end: Duration) {
    entries.append((end, id))
    var place = entries.count - 1
    while place > 0 {
      let parent = (place - 1) / 2
      guard entries[place].end < entries[parent].end else { break }
      entries.swapAt(place, parent)
      place = parent
    }
  }

  /// Takes the first lease out if its end has come.
  package mutating func popEnded(at now: Duration) -> ID? {
    guard let first = entries.first, first.end <= now else { return nil }
    entries.swapAt(0, entries.count - 1)
    entries.removeLast()
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < entries.count && entries[child].end < entries[least].end { least = child }
      if least == place { return first.id }
      entries.swapAt(place, least)
      place = least
    }
  }

  /// Keeps the leases that are still wanted. Takes time in proportion to the count; for holders that end many leases early.
  package mutating func removeAll(where isUnwanted: (ID) -> Bool) {
    entries.removeAll { isUnwanted($0.id) }
    // Sorted entries are a heap.
    entries.sort { $0.end < $1.end }
  }
}
