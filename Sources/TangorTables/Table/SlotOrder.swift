/// Slots in an order that somebody else decides: put in where it belongs, taken out by name, read by position.
///
/// The order stands in chunks of up to 512 slots, so that a change moves a few hundred numbers, however long the order is; which
/// chunk a slot is in is written down for each slot, so that it can be taken out after the values that ordered it have changed.
/// Where each chunk begins is counted anew, in one pass over the chunks, by the first reader after a change.
final class SlotOrder {
  private static let chunkSize = 512
  private static let none = UInt32.max

  private let items: GrowableBuffer<UInt32>
  private var counts: [Int] = []
  private var freeChunks: [UInt32] = []
  /// The chunks in their order.
  private var order: [UInt32] = []
  /// How many slots stand before each chunk of `order`; valid before `startsKnown`.
  private var starts: [Int] = []
  private var startsKnown = 0
  /// The chunk of each slot.
  private let home: GrowableBuffer<UInt32>
  private(set) var count = 0

  /// - Parameter sorted: The slots in their order, each once.
  init(_ sorted: some Collection<UInt32> = []) {
    home = GrowableBuffer(capacity: 0)
    home[0] = Self.none
    items = GrowableBuffer(capacity: max(sorted.count * 4 / 3, 1))
    append(sorted)
  }

  /// Puts slots behind all others.
  func append(_ sorted: some Collection<UInt32>) {
    let filled = Self.chunkSize * 3 / 4
    var rest = sorted[...]
    while !rest.isEmpty {
      if order.isEmpty || counts[Int(order[order.count - 1])] >= filled { insertChunk(at: order.count) }
      let chunk = order[order.count - 1]
      let start = counts[Int(chunk)]
      let part = rest.prefix(filled - start)
      rest = rest.dropFirst(part.count)
      let target = items.base + Int(chunk) * Self.chunkSize + start
      for (index, slot) in part.enumerated() {
        target[index] = slot
        home.reserve(Int(slot) + 1, filling: Self.none)
        home.base[Int(slot)] = chunk
      }
      counts[Int(chunk)] = start + part.count
      count += part.count
    }
  }

  func contains(_ slot: UInt32) -> Bool { Int(slot) < home.capacity && home[Int(slot)] != Self.none }

  /// The last of them; nil when there is none.
  var last: UInt32? {
    guard let chunk = order.last.map(Int.init) else { return nil }
    return items[chunk * Self.chunkSize + counts[chunk] - 1]
  }

  /// Puts a slot behind all that are before it.
  ///
  /// - Parameter precedes: Whether a slot of the order comes before the new one.
  func insert(_ slot: UInt32, after precedes: (UInt32) -> Bool) {
    assert(!contains(slot))
    if order.isEmpty { insertChunk(at: 0) }
    var low = 0
    var high = order.count
    while low < high {
      let middle = (low + high) / 2
      let chunk = Int(order[middle])
      if counts[chunk] > 0, precedes(items[chunk * Self.chunkSize]) { low = middle + 1 } else { high = middle }
    }
    var position = max(low - 1, 0)
    var chunk = Int(order[position])
    if counts[chunk] == Self.chunkSize {
      split(at: position)
      let next = Int(order[position + 1])
      if precedes(items[next * Self.chunkSize]) { position += 1 }
      chunk = Int(order[position])
    }
    low = 0
    high = counts[chunk]
    while low < high {
      let middle = (low + high) / 2
      if precedes(items[chunk * Self.chunkSize + middle]) { low = middle + 1 } else { high = middle }
    }
    place(slot, in: chunk, at: low)
    startsKnown = min(startsKnown, position + 1)
  }

  /// Takes a slot out; does nothing when it is not in.
  func remove(_ slot: UInt32) {
    guard contains(slot) else { return }
    let chunk = Int(home[Int(slot)])
    let base = items.base + chunk * Self.chunkSize
    let size = counts[chunk]
    var index = 0
    while base[index] != slot { index &+= 1 }
    assert(index < size)
    (base + index).update(from: base + index + 1, count: size - index - 1)
    counts[chunk] = size - 1
    home[Int(slot)] = Self.none
    count -= 1
    startsKnown = 0
    if size == 1 {
      order.removeAll { $0 == UInt32(chunk) }
      freeChunks.append(UInt32(chunk))
    } else if order.count > 16, count < order.count * Self.chunkSize / 8 {
      rebuild()
    }
  }

  /// The slots at a range of positions, within the count.
  func slots(_ range: Range<Int>) -> [UInt32] {
    assert(range.upperBound <= count)
    var result: [UInt32] = []
    guard !range.isEmpty else { return result }
    result.reserveCapacity(range.count)
    countStarts()
    var position = chunk(at: range.lowerBound)
    while result.count < range.count {
      let chunk = Int(order[position])
      let from = max(range.lowerBound - starts[position], 0)
      let to = min(range.upperBound - starts[position], counts[chunk])
      result.append(contentsOf: UnsafeBufferPointer(start: items.base + chunk * Self.chunkSize + from, count: to - from))
      position += 1
    }
    return result
  }

  /// All slots under other names.
  func rename(_ newNames: [UInt32]) -> SlotOrder { SlotOrder(slots(0..<count).map { newNames[Int($0)] }) }

  private func chunk(at position: Int) -> Int {
    var low = 0
    var high = order.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= position { low = middle } else { high = middle }
    }
    return low
  }

  private func countStarts() {
    guard startsKnown < order.count || starts.count != order.count else { return }
    starts.removeAll(keepingCapacity: true)
    var sum = 0
    for chunk in order {
      starts.append(sum)
      sum += counts[Int(chunk)]
    }
    startsKnown = order.count
    assert(sum == count)
  }

  private func place(_ slot: UInt32, in chunk: Int, at index: Int) {
    let base = items.base + chunk * Self.chunkSize
    (base + index + 1).update(from: base + index, count: counts[chunk] - index)
    base[index] = slot
    counts[chunk] += 1
    home.reserve(Int(slot) + 1, filling: Self.none)
    home[Int(slot)] = UInt32(chunk)
    count += 1
  }

  private func insertChunk(at position: Int) {
    var chunk = UInt32(counts.count)
    if let free = freeChunks.popLast() {
      chunk = free
    } else {
      counts.append(0)
      items.reserve(counts.count * Self.chunkSize)
    }
    order.insert(chunk, at: position)
    startsKnown = min(startsKnown, position)
  }

  private func split(at position: Int) {
    insertChunk(at: position + 1)
    let from = Int(order[position])
    let to = Int(order[position + 1])
    // What is put in at the end leaves the chunk nearly full: orders that grow at their end stay dense.
    let keep = position + 2 == order.count ? Self.chunkSize - 16 : Self.chunkSize / 2
    let moved = counts[from] - keep
    let target = items.base + to * Self.chunkSize
    target.update(from: items.base + from * Self.chunkSize + keep, count: moved)
    counts[from] = keep
    counts[to] = moved
    for index in 0..<moved { home[Int(target[index])] = UInt32(to) }
    startsKnown = min(startsKnown, position)
  }

  private func rebuild() {
    let all = slots(0..<count)
    counts.removeAll()
    freeChunks.removeAll()
    order.removeAll()
    startsKnown = 0
    count = 0
    append(all)
    items.shrink(to: counts.count * Self.chunkSize)
  }
}
