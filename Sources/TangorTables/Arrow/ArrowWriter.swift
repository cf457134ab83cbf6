/// Writes results as Arrow IPC streams: one schema, one batch of rows, and the dictionaries of its texts.
package struct ArrowWriter {
  private let codec: (ArrowCodec, any ArrowCompression)?
  private var output: [UInt8] = []

  private init(_ codec: (ArrowCodec, any ArrowCompression)?) { self.codec = codec }

  /// The stream of a batch. Texts become dictionaries of those that occur, in the order in which they first do.
  ///
  /// - Parameters:
  ///   - batch: the rows; cells that are absent are null
  ///   - codec: how bodies are compressed, and what compresses them; nil to leave them as they are
  /// - Throws: ``TableError`` when compression fails, or a dictionary would have more than 2 GiB of text
  package static func stream(
    _ batch: Batch, codec: (ArrowCodec, any ArrowCompression)? = nil
  ) throws(TableError) -> [UInt8] {
    var writer = ArrowWriter(codec)
    writer.writeSchema(batch)
    var body = ArrowBodyWriter(codec)
    for (place, column) in batch.columns.enumerated() {
      let validity = column.validity
      switch column.values {
      case .text(let texts):
        let dictionary = UsedTexts(texts, rowCount: batch.rowCount, validity)
        try writer.writeDictionary(place, dictionary.texts)
        try body.append(dictionary.codes, validity)
      case .dictionary(let codes, let texts):
        let dictionary = UsedTexts(codes, texts, rowCount: batch.rowCount, validity)
        try writer.writeDictionary(place, dictionary.texts)
        try body.append(dictionary.codes, validity)
      case .null(let count):
        try writer.writeDictionary(place, TextVector([String]()))
        try body.append(
          Vector([Int32](repeating: 0, count: count)), Bitmap(count: count, words: [UInt64](repeating: 0, count: (count + 63) / 64)))
      case .int8(let values): try body.append(values, validity)
      case .int16(let values): try body.append(values, validity)
      case .int32(let values), .date(let values): try body.append(values, validity)
      case .int64(let values), .datetime(let values): try body.append(values, validity)
      case .uint8(let values): try body.append(values, validity)
      case .uint16(let values): try body.append(values, validity)
      case .uint32(let values): try body.append(values, validity)
      case .uint64(let values): try body.append(values, validity)
      case .float32(let values): try body.append(values, validity)
      case .float64(let values): try body.append(values, validity)
      case .boolean(let values): try body.append(booleans: values, validity)
      }
    }
    writer.writeBody(body, rowCount: batch.rowCount, dictionary: nil)
    writer.output += [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
    return writer.output
  }

  // MARK: Messages

  private mutating func writeMessage(_ kind: Int8, bodyLength: Int, _ header: (inout FlatBuilder) -> Int) {
    var builder = FlatBuilder()
    let header = header(&builder)
    // Version 5 of the format is number 4.
    let message = builder.table([0: .int16(4), 1: .int8(kind), 2: .target(header), 3: .int64(Int64(bodyLength))])
    let metadata = builder.finish(root: message)
    output += [0xFF, 0xFF, 0xFF, 0xFF]
    withUnsafeBytes(of: Int32(metadata.count).littleEndian) { output += $0 }
    output += metadata
  }

  private mutating func writeSchema(_ batch: Batch) {
    writeMessage(1, bodyLength: 0) { builder in
      let fields = batch.columns.enumerated().map { place, column in
        let name = builder.string(column.name)
        let (code, type) = builder.type(of: column.values)
        var dictionary: Int?
        if column.values.isText {
          let indices = builder.table([0: .int32(32), 1: .int8(1)])
          dictionary = builder.table([0: .int64(Int64(place)), 1: .target(indices)])
        }
        let children = builder.vector(of: [])
        var fields: [Int: FlatBuilder.Value] = [0: .target(name), 1: .int8(1), 2: .int8(code), 3: .target(type), 5: .target(children)]
        if let dictionary { fields[4] = .target(dictionary) }
        return builder.table(fields)
      }
      let list = builder.vector(of: fields)
      return builder.table([1: .target(list)])
    }
  }

  private mutating func writeDictionary(_ id: Int, _ texts: TextVector) throws(TableError) {
    let first = texts.offsets[0]
    guard texts.offsets[texts.count] - first <= Int64(Int32.max) else {
      throw TableError("A column of the result has more than 2 GiB of text, which Arrow's dictionaries cannot hold.")
    }
    var body = ArrowBodyWriter(codec)
    try body.append(texts)
    writeBody(body, rowCount: texts.count, dictionary: id)
  }

  private mutating func writeBody(_ body: ArrowBodyWriter, rowCount: Int, dictionary: Int?) {
    let compression = codec?.0
    func rows(_ builder: inout FlatBuilder) -> Int {
      var fields: [Int: FlatBuilder.Value] = [0: .int64(Int64(rowCount))]
      if let compression { fields[3] = .target(builder.table([0: .int8(compression.rawValue), 1: .int8(0)])) }
      fields[2] = .target(builder.vector(ofPairs: body.buffers))
      fields[1] = .target(builder.vector(ofPairs: body.nodes))
      return builder.table(fields)
    }
    if let dictionary {
      writeMessage(2, bodyLength: body.bytes.count) { builder in
        let rows = rows(&builder)
        return builder.table([0: .int64(Int64(dictionary)), 1: .target(rows)])
      }
    } else {
      writeMessage(3, bodyLength: body.bytes.count, rows)
    }
    output += body.bytes
  }
}

extension BatchValues {
  /// Whether the values are written as a dictionary of texts.
  fileprivate var isText: Bool {
    switch self {
    case .text, .dictionary, .null: true
    default: false
    }
  }
}

extension FlatBuilder {
  /// The code of the values' Arrow type, and where what it says about itself stands.
  fileprivate mutating func type(of values: BatchValues) -> (code: Int8, place: Int) {
    func integer(_ bits: Int32, isSigned: Bool) -> (Int8, Int) { (2, table([0: .int32(bits), 1: .int8(isSigned ? 1 : 0)])) }
    switch values {
    case .int8: return integer(8, isSigned: true)
    case .int16: return integer(16, isSigned: true)
    case .int32: return integer(32, isSigned: true)
    case .int64: return integer(64, isSigned: true)
    case .uint8: return integer(8, isSigned: false)
    case .uint16: return integer(16, isSigned: false)
    case .uint32: return integer(32, isSigned: false)
    case .uint64: return integer(64, isSigned: false)
    case .float32: return (3, table([0: .int16(1)]))
    case .float64: return (3, table([0: .int16(2)]))
    case .boolean: return (6, table([:]))
    case .date: return (8, table([0: .int16(0)]))
    case .datetime: return (10, table([0: .int16(ArrowTimeUnit.millisecond.rawValue)]))
    case .text, .dictionary, .null: return (5, table([:]))
    }
  }
}
