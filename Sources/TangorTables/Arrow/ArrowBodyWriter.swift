/// The body of one Arrow message, column after column.
struct ArrowBodyWriter {
  private(set) var bytes: [UInt8] = []
  /// For each column how many values it has, and how many of them are missing.
  private(set) var nodes: [(Int, Int)] = []
  /// Where each buffer begins, and how long it is.
  private(set) var buffers: [(Int, Int)] = []
  private let codec: (ArrowCodec, any ArrowCompression)?

  init(_ codec: (ArrowCodec, any ArrowCompression)?) { self.codec = codec }

  mutating func append<Value>(_ values: Vector<Value>, _ validity: Bitmap?) throws(TableError) {
    try appendNode(values.count, validity)
    try append(values)
  }

  mutating func append(booleans values: Vector<UInt8>, _ validity: Bitmap?) throws(TableError) {
    try appendNode(values.count, validity)
    try append(
      Vector<UInt8>(count: (values.count + 7) / 8) { memory in
        memory.initialize(repeating: 0)
        for row in 0..<values.count where values[row] != 0 { memory[row / 8] |= 1 << UInt8(row % 8) }
      })
  }

  /// Appends texts with 32-bit offsets; they must have room in these.
  mutating func append(_ texts: TextVector) throws(TableError) {
    try appendNode(texts.count, nil)
    let (first, end) = (texts.offsets[0], texts.offsets[texts.count])
    try append(texts.offsets.mapped { Int32(truncatingIfNeeded: $0 - first) })
    try append(texts.bytes.slice(Int(first)..<Int(end)))
  }

  private mutating func appendNode(_ count: Int, _ validity: Bitmap?) throws(TableError) {
    nodes.append((count, validity.map { count - $0.trueCount } ?? 0))
    guard let validity, validity.trueCount < count else { return buffers.append((bytes.count, 0)) }
    let words = validity.words
    try append(words.slice(0..<words.count).bytes.slice(0..<(count + 7) / 8))
  }

  private mutating func append<Value>(_ values: Vector<Value>) throws(TableError) {
    let start = bytes.count
    let failure = values.withUnsafeBufferPointer { values -> TableError? in
      do throws(TableError) { try append(UnsafeRawBufferPointer(values)) } catch { return error }
      return nil
    }
    if let failure { throw failure }
    buffers.append((start, bytes.count - start))
    // Every buffer begins at a multiple of 64 bytes, as processors like it best.
    bytes.append(contentsOf: repeatElement(0, count: -bytes.count & 63))
  }

  private mutating func append(_ raw: UnsafeRawBufferPointer) throws(TableError) {
    guard let codec, !raw.isEmpty else {
      bytes += raw
      return
    }
    let compressed = try codec.1.compress(raw, codec.0)
    // A length of -1 says that what follows is not compressed.
    let isWorthIt = compressed.count < raw.count
    withUnsafeBytes(of: Int64(isWorthIt ? raw.count : -1).littleEndian) { bytes += $0 }
    if isWorthIt { bytes += compressed } else { bytes += raw }
  }
}

extension Vector<UInt64> {
  fileprivate var bytes: Vector<UInt8> {
    rebound(to: UInt8.self, count: count * 8) ?? Vector<UInt8>([])
  }
}

/// The texts that rows have, each once in the order of their first occurrence, and for each row its text's place.
struct UsedTexts {
  let texts: TextVector
  let codes: Vector<Int32>

  init(_ codes: Vector<Int32>, _ texts: TextVector, rowCount: Int, _ validity: Bitmap?) {
    let first = FirstOccurrences(codes, limit: texts.count, used: texts.count, validity)
    // What was made for a result has its texts in this order already.
    let isReady = first.order.count == texts.count && first.isIdentity
    self.codes = isReady ? codes : first.positions(codes, validity)
    self.texts = isReady ? texts : texts.gathered(first.order.map { Int($0) })
  }

  init(_ texts: TextVector, rowCount: Int, _ validity: Bitmap?) {
    var index = TextIndex(texts)
    codes = Vector(count: rowCount) { memory in
      for row in 0..<rowCount { memory.initializeElement(at: row, to: validity?[row] ?? true ? index.code(of: row) : 0) }
    }
    self.texts = texts.gathered(index.order)
  }
}

/// Finds texts that have occurred before, by a table of their hashes.
private struct TextIndex {
  private let texts: TextVector
  /// Codes, or -1 where nothing stands.
  private var slots: [Int32]
  /// The first occurrence of each text.
  private(set) var order: [Int] = []

  init(_ texts: TextVector) {
    self.texts = texts
    slots = [Int32](repeating: -1, count: 64)
  }

  mutating func code(of row: Int) -> Int32 {
    if order.count * 2 >= slots.count { grow() }
    var slot = hash(row) & (slots.count - 1)
    while slots[slot] >= 0 {
      if isEqual(order[Int(slots[slot])], row) { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = Int32(truncatingIfNeeded: order.count)
    order.append(row)
    return slots[slot]
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for (code, row) in order.enumerated() {
      var slot = hash(row) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(truncatingIfNeeded: code)
    }
  }

  private func hash(_ row: Int) -> Int {
    texts.withBytes(row) { text in
      // Seeded for each process: nobody can choose texts that meet in one slot.
      var hasher = Hasher()
      hasher.combine(bytes: UnsafeRawBufferPointer(text))
      return hasher.finalize()
    }
  }

  private func isEqual(_ left: Int, _ right: Int) -> Bool {
    texts.withBytes(left) { left in texts.withBytes(right) { left.elementsEqual($0) } }
  }
}
