/// The rows of each leaf cell, in no order: a row is put in at the end, and taken out by moving the last one into its place.
final class RowLists {
  private var lists: [[UInt32]]
  /// By slot: where it stands in its list.
  private let places: GrowableBuffer<UInt32>

  /// - Parameters:
  ///   - home: The leaf of each slot; `PivotCells.none` for those without a row.
  ///   - leaves: How many leaves there are.
  init(home: GrowableBuffer<UInt32>, leaves: Int) {
    let slots = home.capacity
    places = GrowableBuffer(capacity: slots)
    let sizes = GrowableBuffer<Int>(capacity: leaves + 1)
    sizes.base.initialize(repeating: 0, count: leaves + 1)
    for slot in 0..<slots where home.base[slot] != PivotCells.none {
      let leaf = Int(home.base[slot])
      places.base[slot] = UInt32(sizes.base[leaf])
      sizes.base[leaf] &+= 1
    }
    let starts = GrowableBuffer<Int>(capacity: leaves + 1)
    var sum = 0
    for leaf in 0..<leaves {
      starts.base[leaf] = sum
      sum += sizes.base[leaf]
    }
    let sorted = GrowableBuffer<UInt32>(capacity: sum)
    for slot in 0..<slots where home.base[slot] != PivotCells.none {
      sorted.base[starts.base[Int(home.base[slot])] &+ Int(places.base[slot])] = UInt32(slot)
    }
    lists = (0..<leaves).map { Array(UnsafeBufferPointer(start: sorted.base + starts.base[$0], count: sizes.base[$0])) }
  }

  func reserve(_ leaves: Int) { while lists.count < leaves { lists.append([]) } }

  func insert(_ slot: UInt32, into leaf: Int) {
    places.reserve(Int(slot) + 1)
    places[Int(slot)] = UInt32(lists[leaf].count)
    lists[leaf].append(slot)
  }

  func remove(_ slot: UInt32, from leaf: Int) {
    let place = Int(places[Int(slot)])
    guard let last = lists[leaf].popLast() else { return }
    assert(last == slot || lists[leaf][place] == slot)
    if last == slot {
      if lists[leaf].isEmpty { lists[leaf] = [] }
      return
    }
    lists[leaf][place] = last
    places[Int(last)] = UInt32(place)
  }

  func append(_ leaf: Int, to slots: inout [UInt32]) { slots.append(contentsOf: lists[leaf]) }
}
