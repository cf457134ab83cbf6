/// Reads CSV into a batch: comma-separated, with a header, quotes where they are needed.
///
/// Without a schema each column has the first kind of whole number, truth value, number, date, moment and text that all its cells satisfy,
/// however many there are. With one, cells are converted to the declared kinds, and columns that the schema does not know are left out.
package enum CSVReader {
  /// Bytes of text that are taken apart at once; what that makes fits a processor's cache.
  private static let blockLength = 1 << 20

  /// How often a name may be repeated in the header: each time it grows by a star.
  private static let maximumStars = 1000

  /// Reads one CSV text.
  ///
  /// - Parameters:
  ///   - bytes: the text in UTF-8, with a byte order mark or without
  ///   - schema: the kinds of the columns; nil to infer them
  ///   - threads: how many threads may work on it; nil for one for each processor
  ///   - blockLength: bytes that are taken apart at once; nil for what is good
  /// - Throws: ``TableError`` when a row has too few or too many cells, or a cell does not fit its column
  package static func read(
    _ bytes: UnsafeRawBufferPointer, schema: Schema? = nil, threads: Int? = nil, blockLength: Int? = nil
  ) throws(TableError) -> Batch {
    var text = bytes.bindMemory(to: UInt8.self)
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = UnsafeBufferPointer(rebasing: text[3...]) }
    let names: [String]
    let rows: UnsafeBufferPointer<UInt8>
    do throws(CSVBlock.Failure) {
      let header = try CSVBlock(text, bound: text.count, columnCount: nil)
      names = try columnNames(header)
      rows = UnsafeBufferPointer(rebasing: text[header.end...])
    } catch {
      throw message(error, text, columnCount: 0)
    }
    guard !names.isEmpty else { throw TableError("Invalid: Empty CSV file") }
    return try CSVRows(rows, names: names, schema: schema, threads: threads, blockLength: blockLength ?? Self.blockLength).read()
  }

  private static func columnNames(_ header: CSVBlock) throws(CSVBlock.Failure) -> [String] {
    var names: [String] = []
    var known: Set<String> = []
    var repeated: [String: Int] = [:]
    for cell in header.cells {
      let bytes = cell.isQuoted ? header.unquoted(cell) : Array(header.bytes(cell))
      var name = String(decoding: bytes, as: UTF8.self)
      if !known.insert(name).inserted {
        let plain = name
        var stars = repeated[plain] ?? 1
        while !known.insert(plain + String(repeating: "*", count: stars)).inserted { stars += 1 }
        guard stars <= maximumStars else { throw .repeatedName(plain) }
        repeated[plain] = stars + 1
        name = plain + String(repeating: "*", count: stars)
      }
      names.append(name)
    }
    return names
  }

  static func message(_ failure: CSVBlock.Failure, _ text: UnsafeBufferPointer<UInt8>, columnCount: Int) -> TableError {
    switch failure {
    case .ragged(let count, let range):
      let row = String(decoding: text[range].prefix(200), as: UTF8.self)
      return TableError("Invalid: CSV parse error: Expected \(columnCount) columns, got \(count): \(row)")
    case .unclosedQuote: return TableError("Invalid: CSV parse error: a cell that begins with a quote has no closing quote")
    case .repeatedName(let name):
      return TableError("Invalid: CSV parse error: the header has the column '\(name.prefix(100))' more than \(maximumStars) times")
    case .tooLong: return TableError("Invalid: CSV parse error: a row is longer than 2 GiB")
    }
  }
}

/// The rows of one CSV text.
private struct CSVRows {
  /// Borrowed for the length of one reading, in which nobody changes the bytes; the threads of that reading end before it does.
  struct Text: @unchecked Sendable {
    let bytes: UnsafeBufferPointer<UInt8>
  }

  /// A column that is wanted: its place in the rows, and its kind when that is declared.
  struct Wanted: Sendable {
    let place: Int
    let name: String
    let declared: ColumnKind?
  }

  struct Part: Sendable {
    /// Bytes from the part's first row to the row behind its last.
    var length: Int
    var rowCount: Int
    var columns: [CSVColumn]
    var kinds: [CSVKind]
  }

  private let text: Text
  private let columnCount: Int
  private let wanted: [Wanted]
  private let threads: Int?
  private let blockLength: Int

  init(_ text: UnsafeBufferPointer<UInt8>, names: [String], schema: Schema?, threads: Int?, blockLength: Int) {
    self.text = Text(bytes: text)
    columnCount = names.count
    wanted = names.enumerated().compactMap { place, name in
      guard let schema else { return Wanted(place: place, name: name, declared: nil) }
      return schema[name].map { Wanted(place: place, name: name, declared: $0) }
    }
    (self.threads, self.blockLength) = (threads, blockLength)
  }

  func read() throws(TableError) -> Batch {
    let bounds = starts()
    let guess = [CSVKind](repeating: .null, count: wanted.count)
    // The first part tells what most of the others will find, which spares them the wrong guesses.
    let first = try part(bounds[0], length: bounds[1] - bounds[0], from: guess).get()
    var parts = [first]
    var places = [bounds[0]]
    if first.length == bounds[1] - bounds[0] {
      let rest = parallelMap(count: bounds.count - 2, threads: threads) { index in
        part(bounds[index + 1], length: bounds[index + 2] - bounds[index + 1], from: first.kinds)
      }
      for (index, part) in rest.enumerated() {
        // An error may come of a part that began within quotes: only the one that the rows in order meet first counts.
        let part = try part.get()
        parts.append(part)
        places.append(bounds[index + 1])
        if part.length != bounds[index + 2] - bounds[index + 1] { break }
      }
    }
    // Where a line end within quotes was taken for the end of a row, the rest is read in order.
    while let last = parts.last, let place = places.last, place + last.length < text.bytes.count {
      let next = place + last.length
      places.append(next)
      parts.append(try part(next, length: blockLength, from: first.kinds).get())
    }
    try settle(&parts, places)
    return assemble(parts)
  }

  /// Where parts begin, and the end of the text: behind line ends, which are not known to end rows.
  private func starts() -> [Int] {
    let bytes = text.bytes
    var starts = [0]
    var place = blockLength
    while place < bytes.count {
      guard let end = bytes[place...].firstIndex(of: 0x0A) else { break }
      if end + 1 < bytes.count { starts.append(end + 1) }
      place = end + 1 + blockLength
    }
    return starts + [bytes.count]
  }

  /// Reads the rows that begin in a stretch of the text.
  private func part(_ start: Int, length: Int, from kinds: [CSVKind]) -> Result<Part, TableError> {
    let rest = UnsafeBufferPointer(rebasing: text.bytes[start...])
    do throws(CSVBlock.Failure) {
      let block = try CSVBlock(rest, bound: length, columnCount: columnCount)
      let isText = UTF8Text.isValid(UnsafeBufferPointer(rebasing: rest[..<block.end]))
      var part = Part(length: block.end, rowCount: block.rowCount, columns: [], kinds: [])
      for (index, column) in wanted.enumerated() {
        do throws(CSVColumn.Misfit) {
          if let kind = column.declared {
            part.columns.append(try CSVColumn.read(block, column.place, as: kind, isText: isText))
            part.kinds.append(kinds[index])
          } else {
            let (values, kind) = try CSVColumn.infer(block, column.place, from: kinds[index], isText: isText)
            part.columns.append(values)
            part.kinds.append(kind)
          }
        } catch {
          return .failure(message(error, column))
        }
      }
      return .success(part)
    } catch {
      return .failure(CSVReader.message(error, rest, columnCount: columnCount))
    }
  }

  private func message(_ misfit: CSVColumn.Misfit, _ column: Wanted) -> TableError {
    let start = "Invalid: In CSV column #\(column.place): CSV conversion error to \((column.declared ?? .string).csvName): "
    return TableError(start + (misfit.isInvalidUTF8 ? "invalid UTF8 data" : "invalid value '\(misfit.text.prefix(200))'"))
  }

  /// Brings all parts to the same kinds: each column has the first that the cells of all parts satisfy.
  private func settle(_ parts: inout [Part], _ places: [Int]) throws(TableError) {
    while true {
      var kinds = [CSVKind](repeating: .null, count: wanted.count)
      for part in parts {
        for (index, kind) in part.kinds.enumerated() { kinds[index] = max(kinds[index], kind) }
      }
      let late = parts.indices.filter { parts[$0].kinds != kinds }
      if late.isEmpty { return }
      let target = kinds
      let before = parts
      let settled = parallelMap(count: late.count, threads: threads) { index -> Result<Part, TableError> in
        widened(before[late[index]], to: target).map { .success($0) }
          ?? part(places[late[index]], length: before[late[index]].length, from: target)
      }
      for (index, part) in zip(late, settled) { parts[index] = try part.get() }
    }
  }

  /// - Returns: nil when the part's cells have to be read anew
  private func widened(_ part: Part, to kinds: [CSVKind]) -> Part? {
    var part = part
    for index in kinds.indices where part.kinds[index] != kinds[index] {
      guard part.columns[index].widen(to: kinds[index]) else { return nil }
      part.kinds[index] = kinds[index]
    }
    return part
  }

  private func assemble(_ parts: [Part]) -> Batch {
    let columns = parallelMap(count: wanted.count, threads: threads) { index in
      CSVColumn.joined(parts.map { $0.columns[index] }, name: wanted[index].name)
    }
    return Batch(rowCount: parts.reduce(0) { $0 + $1.rowCount }, columns: columns)
  }
}

extension CSVColumn {
  /// One column of the parts of it, which have the same kind.
  fileprivate static func joined(_ parts: [CSVColumn], name: String) -> BatchColumn {
    let count = parts.reduce(0) { $0 + $1.count }
    var validity: Bitmap?
    if parts.contains(where: { $0.validity.falseCount > 0 }) { validity = BitmapBuilder.joined(parts.map(\.validity)) }
    guard let kind = parts.first?.kind else { return BatchColumn(name, .null(count), validity: validity) }
    let integers = parts.map(\.integers)
    let values: BatchValues =
      switch kind {
      case .int8: .int8(.joined(integers) { Int8(truncatingIfNeeded: $0) })
      case .int16: .int16(.joined(integers) { Int16(truncatingIfNeeded: $0) })
      case .int32: .int32(.joined(integers) { Int32(truncatingIfNeeded: $0) })
      case .int64: .int64(.joined(integers) { $0 })
      case .uint8: .uint8(.joined(integers) { UInt8(truncatingIfNeeded: $0) })
      case .uint16: .uint16(.joined(integers) { UInt16(truncatingIfNeeded: $0) })
      case .uint32: .uint32(.joined(integers) { UInt32(truncatingIfNeeded: $0) })
      case .uint64: .uint64(.joined(integers) { UInt64(bitPattern: $0) })
      case .float32: .float32(.joined(parts.map(\.doubles)) { Float($0) })
      case .float64: .float64(.joined(parts.map(\.doubles)) { $0 })
      case .boolean: .boolean(.joined(integers) { UInt8(truncatingIfNeeded: $0) })
      case .date: .date(.joined(integers) { Int32(truncatingIfNeeded: $0) })
      case .datetime: .datetime(.joined(integers) { $0 })
      case .string: .text(TextBuilder.joined(parts.map(\.texts)))
      }
    return BatchColumn(name, values, validity: validity)
  }
}
