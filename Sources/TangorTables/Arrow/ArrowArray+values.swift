extension ArrowArray {
  /// The values of an array that has no parts, as a column stores them. Fixed-width values stay where they are when they may.
  ///
  /// - Throws: ``TableError`` when buffers are cut off, places lie outside of their dictionary, or text is not UTF-8
  func values() throws(TableError) -> (BatchValues, Bitmap?) {
    if let dictionary { return try encoded(dictionary) }
    let name = field.name
    switch field.type {
    case .null: return (.null(count), nil)
    case .int(8, true): return (.int8(try buffers[0].values(Int8.self, count: count, of: name)), validity)
    case .int(16, true): return (.int16(try buffers[0].values(Int16.self, count: count, of: name)), validity)
    case .int(32, true): return (.int32(try buffers[0].values(Int32.self, count: count, of: name)), validity)
    case .int(_, true): return (.int64(try buffers[0].values(Int64.self, count: count, of: name)), validity)
    case .int(8, false): return (.uint8(try buffers[0].values(UInt8.self, count: count, of: name)), validity)
    case .int(16, false): return (.uint16(try buffers[0].values(UInt16.self, count: count, of: name)), validity)
    case .int(32, false), .time32: return (.uint32(try buffers[0].values(UInt32.self, count: count, of: name)), validity)
    case .int(_, false): return (.uint64(try buffers[0].values(UInt64.self, count: count, of: name)), validity)
    case .float32: return (.float32(try buffers[0].values(Float.self, count: count, of: name)), validity)
    case .float64: return (.float64(try buffers[0].values(Double.self, count: count, of: name)), validity)
    case .bool: return (.boolean(try booleans()), validity)
    case .utf8, .binary: return (.text(try texts(try offsets(Int32.self))), validity)
    case .largeUTF8: return (.text(try texts(try offsets(Int64.self))), validity)
    case .decimal128(let scale): return (.float64(try decimals(scale: scale)), validity)
    case .date32: return (.date(try buffers[0].values(Int32.self, count: count, of: name)), validity)
    case .date64:
      let moments = try buffers[0].values(Int64.self, count: count, of: name)
      return (.date(moments.mapped { Int32(clamping: floorDivide(Int($0), millisecondsPerDay).quotient) }), validity)
    case .timestamp(let unit): return (.datetime(try moments(unit)), validity)
    case .list, .largeList, .structure: throw .damagedArrow("column `\(name)` has parts where none can be")
    }
  }

  private func booleans() throws(TableError) -> Vector<UInt8> {
    guard buffers[0].count >= (count + 7) / 8 else { throw .damagedArrow("the values of column `\(field.name)` are cut off") }
    return Vector(count: count) { memory in
      buffers[0].withUnsafeBufferPointer { bits in
        for index in 0..<count { memory.initializeElement(at: index, to: bits[index / 8] >> UInt8(index % 8) & 1) }
      }
    }
  }

  private func moments(_ unit: ArrowTimeUnit) throws(TableError) -> Vector<Int64> {
    let values = try buffers[0].values(Int64.self, count: count, of: field.name)
    switch unit {
    case .second:
      return values.mapped { value in
        let (product, overflow) = value.multipliedReportingOverflow(by: 1000)
        return overflow ? (value < 0 ? .min : .max) : product
      }
    case .millisecond: return values
    case .microsecond: return values.mapped { Int64(floorDivide(Int($0), 1000).quotient) }
    case .nanosecond: return values.mapped { Int64(floorDivide(Int($0), 1_000_000).quotient) }
    }
  }

  private func decimals(scale: Int) throws(TableError) -> Vector<Double> {
    let halves = try buffers[0].values(UInt64.self, count: 2 * count, of: field.name)
    let power = (0..<min(scale.magnitude, 22)).reduce(1.0) { power, _ in power * 10 }
    return Vector(count: count) { memory in
      for index in 0..<count {
        let value = Int128(truncatingIfNeeded: UInt128(halves[2 * index]) | UInt128(halves[2 * index + 1]) << 64)
        let result: Double
        // Both operands are exact within these bounds, so the one rounding of the operation is the right one.
        if value.magnitude <= 1 << 53, scale.magnitude <= 22 {
          result = scale < 0 ? Double(value) * power : Double(value) / power
        } else {
          result = Double("\(value)e\(-scale)") ?? .nan
        }
        memory.initializeElement(at: index, to: result)
      }
    }
  }

  /// The offsets of texts or lists: one more than there are values, not decreasing, none negative.
  func offsets<Offset: FixedWidthInteger & BitwiseCopyable & Sendable>(_ type: Offset.Type) throws(TableError) -> Vector<Int64> {
    // Without values there may be no offsets either.
    if count == 0 { return Vector([0]) }
    let raw = try buffers[0].values(type, count: count + 1, of: field.name)
    var last = raw[0]
    var isOrdered = last >= 0
    raw.withUnsafeBufferPointer { raw in
      for offset in raw {
        isOrdered = isOrdered && offset >= last
        last = offset
      }
    }
    guard isOrdered else { throw .damagedArrow("the offsets of column `\(field.name)` are out of order") }
    return raw.mapped { Int64($0) }
  }

  private func texts(_ offsets: Vector<Int64>) throws(TableError) -> TextVector {
    let bytes = buffers[1]
    let (first, end) = (offsets[0], offsets[offsets.count - 1])
    guard end <= Int64(bytes.count) else { throw .damagedArrow("the text of column `\(field.name)` is cut off") }
    let isText = bytes.withUnsafeBufferPointer { bytes in
      // Valid as a whole, and cut where characters begin: then each of them is valid.
      UTF8Text.isValid(UnsafeBufferPointer(rebasing: bytes[Int(first)..<Int(end)]))
        && offsets.withUnsafeBufferPointer { $0.allSatisfy { $0 >= end || bytes[Int($0)] & 0xC0 != 0x80 } }
    }
    guard isText else { throw TableError("The text of Arrow column `\(field.name)` is not valid UTF-8.") }
    return TextVector(offsets: offsets, bytes: bytes)
  }

  // MARK: Dictionaries

  private func encoded(_ dictionary: ArrowDictionary) throws(TableError) -> (BatchValues, Bitmap?) {
    let codes = try codes(of: dictionary)
    guard dictionary.validity != nil || !dictionary.isText else {
      if case .text(let texts) = dictionary.values { return (.dictionary(codes, values: texts), validity) }
      return (dictionary.values, validity)
    }
    let places = codes.withUnsafeBufferPointer { codes in
      codes.enumerated().map { row, code in
        (validity?[row] ?? true) && (dictionary.validity?[Int(code)] ?? true) ? Int(code) : -1
      }
    }
    return (dictionary.values.gathered(places), Bitmap(places.map { $0 >= 0 }))
  }

  /// The places of the rows' values in the dictionary; 0 for rows that have none.
  private func codes(of dictionary: ArrowDictionary) throws(TableError) -> Vector<Int32> {
    let bound = min(dictionary.count, Int(Int32.max))
    func checked<Index: FixedWidthInteger & BitwiseCopyable & Sendable>(_ type: Index.Type) throws(TableError) -> Vector<Int32> {
      let raw = try buffers[0].values(type, count: count, of: field.name)
      let isWithin = raw.withUnsafeBufferPointer { raw in raw.allSatisfy { $0 >= 0 && $0 < bound } }
      if isWithin {
        if let same = raw as? Vector<Int32> { return same }
        return raw.mapped { Int32(truncatingIfNeeded: $0) }
      }
      // Rows without a value may hold any number.
      var isRight = validity != nil
      let codes = Vector<Int32>(count: count) { memory in
        for row in 0..<count {
          let code = raw[row]
          if validity?[row] ?? true, code < 0 || code >= bound { isRight = false }
          memory.initializeElement(at: row, to: code >= 0 && code < bound ? Int32(truncatingIfNeeded: code) : 0)
        }
      }
      guard isRight else { throw .damagedArrow("column `\(field.name)` points outside of its dictionary") }
      return codes
    }
    switch field.dictionary?.indices {
    case .int(8, true): return try checked(Int8.self)
    case .int(16, true): return try checked(Int16.self)
    case .int(32, true): return try checked(Int32.self)
    case .int(64, true): return try checked(Int64.self)
    case .int(8, false): return try checked(UInt8.self)
    case .int(16, false): return try checked(UInt16.self)
    case .int(32, false): return try checked(UInt32.self)
    case .int(64, false): return try checked(UInt64.self)
    default: throw .damagedArrow("the dictionary of column `\(field.name)` has no whole numbers for places")
    }
  }
}

extension ArrowDictionary {
  var isText: Bool { if case .text = values { true } else { false } }
}

extension Vector {
  func mapped<Result>(_ transform: (Element) -> Result) -> Vector<Result> {
    Vector<Result>(count: count) { memory in
      withUnsafeBufferPointer { source in
        for index in 0..<count { memory.initializeElement(at: index, to: transform(source[index])) }
      }
    }
  }
}
