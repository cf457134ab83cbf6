/// Reads Arrow's IPC streams and files into batches.
///
/// Values of fixed width stay in the memory that is read, where they are aligned; it lives as long as a batch made of it.
package enum ArrowReader {
  /// Reads all rows as one batch.
  ///
  /// - Parameters:
  ///   - bytes: a stream or a file
  ///   - listFlatten: what lists become
  ///   - index: the column of row keys, which lists must not repeat
  ///   - compression: reads compressed bodies; nil where none can be read
  ///   - limits: bounds of the reading
  /// - Throws: ``TableError`` when the data is damaged, or of types that no column takes
  package static func read(
    _ bytes: Vector<UInt8>, listFlatten: ListFlatten = .zip, index: String? = nil, compression: (any ArrowCompression)? = nil,
    limits: ArrowLimits = ArrowLimits()
  ) throws(TableError) -> Batch {
    .joined(try readBatches(bytes, listFlatten: listFlatten, index: index, compression: compression, limits: limits))
  }

  /// Reads the data's batches as they come, which spares joining them.
  ///
  /// - Returns: at least one batch; all have the same columns
  /// - Throws: ``TableError`` when the data is damaged, or of types that no column takes
  package static func readBatches(
    _ bytes: Vector<UInt8>, listFlatten: ListFlatten = .zip, index: String? = nil, compression: (any ArrowCompression)? = nil,
    limits: ArrowLimits = ArrowLimits()
  ) throws(TableError) -> [Batch] {
    var contents = ArrowContents(
      bytes,
      flattening: ArrowFlattening(
        listFlatten: listFlatten, index: index, limit: limits.maximumRows, textLimit: limits.maximumDecompressedBytes),
      compression: compression,
      limits: limits)
    let isFile = bytes.count >= 8 && bytes.slice(0..<6).withUnsafeBufferPointer { $0.elementsEqual("ARROW1".utf8) }
    if isFile { try contents.readFile() } else { try contents.readStream() }
    return try contents.finish()
  }
}

/// What has been read of a stream or file.
private struct ArrowContents {
  private let bytes: Vector<UInt8>
  private let flattening: ArrowFlattening
  private let compression: (any ArrowCompression)?
  private let limits: ArrowLimits
  private var fields: [ArrowField]?
  private var dictionaryFields: [Int64: ArrowField] = [:]
  private var dictionaries: [Int64: ArrowDictionary] = [:]
  private var batches: [Batch] = []
  private var rowCount = 0
  private var decompressed = 0

  init(_ bytes: Vector<UInt8>, flattening: ArrowFlattening, compression: (any ArrowCompression)?, limits: ArrowLimits) {
    (self.bytes, self.flattening, self.compression, self.limits) = (bytes, flattening, compression, limits)
  }

  private enum Kind {
    static let schema: UInt8 = 1
    static let dictionary: UInt8 = 2
    static let batch: UInt8 = 3
  }

  private func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at place: Int) throws(TableError) -> Int {
    guard place >= 0, place <= bytes.count - MemoryLayout<Value>.size else { throw .damagedArrow("it is cut off") }
    return bytes.withUnsafeBufferPointer { Int(UnsafeRawBufferPointer($0).loadUnaligned(fromByteOffset: place, as: type)) }
  }

  /// Reads messages until the stream says that it ends, or does.
  mutating func readStream() throws(TableError) {
    var place = 0
    while place < bytes.count, let end = try readMessage(at: place, only: nil) { place = end }
  }

  /// Reads the dictionaries and then the batches that a file's last part lists.
  mutating func readFile() throws(TableError) {
    guard bytes.count >= 18, bytes.slice(bytes.count - 6..<bytes.count).withUnsafeBufferPointer({ $0.elementsEqual("ARROW1".utf8) }) else {
      throw .damagedArrow("the file has no end")
    }
    let length = try integer(Int32.self, at: bytes.count - 10)
    guard length > 0, length <= bytes.count - 18 else { throw .damagedArrow("the file's last part is cut off") }
    let range = bytes.count - 10 - length..<bytes.count - 10
    let blocks = try Self.withTable(bytes.slice(range)) { footer throws(TableError) -> [(Int64, UInt8)] in
      guard let schema = try footer.table(1) else { throw .damagedArrow("the file has no schema") }
      try take(schema: schema)
      let dictionaries = try footer.structures(2, words: 3).map { ($0[0], Kind.dictionary) }
      return try dictionaries + footer.structures(3, words: 3).map { ($0[0], Kind.batch) }
    }
    for (place, kind) in blocks { _ = try readMessage(at: Int(place), only: kind) }
  }

  /// Reads metadata while it stays where it is.
  private static func withTable<Result>(
    _ bytes: Vector<UInt8>, _ body: (FlatTable) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    try bytes.withUnsafeBufferPointer { bytes in
      Swift.Result { () throws(TableError) in try body(FlatTable(root: UnsafeRawBufferPointer(bytes))) }
    }.get()
  }

  /// Reads one message.
  ///
  /// - Parameter kind: what it must be; nil for whatever comes
  /// - Returns: where the next begins; nil at the end of the stream
  private mutating func readMessage(at start: Int, only kind: UInt8?) throws(TableError) -> Int? {
    var place = start
    var length = try integer(Int32.self, at: place)
    place += 4
    if length == -1 {
      length = try integer(Int32.self, at: place)
      place += 4
    }
    if length == 0 { return nil }
    guard length > 0, length <= bytes.count - place else { throw .damagedArrow("a message is cut off") }
    let body = place + length
    return try Self.withTable(bytes.slice(place..<body)) { message throws(TableError) -> Int in
      let bodyLength = try message.scalar(3, default: Int64(0))
      guard bodyLength >= 0, bodyLength <= Int64(bytes.count - body) else { throw .damagedArrow("the body of a message is cut off") }
      let end = body + Int(bodyLength)
      let found = try message.scalar(1, default: UInt8(0))
      guard kind == nil || kind == found else { throw .damagedArrow("the file lists a message of another kind") }
      guard let header = try message.table(2) else { throw .damagedArrow("a message says nothing") }
      switch found {
      case Kind.schema: try take(schema: header)
      case Kind.dictionary: try take(dictionary: header, bytes.slice(body..<end))
      case Kind.batch: try take(batch: header, bytes.slice(body..<end))
      default: throw TableError("The Arrow data holds tensors, which are no rows.")
      }
      return end
    }
  }

  private mutating func take(schema: FlatTable) throws(TableError) {
    guard fields == nil else { throw .damagedArrow("it has two schemas") }
    let fields = try ArrowField.fields(of: schema)
    collectDictionaries(fields)
    self.fields = fields
  }

  private mutating func collectDictionaries(_ fields: [ArrowField]) {
    for field in fields {
      if let encoding = field.dictionary { dictionaryFields[encoding.id] = field.decoded }
      collectDictionaries(field.children)
    }
  }

  private mutating func take(dictionary header: FlatTable, _ body: Vector<UInt8>) throws(TableError) {
    let id = try header.scalar(0, default: Int64(0))
    guard let field = dictionaryFields[id], let data = try header.table(1) else { throw .damagedArrow("a dictionary belongs to no column") }
    guard field.children.isEmpty else { throw TableError("The dictionary of Arrow column `\(field.name)` has nested values.") }
    var reader = try ArrowBody(data, body, compression: compression, limits: limits, decompressed: decompressed)
    let array = try reader.array(field, dictionaries)
    decompressed = reader.decompressed
    let (values, validity) = try array.values()
    guard try header.scalar(2, default: UInt8(0)) != 0, let known = dictionaries[id] else {
      dictionaries[id] = ArrowDictionary(values: values, validity: validity, count: array.count)
      return
    }
    dictionaries[id] = ArrowDictionary(
      values: BatchValues.joined([known.values, values]),
      validity: Bitmap.joined([known.validity, validity], counts: [known.count, array.count]),
      count: known.count + array.count)
  }

  private mutating func take(batch header: FlatTable, _ body: Vector<UInt8>) throws(TableError) {
    guard let fields else { throw .damagedArrow("rows come before their schema") }
    var reader = try ArrowBody(header, body, compression: compression, limits: limits, decompressed: decompressed)
    var arrays: [ArrowArray] = []
    for field in fields { arrays.append(try reader.array(field, dictionaries)) }
    decompressed = reader.decompressed
    let batch = try flattening.batch(arrays, rowCount: reader.rowCount)
    rowCount += batch.rowCount
    guard rowCount <= limits.maximumRows else { throw TableError("The Arrow data has more than \(limits.maximumRows) rows.") }
    batches.append(batch)
  }

  /// The batches; an empty one when there are none, so that the columns are known.
  func finish() throws(TableError) -> [Batch] {
    guard let fields else { throw .damagedArrow("it has no schema") }
    if !batches.isEmpty { return batches }
    return [try flattening.batch(fields.map { .empty($0) }, rowCount: 0)]
  }
}

extension ArrowArray {
  /// No values of a field.
  fileprivate static func empty(_ field: ArrowField) -> ArrowArray {
    let nothing = Vector<UInt8>([])
    var array = ArrowArray(field: field, count: 0, buffers: [nothing, nothing])
    if field.dictionary != nil {
      // Whatever its places are, it has none.
      array.field.dictionary = nil
      array.children = []
      return array
    }
    array.children = field.children.map { empty($0) }
    return array
  }
}
