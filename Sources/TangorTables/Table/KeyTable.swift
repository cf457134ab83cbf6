/// A map from 64-bit keys, each within a scope, to slots: open addressing in one block of memory, at most half full.
struct KeyTable {
  private struct Entry {
    var key: UInt64
    var scope: UInt32
    /// `.max` where there is no entry.
    var slot: UInt32
  }

  private var entries: [Entry]
  private var mask: Int
  private(set) var count = 0

  init(capacity: Int = 0) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    entries = [Entry](repeating: Entry(key: 0, scope: 0, slot: .max), count: size)
    mask = size - 1
  }

  private static func hash(_ key: UInt64, _ scope: UInt32) -> Int {
    let product = (key ^ 0x9E37_79B9_7F4A_7C15 &+ UInt64(scope) &* 0xC2B2_AE3D_27D4_EB4F).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return Int(truncatingIfNeeded: product.high ^ product.low)
  }

  /// The slot of a key; nil when it has none.
  subscript(key: UInt64, scope: UInt32 = 0) -> UInt32? {
    var index = Self.hash(key, scope) & mask
    while entries[index].slot != .max {
      if entries[index].key == key, entries[index].scope == scope { return entries[index].slot }
      index = (index + 1) & mask
    }
    return nil
  }

  /// The slot of a key, made by `make` when it has none.
  mutating func slot(of key: UInt64, scope: UInt32 = 0, make: () -> UInt32) -> UInt32 {
    if (count + 1) * 2 > entries.count { resize(to: entries.count * 2) }
    var index = Self.hash(key, scope) & mask
    while entries[index].slot != .max {
      if entries[index].key == key, entries[index].scope == scope { return entries[index].slot }
      index = (index + 1) & mask
    }
    let slot = make()
    assert(slot != .max)
    entries[index] = Entry(key: key, scope: scope, slot: slot)
    count += 1
    return slot
  }

  /// Makes room for so many keys in all.
  mutating func reserve(_ keys: Int) {
    var size = entries.count
    while size < keys * 2 { size *= 2 }
    if size > entries.count { resize(to: size) }
  }

  mutating func set(_ key: UInt64, scope: UInt32 = 0, to slot: UInt32) {
    if (count + 1) * 2 > entries.count { resize(to: entries.count * 2) }
    var index = Self.hash(key, scope) & mask
    while entries[index].slot != .max {
      if entries[index].key == key, entries[index].scope == scope {
        entries[index].slot = slot
        return
      }
      index = (index + 1) & mask
    }
    entries[index] = Entry(key: key, scope: scope, slot: slot)
    count += 1
  }

  mutating func remove(_ key: UInt64, scope: UInt32 = 0) {
    var index = Self.hash(key, scope) & mask
    while true {
      if entries[index].slot == .max { return }
      if entries[index].key == key, entries[index].scope == scope { break }
      index = (index + 1) & mask
    }
    // Entries behind it that could not stand at their own place move up, so that no probe ends too early.
    var next = (index + 1) & mask
    while entries[next].slot != .max {
      let home = Self.hash(entries[next].key, entries[next].scope) & mask
      if (next - home) & mask >= (next - index) & mask {
        entries[index] = entries[next]
        index = next
      }
      next = (next + 1) & mask
    }
    entries[index].slot = .max
    count -= 1
    if entries.count > 1024, count * 8 < entries.count { resize(to: entries.count / 2) }
  }

  private mutating func resize(to size: Int) {
    let old = entries
    entries = [Entry](repeating: Entry(key: 0, scope: 0, slot: .max), count: size)
    mask = size - 1
    for entry in old where entry.slot != .max {
      var index = Self.hash(entry.key, entry.scope) & mask
      while entries[index].slot != .max { index = (index + 1) & mask }
      entries[index] = entry
    }
  }
}
