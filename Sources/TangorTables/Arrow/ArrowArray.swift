/// Values as an Arrow message holds them: checked against their buffers, not yet looked at.
struct ArrowArray {
  var field: ArrowField
  var count: Int
  /// Which values there are; nil when all are.
  var validity: Bitmap?
  /// Without the one of validity: offsets and bytes of texts, offsets of lists, or the values.
  var buffers: [Vector<UInt8>]
  var children: [ArrowArray] = []
  /// The values that the places stand for, where they are encoded so.
  var dictionary: ArrowDictionary?
}

/// The values of a dictionary.
struct ArrowDictionary {
  var values: BatchValues
  var validity: Bitmap?
  var count: Int
}

/// Bounds within which Arrow data is read.
package struct ArrowLimits: Sendable {
  /// How many rows the data may have, its lists flattened. Default 1,000,000,000.
  package var maximumRows: Int
  /// Bytes that all compressed buffers together may become, and the lists of a column as text. Default 4 GiB.
  package var maximumDecompressedBytes: Int

  package init(maximumRows: Int = 1_000_000_000, maximumDecompressedBytes: Int = 4 << 30) {
    (self.maximumRows, self.maximumDecompressedBytes) = (maximumRows, maximumDecompressedBytes)
  }
}

/// Takes the arrays out of one message's body, in the order of the schema.
struct ArrowBody {
  private let bytes: Vector<UInt8>
  private let nodes: [[Int64]]
  private let buffers: [[Int64]]
  private let codec: ArrowCodec?
  private let compression: (any ArrowCompression)?
  private let limits: ArrowLimits
  private var nextNode = 0
  private var nextBuffer = 0
  /// Bytes that compressed buffers have become, those of earlier messages with them.
  private(set) var decompressed: Int
  let rowCount: Int

  /// - Parameters:
  ///   - header: the message's `RecordBatch`
  ///   - bytes: the message's body
  ///   - decompressed: what the compressed buffers of earlier messages have become, in bytes
  init(
    _ header: FlatTable, _ bytes: Vector<UInt8>, compression: (any ArrowCompression)?, limits: ArrowLimits, decompressed: Int
  ) throws(TableError) {
    self.bytes = bytes
    self.decompressed = decompressed
    (self.compression, self.limits) = (compression, limits)
    nodes = try header.structures(1, words: 2)
    buffers = try header.structures(2, words: 2)
    let rows = try header.scalar(0, default: Int64(0))
    guard rows >= 0, rows <= Int64(limits.maximumRows) else { throw TableError("The Arrow data has more than \(limits.maximumRows) rows.") }
    rowCount = Int(rows)
    guard let table = try header.table(3) else {
      codec = nil
      return
    }
    guard let codec = try ArrowCodec(rawValue: table.scalar(0, default: 0)) else { throw .damagedArrow("its compression is unknown") }
    self.codec = codec
  }

  /// The next array.
  mutating func array(_ field: ArrowField, _ dictionaries: [Int64: ArrowDictionary]) throws(TableError) -> ArrowArray {
    guard nextNode < nodes.count else { throw .damagedArrow("a message has fewer columns than its schema") }
    let node = nodes[nextNode]
    nextNode += 1
    guard node[0] >= 0, node[0] <= Int64(limits.maximumRows) else { throw .damagedArrow("column `\(field.name)` has \(node[0]) values") }
    var array = ArrowArray(field: field, count: Int(node[0]), buffers: [])
    if let encoding = field.dictionary {
      guard let dictionary = dictionaries[encoding.id] else { throw .damagedArrow("the dictionary of column `\(field.name)` is missing") }
      array.dictionary = dictionary
      try takeValidity(&array, nullCount: node[1])
      array.buffers = [try buffer()]
      return array
    }
    if field.type == .null { return array }
    try takeValidity(&array, nullCount: node[1])
    switch field.type {
    case .null, .structure: break
    case .utf8, .largeUTF8, .binary: array.buffers = [try buffer(), try buffer()]
    default: array.buffers = [try buffer()]
    }
    for child in field.children { array.children.append(try self.array(child, dictionaries)) }
    return array
  }

  private mutating func takeValidity(_ array: inout ArrowArray, nullCount: Int64) throws(TableError) {
    let bits = try buffer()
    guard nullCount != 0, bits.count > 0 else { return }
    guard bits.count >= (array.count + 7) / 8 else { throw .damagedArrow("the validity of column `\(array.field.name)` is cut off") }
    let bitmap = bits.bitmap(count: array.count)
    array.validity = bitmap.trueCount == array.count ? nil : bitmap
  }

  private mutating func buffer() throws(TableError) -> Vector<UInt8> {
    guard nextBuffer < buffers.count else { throw .damagedArrow("a message has fewer buffers than its schema") }
    let (start, count) = (buffers[nextBuffer][0], buffers[nextBuffer][1])
    nextBuffer += 1
    guard start >= 0, count >= 0, start <= Int64(bytes.count), count <= Int64(bytes.count) - start else {
      throw .damagedArrow("a buffer lies outside of its message")
    }
    let stored = bytes.slice(Int(start)..<Int(start + count))
    guard let codec, count > 0 else { return stored }
    return try decompress(stored, codec)
  }

  private mutating func decompress(_ stored: Vector<UInt8>, _ codec: ArrowCodec) throws(TableError) -> Vector<UInt8> {
    guard stored.count >= 8 else { throw .damagedArrow("a compressed buffer is cut off") }
    let length = stored.withUnsafeBufferPointer { UnsafeRawBufferPointer($0).loadUnaligned(as: Int64.self) }
    let rest = stored.slice(8..<stored.count)
    if length == -1 { return rest }
    guard length >= 0, length <= Int64(limits.maximumDecompressedBytes - decompressed) else {
      throw TableError("The Arrow data decompresses to more than \(limits.maximumDecompressedBytes) bytes.")
    }
    guard let compression else {
      let name = codec == .lz4 ? "LZ4" : "Zstandard"
      throw TableError("The Arrow data is compressed with \(name), which this build cannot read; write it without compression.")
    }
    guard Int(length) <= codec.greatestLength(from: rest.count) else {
      throw .damagedArrow("a compressed buffer is said to become \(length) bytes, more than it can")
    }
    decompressed += Int(length)
    var failure: TableError?
    let result = Vector<UInt8>(count: Int(length)) { memory in
      rest.withUnsafeBufferPointer { source in
        do throws(TableError) {
          try compression.decompress(UnsafeRawBufferPointer(source), codec, into: UnsafeMutableRawBufferPointer(memory))
        } catch {
          failure = error
        }
      }
    }
    if let failure { throw failure }
    return result
  }
}

extension Vector<UInt8> {
  /// Bits, the first in the lowest place of the first byte.
  func bitmap(count: Int) -> Bitmap {
    var words = [UInt64](repeating: 0, count: (count + 63) / 64)
    let byteCount = Swift.min(self.count, (count + 7) / 8)
    words.withUnsafeMutableBytes { words in
      withUnsafeBufferPointer { bytes in
        words.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<byteCount]))
      }
    }
    return Bitmap(count: count, words: words)
  }

  /// The bytes as values, where they are when they may stay there.
  ///
  /// - Throws: ``TableError`` when there are fewer than `count`
  func values<Value: BitwiseCopyable & Sendable>(_ type: Value.Type, count: Int, of name: String) throws(TableError) -> Vector<Value> {
    guard self.count / MemoryLayout<Value>.stride >= count else { throw .damagedArrow("the values of column `\(name)` are cut off") }
    if let values = rebound(to: type, count: count) { return values }
    return Vector<Value>(count: count) { memory in
      withUnsafeBufferPointer { bytes in
        let source = UnsafeRawBufferPointer(bytes)
        for index in 0..<count {
          memory.initializeElement(at: index, to: source.loadUnaligned(fromByteOffset: index * MemoryLayout<Value>.stride, as: type))
        }
      }
    }
  }
}
