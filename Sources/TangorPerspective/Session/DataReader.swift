import TangorJSON
import TangorTables

/// Reads the data sets of requests.
struct DataReader {
  /// The data set that came apart from its message; nil when it is in it.
  private let payload: Vector<UInt8>?
  private let listFlatten: ListFlatten
  private let index: String?
  private let compression: (any ArrowCompression)?

  init(_ payload: Vector<UInt8>?, listFlatten: ListFlatten, index: String?, compression: (any ArrowCompression)?) {
    self.payload = payload
    self.listFlatten = listFlatten
    self.index = index
    self.compression = compression
  }

  /// - Throws: When the data is not what it is said to be.
  func newTable(_ data: WireMakeTableData) throws -> Batch { try read(data, nil) }

  /// Whether a column of a new table's data only tells the numbers of rows.
  func isKey(_ column: BatchColumn, in data: WireMakeTableData) -> Bool {
    if case .fromCsv? = data.data { column.name == "__INDEX__" } else { false }
  }

  /// - Parameter schema: What the table takes.
  /// - Throws: When the data is not what it is said to be, or does not fit.
  func update(_ data: WireMakeTableData, _ schema: Schema) throws -> Batch { try read(data, schema) }

  private func read(_ data: WireMakeTableData, _ schema: Schema?) throws -> Batch {
    let (format, data): (TableFormat, Vector<UInt8>) =
      switch data.data {
      case .fromCsv(let text): (.csv, bytes(text))
      case .fromRows(let text): (.rows, bytes(text))
      case .fromCols(let text): (.columns, bytes(text))
      case .fromNdjson(let text): (.lines, bytes(text))
      case .fromArrow(let message): (.arrow, bytes(message))
      case .fromSchema, .fromView, nil: throw RequestError.malformedData
      }
    return try format.read(data, schema: schema, listFlatten: listFlatten, index: index, compression: compression)
  }

  // MARK: Keys

  /// The keys of rows to remove.
  ///
  /// - Parameter index: The table's index column.
  /// - Throws: When the data tells none.
  func keys(_ data: WireMakeTableData, _ index: String) throws -> BatchColumn {
    switch data.data {
    case .fromRows(let text): return try Self.keys(bytes(text), index)
    case .fromArrow(let message):
      let batch = try ArrowReader.read(bytes(message), listFlatten: listFlatten, compression: compression)
      guard let column = batch.columns.first(where: { $0.name == index }) else {
        throw RequestError("Cannot remove: Arrow is missing index column `\(index)`")
      }
      return column
    case .fromCols: throw RequestError("Cannot remove fish!\n")
    case .fromCsv, .fromNdjson, .fromSchema, .fromView, nil: throw RequestError("remove malformed")
    }
  }

  /// Keys in a JSON list.
  private static func keys(_ bytes: Vector<UInt8>, _ index: String) throws -> BatchColumn {
    let value = try bytes.withUnsafeBufferPointer { bytes in
      try JSONReader.read(UnsafeRawBufferPointer(bytes)) { reader in try reader.readValue() }
    }
    guard case .array(let values) = value else { throw RequestError("The keys of rows to remove are a JSON list of values.") }
    var kind = ColumnKind.int64
    var cells: [CellValue] = []
    cells.reserveCapacity(values.count)
    for value in values {
      switch value {
      case .null: cells.append(.null)
      case .bool(let value): cells.append(.boolean(value))
      case .integer(let value): cells.append(.integer(value))
      case .double(let value):
        cells.append(.float(value))
        if kind == .int64 { kind = .float64 }
      case .bigNumber(let text):
        cells.append(UInt64(text).map { .unsigned($0) } ?? Double(text).map { .float($0) } ?? .null)
        if kind == .int64 { kind = .float64 }
      case .string(let text):
        cells.append(.text(text))
        kind = .string
      case .array, .object: throw RequestError("Expected int, found 3")
      }
    }
    if kind == .string { cells = cells.map(\.asText) }
    return BatchColumn(index, cells, kind: kind)
  }

  private func bytes(_ data: some Collection<UInt8>) -> Vector<UInt8> { payload ?? Vector(data) }
}
