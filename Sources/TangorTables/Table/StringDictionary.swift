import Glibc

/// The different texts of a column, each stored once and known by a code.
///
/// Cells count their references; `reclaim()` gives codes that no cell uses to the next texts, and their bytes back. Once somebody asked
/// for the texts' order it is kept: each code has a label that orders as its text does, and a new text gets one between its neighbours',
/// so that comparing two texts of the column is comparing two numbers.
package final class StringDictionary {
  private struct Entry {
    var offset: Int
    var length: Int32
    var references: Int32
    var hash: UInt32
    /// Whether the code stands for a text.
    var isUsed: Bool
  }

  private let bytes = GrowableBuffer<UInt8>(capacity: 64)
  private var byteCount = 0
  private var garbage = 0
  private let entries = GrowableBuffer<Entry>(capacity: 16)
  /// Codes are below it.
  package private(set) var codeLimit = 0
  /// Different texts.
  package private(set) var count = 0
  private var freeCodes: [Int32] = []
  private var unused: [Int32] = []
  private var table = [Int32](repeating: -1, count: 32)
  private var order: SlotOrder?
  private let labels = GrowableBuffer<UInt64>(capacity: 1)

  package init() {}

  /// The bytes of a text, until the dictionary changes.
  func bytes(of code: Int32) -> UnsafeBufferPointer<UInt8> {
    assert(code >= 0 && Int(code) < codeLimit && entries[Int(code)].isUsed)
    let entry = entries.base[Int(code)]
    return UnsafeBufferPointer(start: bytes.base + entry.offset, count: Int(entry.length))
  }

  /// The texts of codes, in their order; nothing for codes that stand for no text.
  func texts(_ codes: some Collection<Int32>) -> TextVector {
    let entries = entries.base
    var size = 0
    let offsets = Vector<Int64>(count: codes.count + 1) { offsets in
      offsets[0] = 0
      for (index, code) in codes.enumerated() {
        size += entries[Int(code)].isUsed ? Int(entries[Int(code)].length) : 0
        offsets[index + 1] = Int64(size)
      }
    }
    let bytes = Vector<UInt8>(count: size) { out in
      guard let out = out.baseAddress else { return }
      var end = 0
      for code in codes where entries[Int(code)].isUsed {
        let length = Int(entries[Int(code)].length)
        (out + end).update(from: self.bytes.base + entries[Int(code)].offset, count: length)
        end += length
      }
    }
    return TextVector(offsets: offsets, bytes: bytes)
  }

  package func string(_ code: Int32) -> String { String(decoding: bytes(of: code), as: UTF8.self) }

  /// Whether a code stands for a text now.
  func isUsed(_ code: Int32) -> Bool { entries.base[Int(code)].isUsed }

  /// The code of a text; nil when no cell has had it lately.
  package func code(of text: String) -> Int32? {
    var text = text
    return text.withUTF8 { find($0, hash: Self.hash($0)).code }
  }

  /// The code of a text, which gets one if it has none. Nothing refers to it until `retain`.
  func intern(_ text: UnsafeBufferPointer<UInt8>) -> Int32 {
    let hash = Self.hash(text)
    let found = find(text, hash: hash)
    if let code = found.code { return code }
    let code: Int32
    if let free = freeCodes.popLast() {
      code = free
    } else {
      code = Int32(codeLimit)
      codeLimit += 1
      entries.reserve(codeLimit)
    }
    bytes.reserve(byteCount + text.count)
    if let start = text.baseAddress { (bytes.base + byteCount).update(from: start, count: text.count) }
    entries.base[Int(code)] = Entry(offset: byteCount, length: Int32(text.count), references: 0, hash: hash, isUsed: true)
    byteCount += text.count
    count += 1
    table[found.position] = code
    unused.append(code)
    if count * 2 > table.count { rehash(to: table.count * 2) }
    if order != nil { putInOrder(code) }
    return code
  }

  func intern(_ text: String) -> Int32 {
    var text = text
    return text.withUTF8 { intern($0) }
  }

  @inline(__always) func retain(_ code: Int32) { entries.base[Int(code)].references &+= 1 }

  @inline(__always) func release(_ code: Int32) {
    let entry = entries.base + Int(code)
    entry.pointee.references &-= 1
    assert(entry.pointee.references >= 0)
    if entry.pointee.references == 0 { unused.append(code) }
  }

  /// Frees the codes that no cell refers to.
  func reclaim() {
    guard !unused.isEmpty else { return }
    for code in unused where entries[Int(code)].isUsed && entries[Int(code)].references == 0 {
      forget(code)
    }
    unused.removeAll(keepingCapacity: unused.count < 4096)
    if garbage > 4096, garbage * 2 > byteCount { compact() }
    if table.count > 1024, count * 8 < table.count { rehash(to: table.count / 2) }
  }

  // MARK: Order

  /// A number above 0 that orders among those of the other codes as the texts do, byte by byte.
  func label(_ code: Int32) -> UInt64 {
    if order == nil { establishOrder() }
    return labels.base[Int(code)]
  }

  /// Prepares `label`, and returns the labels by code.
  func orderedLabels() -> UnsafePointer<UInt64> {
    if order == nil { establishOrder() }
    return UnsafePointer(labels.base)
  }

  /// The codes that stand for texts, in the texts' order.
  func codesInOrder() -> [UInt32] {
    if order == nil { establishOrder() }
    return order.map { $0.slots(0..<$0.count) } ?? []
  }

  /// Forgets the order, before so many texts come that establishing it anew is cheaper than keeping it.
  func expectGrowth(_ texts: Int) {
    if texts > 64, texts * 4 > count { order = nil }
  }

  /// Below 0, 0 or above 0, as the first text is before, equal to or behind the second.
  static func compare(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Int {
    let common = min(one.count, other.count)
    if common > 0, let first = one.baseAddress, let second = other.baseAddress {
      let difference = memcmp(first, second, common)
      if difference != 0 { return Int(difference) }
    }
    return one.count - other.count
  }

  private func establishOrder() {
    let codes = (0..<Int32(codeLimit)).filter { entries[Int($0)].isUsed }
    let sorted = TextSort.sorted(codes) { self.bytes(of: $0) }
    order = SlotOrder(sorted.map { UInt32(bitPattern: $0) })
    spreadLabels()
  }

  private func spreadLabels() {
    guard let order else { return }
    labels.reserve(max(codeLimit, 1))
    let step = (UInt64(1) << 62) / UInt64(order.count + 1)
    var label: UInt64 = 1 << 61
    for code in order.slots(0..<order.count) {
      labels[Int(code)] = label
      label += step
    }
  }

  private func putInOrder(_ code: Int32) {
    guard let order else { return }
    labels.reserve(codeLimit)
    let text = bytes(of: code)
    var below: UInt64 = 1
    var above: UInt64 = 1 << 63
    order.insert(UInt32(bitPattern: code)) { other in
      let label = labels.base[Int(other)]
      let precedes = Self.compare(bytes(of: Int32(bitPattern: other)), text) < 0
      if precedes { below = max(below, label) } else { above = min(above, label) }
      return precedes
    }
    let gap = above - below
    guard gap > 1 else { return spreadLabels() }
    let step = min(gap / 2, 1 << 32)
    // A text behind all others, or before them, leaves room for more on its side.
    labels[Int(code)] = above == 1 << 63 ? below + step : below == 1 ? above - step : below + gap / 2
  }

  // MARK: Storage

  private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var state = UInt64(truncatingIfNeeded: text.count) ^ 0x9E37_79B9_7F4A_7C15
    let raw = UnsafeRawBufferPointer(text)
    var index = 0
    while index + 8 <= raw.count {
      state = mix(state ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index += 8
    }
    var rest: UInt64 = 0
    while index < raw.count {
      rest = rest << 8 | UInt64(raw[index])
      index += 1
    }
    state = mix(state ^ rest)
    return UInt32(truncatingIfNeeded: state ^ state >> 32)
  }

  @inline(__always) private static func mix(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return product.high ^ product.low
  }

  private func find(_ text: UnsafeBufferPointer<UInt8>, hash: UInt32) -> (code: Int32?, position: Int) {
    let mask = table.count - 1
    var position = Int(hash) & mask
    while table[position] >= 0 {
      let code = table[position]
      if entries.base[Int(code)].hash == hash, Self.compare(bytes(of: code), text) == 0 { return (code, position) }
      position = (position + 1) & mask
    }
    return (nil, position)
  }

  private func rehash(to size: Int) {
    table = [Int32](repeating: -1, count: size)
    let mask = size - 1
    for code in 0..<Int32(codeLimit) where entries[Int(code)].isUsed {
      var position = Int(entries[Int(code)].hash) & mask
      while table[position] >= 0 { position = (position + 1) & mask }
      table[position] = code
    }
  }

  private func forget(_ code: Int32) {
    let mask = table.count - 1
    var position = Int(entries[Int(code)].hash) & mask
    while table[position] != code { position = (position + 1) & mask }
    var next = (position + 1) & mask
    while table[next] >= 0 {
      let home = Int(entries[Int(table[next])].hash) & mask
      if (next - home) & mask >= (next - position) & mask {
        table[position] = table[next]
        position = next
      }
      next = (next + 1) & mask
    }
    table[position] = -1
    order?.remove(UInt32(bitPattern: code))
    garbage += Int(entries[Int(code)].length)
    entries[Int(code)].isUsed = false
    freeCodes.append(code)
    count -= 1
    if count == 0 { reset() }
  }

  private func reset() {
    codeLimit = 0
    freeCodes = []
    order = nil
    byteCount = 0
    garbage = 0
    entries.shrink(to: 16)
    labels.shrink(to: 1)
    bytes.shrink(to: 64)
    table = [Int32](repeating: -1, count: 32)
  }

  private func compact() {
    let used = (0..<codeLimit).filter { entries[$0].isUsed }.sorted { entries[$0].offset < entries[$1].offset }
    var end = 0
    for code in used {
      let length = Int(entries[code].length)
      memmove(bytes.base + end, bytes.base + entries[code].offset, length)
      entries[code].offset = end
      end += length
    }
    byteCount = end
    garbage = 0
    bytes.shrink(to: end + end / 4 + 64)
  }
}
