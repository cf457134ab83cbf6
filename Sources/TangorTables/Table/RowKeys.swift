/// By what rows are known: a sequence number, or the value of the index column.
///
/// An index of texts is an array by the texts' codes; any other index is a hash table of the values' sort keys. Tables without an index
/// count their rows, and make a hash table of the numbers only when somebody names one.
final class RowKeys {
  enum Mode {
    case sequence
    case index(ColumnStore)
  }

  let mode: Mode
  /// Of every slot, on tables without an index.
  let sequence = GrowableBuffer<Int64>()
  private var nextNumber: Int64 = 0
  private var table: KeyTable?
  private let slotOfCode = GrowableBuffer<UInt32>(capacity: 1)
  private var nullSlot: UInt32?
  /// The key of the newest row, and whether every row so far came behind all before it: then slots are in key order.
  private var newestKey: UInt64?
  private(set) var slotsAreOrdered = true
  private var highestSlot: UInt32 = 0

  init(_ mode: Mode) {
    self.mode = mode
    slotOfCode[0] = .max
    if case .index(let column) = mode, column.kind != .string { table = KeyTable() }
  }

  /// The key of a row, which orders as the table's rows do.
  @inline(__always) func orderKey(_ slot: UInt32) -> UInt64 {
    switch mode {
    case .sequence: UInt64(bitPattern: sequence.base[Int(slot)]) ^ 1 << 63
    case .index(let column): column.sortKey(slot)
    }
  }

  /// - Parameter identity: A value of the index column; nil for none.
  func slot(ofIdentity identity: UInt64?) -> UInt32? {
    guard let identity else { return nullSlot }
    if case .index(let column) = mode, column.kind == .string {
      guard Int(identity) < slotOfCode.capacity, slotOfCode[Int(identity)] != .max else { return nil }
      return slotOfCode[Int(identity)]
    }
    return table?[identity]
  }

  /// Makes room for so many rows in all.
  func reserve(_ rows: Int) {
    if case .sequence = mode { sequence.reserve(rows) }
    table?.reserve(rows)
  }

  func setSlot(_ slot: UInt32, ofIdentity identity: UInt64?) {
    guard let identity else { return nullSlot = slot }
    if case .index(let column) = mode, column.kind == .string {
      slotOfCode.reserve(Int(identity) + 1, filling: .max)
      slotOfCode[Int(identity)] = slot
    } else {
      table?.set(identity, to: slot)
    }
  }

  func forget(_ slot: UInt32) {
    switch mode {
    case .sequence: table?.remove(UInt64(bitPattern: sequence[Int(slot)]))
    case .index(let column):
      guard let identity = column.identity(slot) else { return nullSlot = nil }
      if column.kind == .string { slotOfCode[Int(identity)] = .max } else { table?.remove(identity) }
    }
  }

  /// Counts a new row of a table without an index.
  func number(_ slot: UInt32) {
    if table != nil { while table?[UInt64(bitPattern: nextNumber)] != nil { nextNumber += 1 } }
    setNumber(nextNumber, of: slot)
    nextNumber += 1
  }

  /// Whether rows can be counted many at once: nobody has named any by their numbers.
  func canNumber() -> Bool { table == nil }

  /// Counts new rows in the order of their slots, where `canNumber`.
  func number(_ slots: Range<Int>) {
    sequence.reserve(slots.upperBound)
    let base = sequence.base
    for slot in slots { base[slot] = nextNumber &+ Int64(slot &- slots.lowerBound) }
    nextNumber += Int64(slots.count)
  }

  /// Notes new rows behind all others, on tables without an index.
  func noteOrder(_ slots: Range<Int>) {
    guard slotsAreOrdered, let last = slots.last else { return }
    noteOrder(UInt32(slots.lowerBound))
    if slotsAreOrdered { noteOrder(UInt32(last)) }
  }

  /// Counts a row that is never written.
  func skipNumber() { nextNumber += 1 }

  func setNumber(_ number: Int64, of slot: UInt32) {
    sequence.reserve(Int(slot) + 1)
    sequence[Int(slot)] = number
    table?.set(UInt64(bitPattern: number), to: slot)
  }

  /// The row of a number, on a table without an index.
  func slot(ofNumber number: Int64, live: RowBits) -> UInt32? {
    if table == nil {
      var made = KeyTable(capacity: live.count)
      live.forEach { made.set(UInt64(bitPattern: sequence[Int($0)]), to: $0) }
      table = made
    }
    return table?[UInt64(bitPattern: number)]
  }

  /// Notes where a new row was put, when its cells and its number are there.
  func noteOrder(_ slot: UInt32) {
    guard slotsAreOrdered else { return }
    // Labels of texts may change as texts come, so that none is remembered: an index of texts counts as unordered.
    if case .index(let column) = mode, column.kind == .string { return slotsAreOrdered = false }
    let key = orderKey(slot)
    if let newestKey, key < newestKey || slot < highestSlot { return slotsAreOrdered = false }
    newestKey = key
    highestSlot = slot
  }

  /// Begins anew, without rows; numbers are counted on.
  func reset() {
    sequence.shrink(to: 0)
    slotOfCode.shrink(to: 1)
    slotOfCode[0] = .max
    nullSlot = nil
    newestKey = nil
    highestSlot = 0
    slotsAreOrdered = true
    if case .index(let column) = mode, column.kind != .string { table = KeyTable() } else { table = nil }
  }

  /// Follows the rows to other slots, which are in key order.
  ///
  /// - Parameter order: The old slot of each new one.
  func compact(_ order: [UInt32]) {
    switch mode {
    case .sequence:
      let numbers = order.map { sequence[Int($0)] }
      for (slot, number) in numbers.enumerated() { sequence[slot] = number }
      sequence.shrink(to: numbers.count)
      table = nil
    case .index(let column):
      if table != nil { table = KeyTable(capacity: order.count) }
      for code in 0..<slotOfCode.capacity { slotOfCode[code] = .max }
      nullSlot = nil
      for slot in 0..<UInt32(order.count) { setSlot(slot, ofIdentity: column.identity(slot)) }
    }
    newestKey = nil
    highestSlot = 0
    slotsAreOrdered = true
    for slot in 0..<UInt32(order.count) { noteOrder(slot) }
  }
}
