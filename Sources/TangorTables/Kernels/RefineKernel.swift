/// Parts groups of rows by a column: rows that were in one group and have the same value there are in one group afterwards.
struct RefineKernel: ColumnKernel {
  /// A group: from which it was parted, and the value, as `ColumnStore.groupKey` gives it.
  struct Group {
    var parent: UInt32
    var key: UInt64
  }

  let column: ColumnStore
  let slots: [UInt32]
  /// The group of each row so far.
  let parents: [UInt32]
  let parentCount: Int

  /// - Returns: The group of each row, and what each is; groups are numbered as they are met.
  static func refine(_ slots: [UInt32], _ parents: [UInt32], _ parentCount: Int, by column: ColumnStore) -> (ids: [UInt32], groups: [Group])
  {
    var kernel = RefineKernel(column: column, slots: slots, parents: parents, parentCount: parentCount)
    return column.visit(&kernel)
  }

  func run<Value: StoredValue>(_ values: UnsafeMutablePointer<Value>) -> (ids: [UInt32], groups: [Group]) {
    if let dictionary = column.dictionary {
      let codes = column.values(Int32.self)
      return narrow(dictionary.codeLimit + 1, { Int(codes[$0]) &+ 1 }, { UInt64($0) })
    }
    // Whole numbers that lie close together number their groups themselves.
    var least = UInt64.max
    var greatest: UInt64 = 0
    forEach { slot, hasValue in
      guard hasValue else { return }
      let key = values[slot].sortKey
      least = min(least, key)
      greatest = max(greatest, key)
    }
    if least > greatest { return narrow(1, { _ in 0 }, { _ in 0 }) }
    let base = least
    if greatest - least < UInt64(max(slots.count, 1024)) {
      return narrow(
        Int(greatest - least) + 2, { Int(truncatingIfNeeded: values[$0].sortKey &- base) &+ 1 }, { $0 == 0 ? 0 : base + (UInt64($0) - 1) })
    }
    return wide { values[$0].sortKey }
  }

  @inline(__always) private func forEach(_ body: (Int, Bool) -> Void) {
    let validity = column.validity.base
    slots.withUnsafeBufferPointer { slots in
      for row in 0..<slots.count {
        let slot = Int(slots[row])
        body(slot, validity[slot >> 6] >> UInt64(slot & 63) & 1 == 1)
      }
    }
  }

  /// - Parameters:
  ///   - width: How many different values there can be, 0 for none among them.
  ///   - position: A value as a number from 1 on, below `width`.
  ///   - key: The group key of a position.
  @inline(__always) private func narrow(
    _ width: Int, _ position: (Int) -> Int, _ key: (Int) -> UInt64
  ) -> (ids: [UInt32], groups: [Group]) {
    guard parentCount * width <= max(1 << 20, slots.count * 4) else {
      return wide { key(position($0)) }
    }
    let table = GrowableBuffer<UInt32>(capacity: parentCount * width)
    table.base.initialize(repeating: .max, count: parentCount * width)
    var groups: [Group] = []
    var row = 0
    let ids = [UInt32](unsafeUninitializedCapacity: slots.count) { out, filled in
      parents.withUnsafeBufferPointer { parents in
        forEach { slot, hasValue in
          let place = hasValue ? position(slot) : 0
          let parent = parents[row]
          let entry = table.base + (Int(parent) &* width &+ place)
          var id = entry.pointee
          if id == .max {
            id = UInt32(groups.count)
            entry.pointee = id
            groups.append(Group(parent: parent, key: key(place)))
          }
          out[row] = id
          row &+= 1
        }
      }
      filled = slots.count
    }
    return (ids, groups)
  }

  @inline(__always) private func wide(_ key: (Int) -> UInt64) -> (ids: [UInt32], groups: [Group]) {
    var table = KeyTable(capacity: 1024)
    var groups: [Group] = []
    var row = 0
    let ids = [UInt32](unsafeUninitializedCapacity: slots.count) { out, filled in
      forEach { slot, hasValue in
        let value = hasValue ? key(slot) : 0
        let parent = parents[row]
        out[row] = table.slot(of: value, scope: parent) {
          groups.append(Group(parent: parent, key: value))
          return UInt32(groups.count - 1)
        }
        row &+= 1
      }
      filled = slots.count
    }
    return (ids, groups)
  }
}

extension ColumnStore {
  /// What tells the groups of a column apart: 0 for rows without a value, else one more than a text's code, or a value's sort key.
  func groupKey(_ slot: UInt32) -> UInt64 {
    guard hasValue(slot) else { return 0 }
    return kind == .string ? UInt64(values(Int32.self)[Int(slot)]) + 1 : sortKey(slot)
  }

  /// The order of group keys: that of the values.
  func order(ofGroupKey key: UInt64) -> UInt64 {
    guard let dictionary, key > 0 else { return key }
    return dictionary.label(Int32(truncatingIfNeeded: key - 1))
  }

  /// The value that a group key stands for.
  func value(ofGroupKey key: UInt64) -> CellValue {
    guard key > 0 else { return .null }
    return switch kind {
    case .string: .text(dictionary?.string(Int32(truncatingIfNeeded: key - 1)) ?? "")
    case .int8, .int16, .int32, .int64: .integer(Int64(bitPattern: key ^ 1 << 63))
    case .uint8, .uint16, .uint32: .integer(Int64(key - 1))
    case .uint64: .unsigned(key - 1)
    case .boolean: .boolean(key == 2)
    case .date: .date(Int32(truncatingIfNeeded: Int64(bitPattern: key ^ 1 << 63)))
    case .datetime: .datetime(Int64(bitPattern: key ^ 1 << 63))
    case .float32, .float64: .float(Double.value(ofSortKey: key))
    }
  }
}
