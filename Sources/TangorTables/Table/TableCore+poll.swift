extension TableCore {
  /// Writes what waits, in the order in which it came.
  ///
  /// - Returns: What happened, a set for each port that was written through, in ascending order.
  @discardableResult package func poll() -> [ChangeSet] {
    guard !pending.isEmpty else { return [] }
    version += 1
    notify { $0.pollWillBegin() }
    var record = ChangeRecord(table: self)
    let changes = pending
    pending = []
    for change in changes {
      switch change {
      case .write(let batch, let port): write(batch, port, &record)
      case .remove(let keys): remove(keys, &record)
      case .replace(let batch): replace(batch, &record)
      case .clear: clear(&record)
      }
    }
    for column in columns { column.dictionary?.reclaim() }
    freeSlots.append(contentsOf: slotsFreedInPoll)
    slotsFreedInPoll.removeAll(keepingCapacity: slotsFreedInPoll.count < 4096)
    let newSlots = compactIfSparse()
    return record.finish(newSlots)
  }

  // MARK: Writing

  private func write(_ batch: PreparedBatch, _ port: Int, resetting: Bool = false, _ record: inout ChangeRecord) {
    let rows = resolve(batch)
    var written = ColumnSet(batch.cells.map(\.column))
    if resetting { for column in columns.indices where column != indexColumn { written.insert(column) } }
    if let appended = rows.appended { return append(batch, appended, rows, written, port, &record) }
    if !rows.changed.isEmpty { notify { $0.rowsWillChange(rows.changed, columns: written) } }
    if resetting {
      for (position, column) in columns.enumerated() where position != indexColumn { for slot in rows.changed { column.clear(slot) } }
    }
    if let indexColumn, let keys = batch.keys { columns[indexColumn].write(keys, to: rows.slots) }
    for (column, cells) in batch.cells { columns[column].write(cells, to: rows.slots) }
    for slot in rows.added {
      live.insert(slot)
      keys.noteOrder(slot)
    }
    notify { $0.rowsDidChange(rows.changed, added: rows.added, columns: written) }
    record.note(rows.changed, rows.added, port)
    if let limit {
      for slot in rows.added { insertByAge(slot) }
      let excess = live.count - limit
      if excess > 0 {
        let gone = Array(ages[oldest..<oldest + excess])
        oldest += excess
        if oldest > ages.count / 2 {
          ages.removeFirst(oldest)
          oldest = 0
        }
        record.someHaveGone = true
        removeRows(gone)
      }
    }
  }

  /// Writes new rows behind all others.
  private func append(
    _ batch: PreparedBatch, _ slots: Range<Int>, _ rows: ResolvedRows, _ written: ColumnSet, _ port: Int, _ record: inout ChangeRecord
  ) {
    for (column, cells) in batch.cells { columns[column].append(cells, to: slots) }
    live.insert(slots)
    keys.noteOrder(slots)
    notify { $0.rowsDidChange([], added: rows.added, columns: written) }
    record.note(rows.added, slots, port)
  }

  private struct ResolvedRows {
    /// By row of the batch; `.max` for rows that are left out.
    var slots: [UInt32]
    var changed: [UInt32] = []
    var added: [UInt32] = []
    /// The slots of rows that all are new and stand behind all others; `slots` is empty then.
    var appended: Range<Int>?
  }

  /// Finds the row of every key, and makes those that are not there.
  private func resolve(_ batch: PreparedBatch) -> ResolvedRows {
    if let indexColumn { return resolveIndexed(batch, columns[indexColumn], indexColumn) }
    if batch.keys == nil, limit == nil, makesNewSlots, keys.canNumber(), Set(batch.cells.map(\.column)).count == batch.cells.count {
      let appended = slotCount..<slotCount + batch.rowCount
      slotCount = appended.upperBound
      reserve(slotCount)
      keys.number(appended)
      return ResolvedRows(slots: [], added: Array(UInt32(appended.lowerBound)..<UInt32(appended.upperBound)), appended: appended)
    }
    var rows = ResolvedRows(slots: [UInt32](repeating: .max, count: batch.rowCount))
    if let numbers = batch.keys {
      var seen = RowBits()
      for row in 0..<batch.rowCount {
        if numbers.hasValue(row) {
          let number = numbers.integer(row)
          if let slot = keys.slot(ofNumber: number, live: live) {
            rows.slots[row] = slot
            if seen.insert(slot) { rows.changed.append(slot) }
            continue
          }
          let slot = makeSlot()
          keys.setNumber(number, of: slot)
          rows.slots[row] = slot
        } else {
          rows.slots[row] = makeSlot()
          keys.number(rows.slots[row])
        }
        rows.added.append(rows.slots[row])
        seen.insert(rows.slots[row])
      }
      return rows
    }
    // Rows that the limit would drop again are counted, and never written.
    let dropped = limit.map { max(batch.rowCount - $0, 0) } ?? 0
    for _ in 0..<dropped { keys.skipNumber() }
    reserve(slotCount + max(batch.rowCount - dropped - freeSlots.count, 0))
    rows.added.reserveCapacity(batch.rowCount - dropped)
    for row in dropped..<batch.rowCount {
      let slot = makeSlot()
      keys.number(slot)
      rows.slots[row] = slot
      rows.added.append(slot)
    }
    return rows
  }

  private func resolveIndexed(_ batch: PreparedBatch, _ index: ColumnStore, _ position: Int) -> ResolvedRows {
    var rows = ResolvedRows(slots: [])
    rows.slots.reserveCapacity(batch.rowCount)
    let own = batch.cells.last { $0.column == position }?.cells
    let ownCodes = own.flatMap { cells in cells.values.flatMap { index.intern($0, cells) } }
    let keyCodes = batch.keys.flatMap { cells in cells.values.flatMap { index.intern($0, cells) } }
    var seen = RowBits(capacity: slotCount)
    // A large batch into a small table is most likely all new.
    if batch.rowCount > live.count * 2 {
      keys.reserve(live.count + batch.rowCount)
      reserve(slotCount + batch.rowCount)
    }
    // Batches often name rows in the order in which they stand, every one or every so many: looking at the slot that comes next by that
    // spares the hash table.
    var (last, step) = (0, 1)
    for row in 0..<batch.rowCount {
      var identity: UInt64?
      if let own, own.isPresent(row) {
        if own.hasValue(row) { identity = Self.identity(own, ownCodes, row) }
      } else if let given = batch.keys, given.hasValue(row) {
        identity = Self.identity(given, keyCodes, row)
      }
      let next = last + step
      let isNext =
        next >= 0 && next < slotCount && live.contains(UInt32(next)) && identity != nil && index.identity(UInt32(next)) == identity
      let known = isNext ? UInt32(next) : keys.slot(ofIdentity: identity)
      if let slot = known {
        (last, step) = (Int(slot), Int(slot) - last)
        if seen.insert(slot) { rows.changed.append(slot) }
        rows.slots.append(slot)
      } else {
        let slot = makeSlot()
        keys.setSlot(slot, ofIdentity: identity)
        seen.insert(slot)
        rows.added.append(slot)
        rows.slots.append(slot)
      }
    }
    return rows
  }

  private static func identity(_ cells: ColumnCells, _ codes: [Int32]?, _ row: Int) -> UInt64? {
    guard let codes else { return cells.sortKey(row) }
    return codes[row] < 0 ? nil : UInt64(UInt32(bitPattern: codes[row]))
  }

  private func insertByAge(_ slot: UInt32) {
    var position = ages.count
    let number = keys.sequence[Int(slot)]
    while position > oldest, keys.sequence[Int(ages[position - 1])] > number { position -= 1 }
    ages.insert(slot, at: position)
  }

  // MARK: Removing

  private func remove(_ wanted: [RowKey], _ record: inout ChangeRecord) {
    guard let indexColumn else { return }
    var gone: [UInt32] = []
    var seen = RowBits()
    for key in wanted {
      if let slot = slot(of: key, in: columns[indexColumn]), seen.insert(slot) { gone.append(slot) }
    }
    record.note(removed: gone, any: !wanted.isEmpty)
    removeRows(gone)
  }

  private func removeRows(_ gone: [UInt32]) {
    guard !gone.isEmpty else { return }
    notify { $0.rowsWillChange(gone, columns: nil) }
    for slot in gone {
      keys.forget(slot)
      live.remove(slot)
    }
    for column in columns { for slot in gone { column.clear(slot) } }
    notify { $0.rowsHaveGone() }
    slotsFreedInPoll.append(contentsOf: gone)
  }

  private func replace(_ batch: PreparedBatch, _ record: inout ChangeRecord) {
    guard indexColumn != nil else {
      clear(&record)
      write(batch, 0, &record)
      return
    }
    let kept = existing(batch)
    if kept.count == 0 {
      clear(&record)
    } else {
      let gone = live.slots().filter { !kept.contains($0) }
      record.note(removed: gone, any: true)
      removeRows(gone)
    }
    write(batch, 0, resetting: true, &record)
  }

  /// The rows whose keys a batch names.
  private func existing(_ batch: PreparedBatch) -> RowBits {
    var kept = RowBits(capacity: slotCount)
    guard let indexColumn else { return kept }
    let index = columns[indexColumn]
    let own = batch.cells.last { $0.column == indexColumn }?.cells
    let ownCodes = own.flatMap { cells in cells.values.flatMap { index.intern($0, cells) } }
    let keyCodes = batch.keys.flatMap { cells in cells.values.flatMap { index.intern($0, cells) } }
    for row in 0..<batch.rowCount {
      var identity: UInt64?
      if let own, own.isPresent(row) {
        if own.hasValue(row) { identity = Self.identity(own, ownCodes, row) }
      } else if let given = batch.keys, given.hasValue(row) {
        identity = Self.identity(given, keyCodes, row)
      }
      if let slot = keys.slot(ofIdentity: identity) { kept.insert(slot) }
    }
    return kept
  }

  private func clear(_ record: inout ChangeRecord) {
    record.note(removed: live.count > 0 && tracksRemovedKeys ? live.slots() : [], any: true)
    record.forgetWritten()
    notify { $0.rowsWereCleared() }
    for column in columns { column.clearAll(slots: slotCount) }
    live = RowBits()
    keys.reset()
    slotCount = 0
    freeSlots = []
    slotsFreedInPoll = []
    ages = []
    oldest = 0
  }

  // MARK: Slots

  /// Whether the next row gets a slot behind all others: while slots are in key order it is worth a little memory to keep them so.
  private var makesNewSlots: Bool { freeSlots.isEmpty || (keys.slotsAreOrdered && freeSlots.count <= max(1024, live.count / 8)) }

  private func makeSlot() -> UInt32 {
    if !makesNewSlots, let free = freeSlots.popLast() { return free }
    let slot = UInt32(slotCount)
    slotCount += 1
    reserve(slotCount)
    return slot
  }

  private func reserve(_ slots: Int) { for column in columns { column.reserve(slots) } }

  /// Moves the rows together when three slots of four are empty.
  ///
  /// - Returns: The new slot of each old one; nil when nothing moved.
  private func compactIfSparse() -> [UInt32]? {
    guard slotCount > 4096, live.count * 4 < slotCount else { return nil }
    let order = inKeyOrder(live.slots())
    var newSlots = [UInt32](repeating: .max, count: slotCount)
    for (new, old) in order.enumerated() { newSlots[Int(old)] = UInt32(new) }
    for column in columns { column.compact(order) }
    live = RowBits(first: order.count)
    slotCount = order.count
    freeSlots = []
    ages = ages[min(oldest, ages.count)...].map { newSlots[Int($0)] }
    oldest = 0
    keys.compact(order)
    notify { $0.slotsMoved(newSlots) }
    return newSlots
  }
}

/// What a poll has done so far, by port.
private struct ChangeRecord {
  private struct Port {
    var written: [UInt32] = []
    var seen = RowBits()
    var added = 0
  }

  private let table: TableCore
  private var ports: [Int: Port] = [:]
  /// Whether rows that were written may not be there any more.
  var someHaveGone = false
  private var removedKeys: [(key: UInt64, value: CellValue)] = []

  init(table: TableCore) { self.table = table }

  mutating func note(_ changed: [UInt32], _ added: [UInt32], _ port: Int) {
    guard !changed.isEmpty || !added.isEmpty || ports[port] == nil else { return }
    var record = ports.removeValue(forKey: port) ?? Port()
    for slot in changed where record.seen.insert(slot) { record.written.append(slot) }
    for slot in added where record.seen.insert(slot) { record.written.append(slot) }
    record.added += added.count
    ports[port] = record
  }

  /// Notes new rows that stand one behind the other.
  mutating func note(_ added: [UInt32], _ slots: Range<Int>, _ port: Int) {
    var record = ports.removeValue(forKey: port) ?? Port()
    record.written.append(contentsOf: added)
    record.seen.insert(slots)
    record.added += added.count
    ports[port] = record
  }

  /// - Parameters:
  ///   - slots: Rows that are still there.
  ///   - any: Whether somebody is to be told even when there are none.
  mutating func note(removed slots: [UInt32], any: Bool) {
    if any, ports[0] == nil { ports[0] = Port() }
    someHaveGone = true
    guard table.tracksRemovedKeys, let index = table.indexColumn else { return }
    let column = table.columns[index]
    for slot in slots { removedKeys.append((column.sortKey(slot), column.cell(slot))) }
  }

  mutating func forgetWritten() { for port in ports.keys { ports[port] = Port() } }

  func finish(_ newSlots: [UInt32]?) -> [ChangeSet] {
    ports.sorted { $0.key < $1.key }.map { number, port in
      var written = port.written
      if let newSlots { written = written.compactMap { newSlots[Int($0)] == .max ? nil : newSlots[Int($0)] } }
      var changes = ChangeSet(port: number, written: someHaveGone ? written.filter(table.live.contains) : written)
      changes.addedCount = port.added
      if number == 0, !removedKeys.isEmpty, let index = table.indexColumn {
        let column = table.columns[index]
        let keys = removedKeys.sorted { $0.key < $1.key }.map(\.value)
        changes.removedKeys = BatchColumn(column.name, keys, kind: column.kind)
      }
      return changes
    }
  }
}
