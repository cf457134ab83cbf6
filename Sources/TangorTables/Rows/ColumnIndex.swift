/// Columns by their names, of which rows are read as values of Swift types.
final class ColumnIndex: Sendable {
  let rowCount: Int
  let columns: [BatchColumn]
  private let positions: [String: Int]
  /// Whether some columns have the name of another.
  private let repeats: Bool

  /// - Parameter batch: Where names repeat, the first column counts.
  init(_ batch: Batch) {
    rowCount = batch.rowCount
    columns = batch.columns
    positions = Dictionary(columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    repeats = positions.count < columns.count
  }

  func place(of name: String) -> Int? { positions[name] }

  /// Whether the column at a place is what is found by a name.
  func isFirst(_ place: Int, of name: String) -> Bool { columns[place].name == name && (!repeats || positions[name] == place) }

  /// - Throws: When there is none of the name.
  func column(_ name: String) throws(TableError) -> BatchColumn {
    guard let place = positions[name] else { throw missing(name) }
    return columns[place]
  }

  func missing(_ name: String) -> TableError {
    var names = columns.prefix(21).map { "`\($0.name)`" }
    if names.count > 20 { names[20] = "…" }
    return TableError("There is no column `\(name)`; the columns are \(names.isEmpty ? "none" : names.joined(separator: ", "))")
  }

  /// All rows as values.
  ///
  /// - Throws: `TableError`, or what the type's own code throws.
  func rows<Row: Decodable>(as type: Row.Type) throws -> [Row] {
    let cursor = RowCursor(self)
    let decoder = RowDecoder(cursor: cursor)
    var rows: [Row] = []
    rows.reserveCapacity(rowCount)
    for row in 0..<rowCount {
      cursor.row = row
      do {
        rows.append(try Row(from: decoder))
      } catch let error as DecodingError {
        throw TableError("Row \(row): \(error.sentence)")
      }
    }
    return rows
  }
}

/// The row that is read. One task uses it.
final class RowCursor {
  let index: ColumnIndex
  @exclusivity(unchecked) var row = 0
  /// The column that was asked for last: types ask for theirs in the same order in each row, and for one several times.
  @exclusivity(unchecked) private var latest = 0

  init(_ index: ColumnIndex) { self.index = index }

  func place(of name: String) -> Int? {
    let count = index.columns.count
    if latest < count, index.isFirst(latest, of: name) { return latest }
    let next = latest + 1 < count ? latest + 1 : 0
    if next < count, index.isFirst(next, of: name) {
      latest = next
      return next
    }
    guard let place = index.place(of: name) else { return nil }
    latest = place
    return place
  }
}

extension DecodingError {
  /// What is wrong, without the types that nobody asked for.
  fileprivate var sentence: String {
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context), .dataCorrupted(let context):
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? context.debugDescription : "`\(path)`: \(context.debugDescription)"
    @unknown default: return "\(self)"
    }
  }
}
