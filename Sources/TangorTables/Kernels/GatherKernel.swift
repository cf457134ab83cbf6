/// Takes cells of columns out for a result; on several threads where there are many.
struct GatherKernel {
  /// Where the values of one column come from and go to, by their width alone.
  private struct Copy {
    let width: Int
    let source: UnsafeRawPointer
    let target: UnsafeMutableRawPointer

    /// The values of slots that follow each other.
    func copy(first slot: Int, _ count: Int, to row: Int) {
      (target + row * width).copyMemory(from: source + slot * width, byteCount: count * width)
    }

    func copy(_ slots: UnsafePointer<UInt32>, _ count: Int, to row: Int) {
      switch width {
      case 1: copy(slots, count, row, UInt8.self)
      case 2: copy(slots, count, row, UInt16.self)
      case 4: copy(slots, count, row, UInt32.self)
      default: copy(slots, count, row, UInt64.self)
      }
    }

    @inline(__always) private func copy<Word: BitwiseCopyable>(
      _ slots: UnsafePointer<UInt32>, _ count: Int, _ row: Int, _: Word.Type
    ) {
      let width = MemoryLayout<Word>.stride
      let target = target + row &* width
      for index in 0..<count {
        let word = source.load(fromByteOffset: Int(slots[index]) &* width, as: Word.self)
        target.storeBytes(of: word, toByteOffset: index &* width, as: Word.self)
      }
    }
  }

  private let columns: [ColumnStore]
  private let blocks: [MemoryBlock]
  private let copies: [Copy]
  private let count: Int

  private init(_ columns: [ColumnStore], count: Int) {
    self.columns = columns
    self.count = count
    let blocks = columns.map { MemoryBlock(byteCount: $0.kind.width * count, alignment: 16) }
    copies = zip(columns, blocks).map { column, block in
      Copy(width: column.kind.width, source: column.bytes, target: UnsafeMutableRawPointer(block.address(of: UInt8.self)))
    }
    self.blocks = blocks
  }

  /// The cells of rows, in the order in which they are given.
  ///
  /// - Parameter wanted: For each row whether to take it; nil for all. The others have no value in the result.
  static func gather(_ columns: [ColumnStore], _ rows: RowSelection, where wanted: [Bool]? = nil) -> [BatchColumn] {
    let kernel = GatherKernel(columns, count: rows.count)
    let parts = RowParts(rows.count, parts: Parallelism.current.parts(rows.count))
    rows.withSlots { slots in
      forEachPart(parts.parts) { part in
        let part = parts[part]
        // Column by column: in the order of a sort, one of them may fit into a cache and all do not.
        for copy in kernel.copies {
          if let slots {
            copy.copy(slots + part.lowerBound, part.count, to: part.lowerBound)
          } else {
            copy.copy(first: part.lowerBound, part.count, to: part.lowerBound)
          }
        }
      }
    }
    return kernel.finish { $0.gatherValidity(rows, wanted) }
  }

  /// The cells of all rows of a set, ascending.
  static func gather(_ columns: [ColumnStore], _ rows: RowBits) -> [BatchColumn] {
    let kernel = GatherKernel(columns, count: rows.count)
    rows.words.withUnsafeBufferPointer { words in
      let parts = RowParts(words.count, parts: Parallelism.current.parts(rows.count), granularity: 1)
      let starts = rows.starts(parts)
      forEachPart(parts.parts) { kernel.copy(words, parts[$0], to: starts[$0]) }
    }
    var listed: RowSelection?
    return kernel.finish { column in
      if rows.count > column.knownSlots >> 6, column.isFull(0..<column.knownSlots) { return nil }
      let selection = listed ?? RowSelection(rows.slots())
      listed = selection
      return column.gatherValidity(selection, nil)
    }
  }

  /// Copies the rows of some words: a few rows of all columns at a time, whose slots stay in the processor's cache.
  private func copy(_ words: UnsafeBufferPointer<UInt64>, _ part: Range<Int>, to start: Int) {
    let limit = KeyFill.chunk
    BitPositions.with { positions in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: limit + 64 + BitPositions.excess) { scratch in
        guard let slots = scratch.baseAddress else { return }
        var (row, found) = (start, 0)
        func flush() {
          guard found > 0 else { return }
          let first = Int(slots[0])
          let isRun = Int(slots[found - 1]) - first == found - 1
          for copy in copies { if isRun { copy.copy(first: first, found, to: row) } else { copy.copy(slots, found, to: row) } }
          row += found
          found = 0
        }
        for index in part where words[index] != 0 {
          found &+= positions.write(words[index], base: index &* 64, slots + found)
          if found >= limit { flush() }
        }
        flush()
      }
    }
  }

  private func finish(_ validity: (ColumnStore) -> Bitmap?) -> [BatchColumn] {
    zip(columns, blocks).map { column, block in
      let validity = validity(column)
      return BatchColumn(column.name, column.wrap(block, count, validity), validity: validity)
    }
  }
}

extension ColumnStore {
  /// The cells of slots, in their order.
  ///
  /// - Parameter wanted: For each slot whether to take it; nil for all. The others have no value in the result.
  package func gather(_ slots: [UInt32], where wanted: [Bool]? = nil) -> BatchColumn {
    GatherKernel.gather([self], RowSelection(slots), where: wanted)[0]
  }

  fileprivate func gatherValidity(_ rows: RowSelection, _ wanted: [Bool]?) -> Bitmap? {
    // To look at all rows is worth it for many, and not for a page of a large table.
    if wanted == nil, rows.count > knownSlots >> 6, rows.slots == nil ? isFull(0..<rows.count) : isFull(0..<knownSlots) { return nil }
    let parts = RowParts(rows.count, parts: Parallelism.current.parts(rows.count))
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

  /// Values of the column's width as those of a batch.
  fileprivate func wrap(_ block: MemoryBlock, _ count: Int, _ validity: Bitmap?) -> BatchValues {
    func vector<Value>(_: Value.Type = Value.self) -> Vector<Value> {
      Vector(UnsafeBufferPointer(start: block.address(of: Value.self), count: count), of: block)
    }
    return switch kind {
    case .int8: .int8(vector())
    case .int16: .int16(vector())
    case .int32: .int32(vector())
    case .int64: .int64(vector())
    case .uint8: .uint8(vector())
    case .uint16: .uint16(vector())
    case .uint32: .uint32(vector())
    case .uint64: .uint64(vector())
    case .float32: .float32(vector())
    case .float64: .float64(vector())
    case .boolean: .boolean(vector())
    case .date: .date(vector())
    case .datetime: .datetime(vector())
    case .string: texts(vector(), validity)
    }
  }

  /// The texts of codes, as a dictionary: of all the column's texts where there are many more rows than those, else of the rows' own.
  func texts(_ codes: Vector<Int32>, _ validity: Bitmap?) -> BatchValues {
    guard let dictionary else { return .null(codes.count) }
    if validity == nil, codes.count / 16 >= dictionary.codeLimit {
      return .dictionary(codes, values: dictionary.texts(0..<Int32(dictionary.codeLimit)))
    }
    let first = FirstOccurrences(codes, limit: dictionary.codeLimit, used: dictionary.count, validity)
    return .dictionary(first.positions(codes, validity), values: dictionary.texts(first.order))
  }
}
