import NIOCore

/// Something that has a deadline in a ``DeadlineHeap``, and keeps its place there.
protocol DeadlineHolder: AnyObject {
  /// Where its deadline stands; -1 while it has none. Written by the heap alone.
  var deadlinePlace: Int32 { get set }
}

/// Whose of many deadlines comes first. Each step takes time logarithmic to their count; a deadline costs 16 bytes.
///
/// Of the holders it touches their places only; it has no clock.
struct DeadlineHeap<Holder: DeadlineHolder> {
  private var entries: [(deadline: NIODeadline, holder: Holder)] = []

  /// All who have a deadline, in no order.
  var holders: [Holder] { entries.map(\.holder) }

  var isEmpty: Bool { entries.isEmpty }

  /// The first deadline.
  var first: NIODeadline? { entries.first?.deadline }

  /// The deadline of a holder; nil when it has none.
  func deadline(of holder: Holder) -> NIODeadline? {
    holder.deadlinePlace < 0 ? nil : entries[Int(holder.deadlinePlace)].deadline
  }

  /// Gives a holder a deadline, in the place of the one it had.
  mutating func set(_ holder: Holder, to deadline: NIODeadline) {
    var place = Int(holder.deadlinePlace)
    if place < 0 {
      place = entries.count
      entries.append((deadline, holder))
    } else {
      entries[place].deadline = deadline
    }
    sift(place)
  }

  /// Takes a holder's deadline away.
  mutating func remove(_ holder: Holder) {
    let place = Int(holder.deadlinePlace)
    guard place >= 0 else { return }
    holder.deadlinePlace = -1
    let last = entries.removeLast()
    guard place < entries.count else { return }
    entries[place] = last
    sift(place)
  }

  /// Takes all deadlines away that have come.
  ///
  /// - Returns: Who had them, the earliest first.
  mutating func takeDue(at now: NIODeadline) -> [Holder] {
    var due: [Holder] = []
    while let first = entries.first, first.deadline <= now {
      remove(first.holder)
      due.append(first.holder)
    }
    return due
  }

  /// Brings the entry at a place to where it belongs, up or down.
  private mutating func sift(_ start: Int) {
    let entry = entries[start]
    var place = start
    while place > 0, entry.deadline < entries[(place - 1) / 2].deadline {
      put(entries[(place - 1) / 2], at: place)
      place = (place - 1) / 2
    }
    while true {
      var child = 2 * place + 1
      guard child < entries.count else { break }
      if child + 1 < entries.count, entries[child + 1].deadline < entries[child].deadline { child += 1 }
      guard entries[child].deadline < entry.deadline else { break }
      put(entries[child], at: place)
      place = child
    }
    put(entry, at: place)
  }

  private mutating func put(_ entry: (deadline: NIODeadline, holder: Holder), at place: Int) {
    entries[place] = entry
    entry.holder.deadlinePlace = Int32(place)
  }
}
