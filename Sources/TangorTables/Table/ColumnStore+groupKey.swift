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

  /// A column of the values that group keys stand for.
  func column(ofGroupKeys keys: [UInt64]) -> BatchColumn {
    guard kind == .string else { return BatchColumn(name, keys.map(value(ofGroupKey:)), kind: kind) }
    let codes = Vector<Int32>(count: keys.count) { out in
      for row in keys.indices { out[row] = keys[row] == 0 ? 0 : Int32(truncatingIfNeeded: keys[row] - 1) }
    }
    var words = [UInt64](repeating: 0, count: (keys.count + 63) / 64)
    for row in keys.indices where keys[row] > 0 { words[row >> 6] |= 1 << UInt64(row & 63) }
    let bitmap = Bitmap(count: keys.count, words: words)
    let validity = bitmap.trueCount == keys.count ? nil : bitmap
    return BatchColumn(name, texts(codes, validity), validity: validity)
  }
}
