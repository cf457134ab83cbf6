/// The cells of one column of a table: a value for each slot, and whether there is one.
///
/// A slot keeps its number as long as its row lives. Slots without a row have no value.
package final class ColumnStore {
  package let name: String
  package let kind: ColumnKind
  /// The texts of a column of strings.
  package let dictionary: StringDictionary?
  private let block: GrowableBuffer<UInt8>
  /// One bit for each slot, 1 where there is a value.
  let validity: GrowableBuffer<UInt64>
  private(set) var slotCapacity = 0
  /// Slots for which room was asked: those behind have no values.
  private(set) var knownSlots = 0

  package init(name: String, kind: ColumnKind) {
    self.name = name
    self.kind = kind
    dictionary = kind == .string ? StringDictionary() : nil
    block = GrowableBuffer(capacity: 16)
    validity = GrowableBuffer(capacity: 1)
    validity[0] = 0
    slotCapacity = 0
  }

  /// Makes room for slots, which have no values yet.
  func reserve(_ slots: Int) {
    knownSlots = max(knownSlots, slots)
    guard slots > slotCapacity else { return }
    block.reserve(slots * kind.width)
    validity.reserve((slots + 63) / 64, filling: 0)
    slotCapacity = min(block.capacity / kind.width, validity.capacity * 64)
  }

  /// Gives the memory behind so many slots, which have no values, back.
  func shrink(to slots: Int) {
    knownSlots = min(knownSlots, slots)
    guard slots < slotCapacity else { return }
    block.shrink(to: max(slots * kind.width, 16))
    validity.shrink(to: max((slots + 63) / 64, 1))
    slotCapacity = min(block.capacity / kind.width, validity.capacity * 64)
  }

  /// The values by slot.
  @inline(__always) func values<Value: StoredValue>(_: Value.Type = Value.self) -> UnsafeMutablePointer<Value> {
    assert(MemoryLayout<Value>.stride == kind.width)
    return UnsafeMutableRawPointer(block.base).assumingMemoryBound(to: Value.self)
  }

  /// The values' memory, for what is done alike with all kinds of one width.
  var bytes: UnsafeRawPointer { UnsafeRawPointer(block.base) }

  @inline(__always) package func hasValue(_ slot: UInt32) -> Bool {
    assert(slot < slotCapacity)
    return validity.base[Int(slot >> 6)] >> UInt64(slot & 63) & 1 == 1
  }

  @inline(__always) func setValid(_ slot: UInt32) {
    validity.base[Int(slot >> 6)] |= 1 << UInt64(slot & 63)
  }

  /// Takes a cell's value away.
  func clear(_ slot: UInt32) {
    guard hasValue(slot) else { return }
    dictionary?.release(values(Int32.self)[Int(slot)])
    validityBitOff(slot)
  }

  /// As `clear`, where the caller has released the text.
  func validityBitOff(_ slot: UInt32) {
    validity.base[Int(slot >> 6)] &= ~(1 << UInt64(slot & 63))
  }

  /// Takes the value of every cell away.
  func clearAll(slots: Int) {
    if dictionary != nil { for slot in 0..<UInt32(slots) { clear(slot) } }
    for word in 0..<(slots + 63) / 64 { validity[word] = 0 }
    dictionary?.reclaim()
    shrink(to: 0)
  }

  /// Moves the values to other slots.
  ///
  /// - Parameter order: The old slot of each new one, ascending by neither.
  func compact(_ order: [UInt32]) {
    let old = GrowableBuffer<UInt8>(capacity: max(slotCapacity * kind.width, 1))
    old.base.update(from: block.base, count: slotCapacity * kind.width)
    let oldValidity = GrowableBuffer<UInt64>(capacity: validity.capacity)
    oldValidity.base.update(from: validity.base, count: validity.capacity)
    for word in 0..<validity.capacity { validity[word] = 0 }
    let width = kind.width
    for (new, from) in order.enumerated() {
      (block.base + new * width).update(from: old.base + Int(from) * width, count: width)
      let bit = oldValidity[Int(from >> 6)] >> UInt64(from & 63) & 1
      validity[new >> 6] |= bit << UInt64(new & 63)
    }
    shrink(to: order.count)
  }

  /// Runs a kernel on the values of the kind that they have: integers for strings' codes and for dates.
  @inline(__always) func visit<Kernel: ColumnKernel>(_ kernel: inout Kernel) -> Kernel.Output {
    switch kind {
    case .int8: kernel.run(values(Int8.self))
    case .int16: kernel.run(values(Int16.self))
    case .int32, .date, .string: kernel.run(values(Int32.self))
    case .int64, .datetime: kernel.run(values(Int64.self))
    case .uint8, .boolean: kernel.run(values(UInt8.self))
    case .uint16: kernel.run(values(UInt16.self))
    case .uint32: kernel.run(values(UInt32.self))
    case .uint64: kernel.run(values(UInt64.self))
    case .float32: kernel.run(values(Float.self))
    case .float64: kernel.run(values(Double.self))
    }
  }

  /// The key by which the cell orders; 0 for none.
  func sortKey(_ slot: UInt32) -> UInt64 {
    guard hasValue(slot) else { return 0 }
    let index = Int(slot)
    return switch kind {
    case .int8: values(Int8.self)[index].sortKey
    case .int16: values(Int16.self)[index].sortKey
    case .int32, .date: values(Int32.self)[index].sortKey
    case .int64, .datetime: values(Int64.self)[index].sortKey
    case .uint8, .boolean: values(UInt8.self)[index].sortKey
    case .uint16: values(UInt16.self)[index].sortKey
    case .uint32: values(UInt32.self)[index].sortKey
    case .uint64: values(UInt64.self)[index].sortKey
    case .float32: values(Float.self)[index].sortKey
    case .float64: values(Double.self)[index].sortKey
    case .string: dictionary.map { $0.label(values(Int32.self)[index]) } ?? 0
    }
  }

  /// The key by which equal cells are found: the code of a text, the sort key of everything else; nil for none.
  func identity(_ slot: UInt32) -> UInt64? {
    guard hasValue(slot) else { return nil }
    if kind == .string { return UInt64(UInt32(bitPattern: values(Int32.self)[Int(slot)])) }
    return sortKey(slot)
  }
}

/// Work on a column's values, written once for all kinds.
protocol ColumnKernel {
  associatedtype Output
  /// - Parameter values: By slot; without meaning where there is no value.
  mutating func run<Value: StoredValue>(_ values: UnsafeMutablePointer<Value>) -> Output
}
