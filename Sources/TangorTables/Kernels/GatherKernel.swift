/// Takes cells of a column out, in any order, for a result.
struct GatherKernel: ColumnKernel {
  let column: ColumnStore
  let slots: [UInt32]
  let name: String
  /// Which of them to take; the others have no value then.
  let wanted: [Bool]?

  func run<Value: StoredValue>(_ values: UnsafeMutablePointer<Value>) -> BatchColumn {
    let taken = Vector<Value>(count: slots.count) { out in
      guard let out = out.baseAddress else { return }
      slots.withUnsafeBufferPointer { slots in for index in 0..<slots.count { out[index] = values[Int(slots[index])] } }
    }
    let validity = column.gatherValidity(slots, wanted)
    return BatchColumn(name, column.wrap(taken, validity), validity: validity)
  }
}

extension ColumnStore {
  /// The cells of slots, in their order.
  ///
  /// - Parameter wanted: For each slot whether to take it; nil for all. The others have no value in the result.
  package func gather(_ slots: [UInt32], where wanted: [Bool]? = nil) -> BatchColumn {
    var kernel = GatherKernel(column: self, slots: slots, name: name, wanted: wanted)
    return visit(&kernel)
  }

  fileprivate func gatherValidity(_ slots: [UInt32], _ wanted: [Bool]?) -> Bitmap? {
    var words = [UInt64](repeating: 0, count: (slots.count + 63) / 64)
    var count = 0
    for (row, slot) in slots.enumerated() {
      let bit = wanted?[row] == false ? 0 : validity.base[Int(slot >> 6)] >> UInt64(slot & 63) & 1
      words[row >> 6] |= bit << UInt64(row & 63)
      count &+= Int(bit)
    }
    return count == slots.count ? nil : Bitmap(count: slots.count, words: words)
  }

  fileprivate func wrap<Value: StoredValue>(_ vector: Vector<Value>, _ validity: Bitmap?) -> BatchValues {
    // Each kind visits its own width: the casts below cannot fail.
    switch (kind, vector) {
    case (.int8, let vector as Vector<Int8>): .int8(vector)
    case (.int16, let vector as Vector<Int16>): .int16(vector)
    case (.int32, let vector as Vector<Int32>): .int32(vector)
    case (.int64, let vector as Vector<Int64>): .int64(vector)
    case (.uint8, let vector as Vector<UInt8>): .uint8(vector)
    case (.uint16, let vector as Vector<UInt16>): .uint16(vector)
    case (.uint32, let vector as Vector<UInt32>): .uint32(vector)
    case (.uint64, let vector as Vector<UInt64>): .uint64(vector)
    case (.float32, let vector as Vector<Float>): .float32(vector)
    case (.float64, let vector as Vector<Double>): .float64(vector)
    case (.boolean, let vector as Vector<UInt8>): .boolean(vector)
    case (.date, let vector as Vector<Int32>): .date(vector)
    case (.datetime, let vector as Vector<Int64>): .datetime(vector)
    case (.string, let vector as Vector<Int32>): texts(vector, validity)
    default: .null(vector.count)
    }
  }

  /// The texts of codes, as a dictionary of those that are there.
  func texts(_ codes: Vector<Int32>, _ validity: Bitmap?) -> BatchValues {
    guard let dictionary else { return .null(codes.count) }
    var found: [Int32] = []
    var positions = CodeMap(limit: dictionary.codeLimit, expected: codes.count)
    let out = Vector<Int32>(count: codes.count) { out in
      codes.withUnsafeBufferPointer { codes in
        for row in 0..<codes.count {
          guard validity?[row] != false else {
            out[row] = 0
            continue
          }
          out[row] = positions.position(of: codes[row], next: Int32(found.count)) {
            found.append(codes[row])
          }
        }
      }
    }
    var offsets: [Int64] = [0]
    var bytes: [UInt8] = []
    for code in found {
      bytes.append(contentsOf: dictionary.bytes(of: code))
      offsets.append(Int64(bytes.count))
    }
    return .dictionary(out, values: TextVector(offsets: Vector(offsets), bytes: Vector(bytes)))
  }
}

/// New positions for codes: an array where many of all codes may come, a hash table where few do.
private struct CodeMap {
  private var array: [Int32] = []
  private var table: [Int32: Int32] = [:]

  init(limit: Int, expected: Int) { if limit <= expected * 8 + 1024 { array = [Int32](repeating: -1, count: limit) } }

  mutating func position(of code: Int32, next: Int32, add: () -> Void) -> Int32 {
    if array.isEmpty {
      if let known = table[code] { return known }
      table[code] = next
    } else {
      if array[Int(code)] >= 0 { return array[Int(code)] }
      array[Int(code)] = next
    }
    add()
    return next
  }
}
