extension Batch {
  /// Batches of the same columns as one.
  ///
  /// - Parameter batches: at least one; their columns have the same names and kinds in the same order
  package static func joined(_ batches: [Batch]) -> Batch {
    precondition(!batches.isEmpty)
    if batches.count == 1 { return batches[0] }
    let rowCount = batches.reduce(0) { $0 + $1.rowCount }
    let columns = batches[0].columns.indices.map { index in
      let parts = batches.map { $0.columns[index] }
      let counts = batches.map(\.rowCount)
      return BatchColumn(
        parts[0].name, BatchValues.joined(parts.map(\.values)), validity: Bitmap.joined(parts.map(\.validity), counts: counts),
        presence: Bitmap.joined(parts.map(\.presence), counts: counts))
    }
    return Batch(rowCount: rowCount, columns: columns)
  }
}

extension Batch {
  /// Whether it has the same columns of the same kinds in the same order.
  func hasColumns(of other: Batch) -> Bool {
    columns.count == other.columns.count && zip(columns, other.columns).allSatisfy { $0.name == $1.name && $0.values.isAs($1.values) }
  }
}

extension BatchValues {
  /// Whether both hold values of one kind.
  fileprivate func isAs(_ other: BatchValues) -> Bool {
    switch (self, other) {
    case (.int8, .int8), (.int16, .int16), (.int32, .int32), (.int64, .int64), (.uint8, .uint8), (.uint16, .uint16), (.uint32, .uint32),
      (.uint64, .uint64), (.float32, .float32), (.float64, .float64), (.boolean, .boolean), (.date, .date), (.datetime, .datetime),
      (.text, .text):
      true
    default: false
    }
  }
}

extension Bitmap {
  /// Bitmaps one behind the other, nil standing for one of ones alone; nil when all are.
  static func joined(_ parts: [Bitmap?], counts: [Int]) -> Bitmap? {
    guard parts.contains(where: { $0 != nil }) else { return nil }
    let count = counts.reduce(0, +)
    var words = [UInt64](repeating: 0, count: count / 64 + 1)
    var start = 0
    for (part, count) in zip(parts, counts) {
      for index in 0..<((count + 63) / 64) {
        var word = part?.words[index] ?? .max
        let rest = count - index * 64
        if rest < 64 { word &= (1 << UInt64(rest)) - 1 }
        let (place, shift) = ((start + index * 64) / 64, UInt64((start + index * 64) % 64))
        words[place] |= word << shift
        if shift > 0, word >> (64 - shift) != 0 { words[place + 1] |= word >> (64 - shift) }
      }
      start += count
    }
    return Bitmap(count: count, words: words)
  }

  /// Where both are 1; nil stands for a bitmap of ones alone.
  static func both(_ left: Bitmap?, _ right: Bitmap?) -> Bitmap? {
    guard let left, let right else { return left ?? right }
    return Bitmap(count: left.count, words: (0..<left.words.count).map { left.words[$0] & right.words[$0] })
  }
}

extension BatchValues {
  /// Values one behind the other. All parts have the same kind.
  static func joined(_ parts: [BatchValues]) -> BatchValues {
    func all<Element>(_ part: (BatchValues) -> Vector<Element>?) -> Vector<Element> { .joined(parts.compactMap(part)) }
    switch parts.first {
    case nil: return .null(0)
    case .int8: return .int8(all { if case .int8(let values) = $0 { values } else { nil } })
    case .int16: return .int16(all { if case .int16(let values) = $0 { values } else { nil } })
    case .int32: return .int32(all { if case .int32(let values) = $0 { values } else { nil } })
    case .int64: return .int64(all { if case .int64(let values) = $0 { values } else { nil } })
    case .uint8: return .uint8(all { if case .uint8(let values) = $0 { values } else { nil } })
    case .uint16: return .uint16(all { if case .uint16(let values) = $0 { values } else { nil } })
    case .uint32: return .uint32(all { if case .uint32(let values) = $0 { values } else { nil } })
    case .uint64: return .uint64(all { if case .uint64(let values) = $0 { values } else { nil } })
    case .float32: return .float32(all { if case .float32(let values) = $0 { values } else { nil } })
    case .float64: return .float64(all { if case .float64(let values) = $0 { values } else { nil } })
    case .boolean: return .boolean(all { if case .boolean(let values) = $0 { values } else { nil } })
    case .date: return .date(all { if case .date(let values) = $0 { values } else { nil } })
    case .datetime: return .datetime(all { if case .datetime(let values) = $0 { values } else { nil } })
    case .null: return .null(parts.reduce(0) { $0 + $1.count })
    case .text, .dictionary: return joinedTexts(parts)
    }
  }

  private static func joinedTexts(_ parts: [BatchValues]) -> BatchValues {
    if parts.allSatisfy({ if case .text = $0 { true } else { false } }) {
      return .text(.joined(parts.compactMap { if case .text(let texts) = $0 { texts } else { nil } }))
    }
    // The dictionaries stand one behind the other, each of them once.
    var dictionaries: [(texts: TextVector, base: Int)] = []
    var next = 0
    var codes: [Int32] = []
    for part in parts {
      let (places, texts): (Vector<Int32>, TextVector) =
        switch part {
        case .dictionary(let codes, let texts): (codes, texts)
        case .text(let texts): (Vector((0..<texts.count).map { Int32(truncatingIfNeeded: $0) }), texts)
        default: (Vector([]), TextVector([String]()))
        }
      let base: Int
      if let known = dictionaries.first(where: { $0.texts.isSame(as: texts) }) {
        base = known.base
      } else {
        base = next
        dictionaries.append((texts, base))
        next += texts.count
      }
      places.withUnsafeBufferPointer { places in codes.append(contentsOf: places.lazy.map { $0 &+ Int32(truncatingIfNeeded: base) }) }
    }
    let texts = TextVector.joined(dictionaries.map(\.texts))
    if next > Int(Int32.max) { return .text(.joined(parts.map(\.decoded))) }
    return .dictionary(Vector(codes), values: texts)
  }

  /// A text for each row.
  private var decoded: TextVector {
    switch self {
    case .text(let texts): return texts
    case .dictionary(let codes, let texts):
      return texts.gathered(codes.withUnsafeBufferPointer { $0.map { texts.count > Int($0) ? Int($0) : -1 } })
    default: return TextVector([String]())
    }
  }
}

extension Vector {
  static func joined(_ parts: [Vector]) -> Vector {
    Vector(count: parts.reduce(0) { $0 + $1.count }) { memory in
      var place = 0
      for part in parts {
        part.withUnsafeBufferPointer { _ = memory[place...].initialize(fromContentsOf: $0) }
        place += part.count
      }
    }
  }
}

extension TextVector {
  /// Whether both are the same memory.
  func isSame(as other: TextVector) -> Bool {
    offsets.count == other.offsets.count
      && offsets.withUnsafeBufferPointer { left in other.offsets.withUnsafeBufferPointer { left.baseAddress == $0.baseAddress } }
  }

  static func joined(_ parts: [TextVector]) -> TextVector {
    if parts.count == 1 { return parts[0] }
    let offsets = Vector<Int64>(count: parts.reduce(1) { $0 + $1.count }) { memory in
      memory.initializeElement(at: 0, to: 0)
      var (place, base) = (1, Int64(0))
      for part in parts {
        let first = part.offsets[0]
        for index in 1..<part.offsets.count {
          memory.initializeElement(at: place, to: base + part.offsets[index] - first)
          place += 1
        }
        base += part.offsets[part.offsets.count - 1] - first
      }
    }
    let used = parts.map { $0.bytes.slice(Int($0.offsets[0])..<Int($0.offsets[$0.offsets.count - 1])) }
    return TextVector(offsets: offsets, bytes: .joined(used))
  }
}
