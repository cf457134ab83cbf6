/// Cells on their way into a column: of the column's kind, texts as codes of its dictionary.
struct ColumnCells {
  /// One value for each row of the batch, of the column's own width; nil when no row has one.
  let values: ColumnValues?
  let validity: Bitmap?
  let presence: Bitmap?
}

/// The values of a batch's column, converted to the kind of the table's.
enum ColumnValues {
  case int8(Vector<Int8>)
  case int16(Vector<Int16>)
  /// Also days.
  case int32(Vector<Int32>)
  /// Also milliseconds.
  case int64(Vector<Int64>)
  /// Also booleans.
  case uint8(Vector<UInt8>)
  case uint16(Vector<UInt16>)
  case uint32(Vector<UInt32>)
  case uint64(Vector<UInt64>)
  case float32(Vector<Float>)
  case float64(Vector<Double>)
  case text(TextVector)
  case dictionary(Vector<Int32>, TextVector)
}

extension ColumnStore {
  /// Writes the rows of a batch.
  ///
  /// - Parameters:
  ///   - cells: Of the column's kind.
  ///   - slots: The slot of each row; `.max` for a row that is left out.
  func write(_ cells: ColumnCells, to slots: [UInt32]) {
    guard let values = cells.values else {
      for (row, slot) in slots.enumerated() where slot != .max && cells.presence?[row] != false { clear(slot) }
      return
    }
    switch values {
    case .int8(let vector): write(vector, cells, slots)
    case .int16(let vector): write(vector, cells, slots)
    case .int32(let vector): write(vector, cells, slots)
    case .int64(let vector): write(vector, cells, slots)
    case .uint8(let vector): write(vector, cells, slots)
    case .uint16(let vector): write(vector, cells, slots)
    case .uint32(let vector): write(vector, cells, slots)
    case .uint64(let vector): write(vector, cells, slots)
    case .float32(let vector): write(vector, cells, slots)
    case .float64(let vector): write(vector, cells, slots)
    case .text, .dictionary:
      guard let codes = intern(values, cells) else { return }
      writeCodes(codes, cells, slots)
    }
  }

  /// Writes the rows of a batch to slots that have no values, one behind the other.
  func append(_ cells: ColumnCells, to slots: Range<Int>) {
    guard let values = cells.values else { return }
    let isPlain = cells.presence == nil
    switch values {
    case .int8(let vector) where isPlain: append(vector, cells.validity, slots)
    case .int16(let vector) where isPlain: append(vector, cells.validity, slots)
    case .int32(let vector) where isPlain: append(vector, cells.validity, slots)
    case .int64(let vector) where isPlain: append(vector, cells.validity, slots)
    case .uint8(let vector) where isPlain: append(vector, cells.validity, slots)
    case .uint16(let vector) where isPlain: append(vector, cells.validity, slots)
    case .uint32(let vector) where isPlain: append(vector, cells.validity, slots)
    case .uint64(let vector) where isPlain: append(vector, cells.validity, slots)
    case .float32(let vector) where isPlain: append(vector, cells.validity, slots)
    case .float64(let vector) where isPlain: append(vector, cells.validity, slots)
    case .dictionary, .text:
      guard let dictionary, let codes = intern(values, cells) else { return }
      let target = self.values(Int32.self) + slots.lowerBound
      codes.withUnsafeBufferPointer { codes in
        for row in 0..<codes.count where codes[row] >= 0 {
          dictionary.retain(codes[row])
          target[row] = codes[row]
        }
      }
      setValid(slots) { codes[$0] >= 0 }
    default: write(cells, to: Array(UInt32(slots.lowerBound)..<UInt32(slots.upperBound)))
    }
  }

  private func append<Value: StoredValue>(_ vector: Vector<Value>, _ validity: Bitmap?, _ slots: Range<Int>) {
    let target = values(Value.self) + slots.lowerBound
    vector.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { target.update(from: base, count: source.count) }
    }
    if let validity { setValid(slots) { validity[$0] } } else { setValid(slots) }
  }

  private func setValid(_ slots: Range<Int>) {
    guard let last = slots.last else { return }
    for word in slots.lowerBound >> 6...last >> 6 {
      let head = word == slots.lowerBound >> 6 ? UInt64.max << UInt64(slots.lowerBound & 63) : .max
      let tail = word == last >> 6 ? UInt64.max >> UInt64(63 - last & 63) : .max
      validity.base[word] |= head & tail
    }
  }

  @inline(__always) private func setValid(_ slots: Range<Int>, where hasValue: (Int) -> Bool) {
    let validity = self.validity.base
    for slot in slots where hasValue(slot &- slots.lowerBound) { validity[slot >> 6] |= 1 << UInt64(slot & 63) }
  }

  private func write<Value: StoredValue>(_ vector: Vector<Value>, _ cells: ColumnCells, _ slots: [UInt32]) {
    let target = self.values(Value.self)
    vector.withUnsafeBufferPointer { source in
      if cells.validity == nil, cells.presence == nil {
        slots.withUnsafeBufferPointer { slots in
          let validity = self.validity.base
          for row in 0..<slots.count where slots[row] != .max {
            let slot = Int(slots[row])
            target[slot] = source[row]
            validity[slot >> 6] |= 1 << UInt64(slot & 63)
          }
        }
      } else {
        for (row, slot) in slots.enumerated() where slot != .max {
          if let presence = cells.presence, !presence[row] { continue }
          if let validity = cells.validity, !validity[row] {
            clear(slot)
          } else {
            target[Int(slot)] = source[row]
            setValid(slot)
          }
        }
      }
    }
  }

  private func writeCodes(_ codes: [Int32], _ cells: ColumnCells, _ slots: [UInt32]) {
    guard let dictionary else { return }
    let target = values(Int32.self)
    for (row, slot) in slots.enumerated() where slot != .max {
      if let presence = cells.presence, !presence[row] { continue }
      let code = codes[row]
      // Retained first: the text may be the one that the cell has.
      if code >= 0 { dictionary.retain(code) }
      if hasValue(slot) { dictionary.release(target[Int(slot)]) }
      if code >= 0 {
        target[Int(slot)] = code
        setValid(slot)
      } else {
        validityBitOff(slot)
      }
    }
  }

  /// The same where every row has a text.
  private func intern(_ codes: Vector<Int32>, _ texts: TextVector, _ dictionary: StringDictionary) -> [Int32] {
    var known = [Int32](repeating: -1, count: texts.count)
    return texts.bytes.withUnsafeBufferPointer { bytes in
      known.withUnsafeMutableBufferPointer { known in
        codes.withUnsafeBufferPointer { codes in
          [Int32](unsafeUninitializedCapacity: codes.count) { out, filled in
            let limit = UInt32(known.count)
            for row in 0..<codes.count {
              let place = UInt32(bitPattern: codes[row])
              guard place < limit else {
                out[row] = -1
                continue
              }
              if known[Int(place)] < 0 {
                let (start, end) = (Int(texts.offsets[Int(place)]), Int(texts.offsets[Int(place) + 1]))
                known[Int(place)] = dictionary.intern(UnsafeBufferPointer(rebasing: bytes[start..<end]))
              }
              out[row] = known[Int(place)]
            }
            filled = codes.count
          }
        }
      }
    }
  }

  /// The code of each row's text, -1 where there is none; nil for a column of another kind.
  func intern(_ values: ColumnValues, _ cells: ColumnCells) -> [Int32]? {
    guard let dictionary else { return nil }
    func has(_ row: Int) -> Bool { cells.validity?[row] != false && cells.presence?[row] != false }
    switch values {
    case .text(let texts):
      dictionary.expectGrowth(texts.count)
      return texts.bytes.withUnsafeBufferPointer { bytes in
        texts.offsets.withUnsafeBufferPointer { offsets in
          (0..<texts.count).map { row in
            has(row) ? dictionary.intern(UnsafeBufferPointer(rebasing: bytes[Int(offsets[row])..<Int(offsets[row + 1])])) : -1
          }
        }
      }
    case .dictionary(let codes, let texts):
      dictionary.expectGrowth(min(texts.count, codes.count))
      var known = [Int32](repeating: -1, count: texts.count)
      if cells.validity == nil, cells.presence == nil { return intern(codes, texts, dictionary) }
      return texts.bytes.withUnsafeBufferPointer { bytes in
        texts.offsets.withUnsafeBufferPointer { offsets in
          (0..<codes.count).map { row in
            guard has(row) else { return -1 }
            let code = Int(codes[row])
            guard code >= 0, code < known.count else { return -1 }
            if known[code] < 0 {
              known[code] = dictionary.intern(UnsafeBufferPointer(rebasing: bytes[Int(offsets[code])..<Int(offsets[code + 1])]))
            }
            return known[code]
          }
        }
      }
    default: return nil
    }
  }
}
