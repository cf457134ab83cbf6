/// Takes cells of a column out, in any order, for a result; on several threads where there are many.
struct GatherKernel: ColumnKernel {
  let column: ColumnStore
  let rows: RowSelection
  let name: String
  /// Which of them to take; the others have no value then.
  let wanted: [Bool]?

  func run<Value: StoredValue>(_ values: UnsafeMutablePointer<Value>) -> BatchColumn {
    let parts = RowParts(rows.count, parts: Parallelism.current.parts(rows.count))
    let taken = Vector<Value>(count: rows.count) { out in
      guard let out = out.baseAddress else { return }
      rows.withSlots { slots in
        forEachPart(parts.parts) { part in
          let part = parts[part]
          if let slots {
            for row in part { out[row] = values[Int(slots[row])] }
          } else {
            (out + part.lowerBound).update(from: values + part.lowerBound, count: part.count)
          }
        }
      }
    }
    let validity = column.gatherValidity(rows, parts, wanted)
    return BatchColumn(name, column.wrap(taken, validity), validity: validity)
  }
}

extension ColumnStore {
  /// The cells of slots, in their order.
  ///
  /// - Parameter wanted: For each slot whether to take it; nil for all. The others have no value in the result.
  package func gather(_ slots: [UInt32], where wanted: [Bool]? = nil) -> BatchColumn { gather(RowSelection(slots), where: wanted) }

  /// The cells of rows, in the order in which they are given.
  func gather(_ rows: RowSelection, where wanted: [Bool]? = nil) -> BatchColumn {
    var kernel = GatherKernel(column: self, rows: rows, name: name, wanted: wanted)
    return visit(&kernel)
  }

  fileprivate func gatherValidity(_ rows: RowSelection, _ parts: RowParts, _ wanted: [Bool]?) -> Bitmap? {
    // To look at all rows is worth it for many, and not for a page of a large table.
    if wanted == nil, rows.count > knownSlots >> 6, rows.slots == nil ? isFull(0..<rows.count) : isFull(0..<knownSlots) { return nil }
    var words = [UInt64](repeating: 0, count: (rows.count + 63) / 64)
    let validity = self.validity.base
    words.withUnsafeMutableBufferPointer { words in
      guard let words = words.baseAddress else { return }
      rows.withSlots { slots in
        forEachPart(parts.parts) { part in
          for row in parts[part] {
            let slot = slots.map { Int($0[row]) } ?? row
            let bit = wanted?[row] == false ? 0 : validity[slot >> 6] >> UInt64(slot & 63) & 1
            words[row >> 6] |= bit << UInt64(row & 63)
          }
        }
      }
    }
    let bitmap = Bitmap(count: rows.count, words: words)
    return bitmap.trueCount == rows.count ? nil : bitmap
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
    let first = FirstOccurrences(codes, limit: dictionary.codeLimit, used: dictionary.count, validity)
    let found = first.order
    let out = first.positions(codes, validity)
    var offsets: [Int64] = [0]
    var bytes: [UInt8] = []
    for code in found {
      bytes.append(contentsOf: dictionary.bytes(of: code))
      offsets.append(Int64(bytes.count))
    }
    return .dictionary(out, values: TextVector(offsets: Vector(offsets), bytes: Vector(bytes)))
  }
}
