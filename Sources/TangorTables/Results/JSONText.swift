/// Results as JSON.
package struct JSONText: Sendable {
  private let batch: Batch
  private let rows: ResultRows
  private let isFormatted: Bool

  /// Rows that one thread writes at once.
  private static let stretch = 2048
  /// The same for rows of a single column.
  private static let longStretch = 16_384

  /// - Parameters:
  ///   - batch: the columns, without row paths
  ///   - rows: what is told about rows beside their values
  ///   - isFormatted: whether dates and moments are text; otherwise they are milliseconds since 1970-01-01T00:00:00Z
  package init(_ batch: Batch, rows: ResultRows = ResultRows(), isFormatted: Bool = false) {
    (self.batch, self.rows, self.isFormatted) = (batch, rows, isFormatted)
  }

  /// An object with a list for each column.
  package func columns() -> [UInt8] {
    var members: [Member] = []
    if rows.paths != nil { members.append(.keys("__ROW_PATH__", .path)) }
    if rows.paths != nil, let ids = rows.ids { members.append(.keys("__ID__", ids)) }
    members += batch.columns.map { .column($0) }
    if let index = rows.index { members.append(.keys("__INDEX__", index)) }
    if rows.paths == nil, let ids = rows.ids { members.append(.keys("__ID__", ids)) }
    var result: [UInt8] = [0x7B]
    for member in members {
      if result.count > 1 { result.append(0x2C) }
      var start = ByteOutput()
      start.append(jsonString: member.name)
      start.append(":[")
      result += start.bytes
      Stretches.append(rowCount: batch.rowCount, size: Self.longStretch, threads: threads(1), to: &result) { rows in
        switch member {
        case .column(let column): CellTexts(column, rows, .json(isFormatted: isFormatted), separator: 0x2C).output.bytes
        case .keys(_, let keys): CellTexts(rows, separator: 0x2C) { append(keys, $1, to: &$0) }.output.bytes
        }
      }
      if batch.rowCount > 0 { result.removeLast() }
      result.append(0x5D)
    }
    result.append(0x7D)
    return result
  }

  /// A list with an object for each row; none where the objects would be empty.
  package func objects() -> [UInt8] {
    var result: [UInt8] = [0x5B]
    appendObjects(between: 0x2C, to: &result)
    result.append(0x5D)
    return result
  }

  /// An object to a line, without a line end behind the last. Keys of rows are left out.
  package func lines() -> [UInt8] {
    var result: [UInt8] = []
    JSONText(batch, rows: ResultRows(paths: rows.paths)).appendObjects(between: 0x0A, to: &result)
    return result
  }

  private func threads(_ cellsInRow: Int) -> Int? { batch.rowCount * cellsInRow < 50_000 ? 1 : nil }

  // MARK: Columns

  private enum Member: Sendable {
    case column(BatchColumn)
    case keys(String, ResultRows.Keys)

    var name: String {
      switch self {
      case .column(let column): column.name
      case .keys(let name, _): name
      }
    }
  }

  // MARK: Rows

  private func appendObjects(between separator: UInt8, to result: inout [UInt8]) {
    var members: [Member] = []
    if rows.paths != nil { members.append(.keys("__ROW_PATH__", .path)) }
    if let ids = rows.ids { members.append(.keys("__ID__", ids)) }
    if let index = rows.index { members.append(.keys("__INDEX__", index)) }
    members += batch.columns.map { .column($0) }
    guard !members.isEmpty else { return }
    let parts = members
    let names = parts.enumerated().map { place, member in
      var output = ByteOutput()
      output.append(place == 0 ? 0x7B : 0x2C)
      output.append(jsonString: member.name)
      output.append(0x3A)
      return output.bytes
    }
    let end: [UInt8] = [0x7D, separator]
    Stretches.append(rowCount: batch.rowCount, size: Self.stretch, threads: threads(parts.count), to: &result) { range in
      let cells = parts.map { part in
        switch part {
        case .column(let column): CellTexts(column, range, .json(isFormatted: isFormatted))
        case .keys(_, let keys): CellTexts(range) { append(keys, $1, to: &$0) }
        }
      }
      return RowTexts.joined(cells, before: names, end: end, rowCount: range.count)
    }
    if batch.rowCount > 0 { result.removeLast() }
  }

  @inline(__always)
  private func append(_ column: BatchColumn, _ row: Int, to output: inout ByteOutput) {
    if column.validity?[row] ?? true {
      JSONCell.append(column.values, row, to: &output, isFormatted: isFormatted)
    } else {
      output.append("null")
    }
  }

  // MARK: Keys

  private func append(_ keys: ResultRows.Keys, _ row: Int, to output: inout ByteOutput) {
    output.append(0x5B)
    switch keys {
    case .own(let column): append(column, row, to: &output)
    case .path:
      guard let paths = rows.paths else { break }
      for level in 0..<Int(paths.depths[row]) {
        if level > 0 { output.append(0x2C) }
        append(paths.levels[level], row, to: &output)
      }
    case .lists(let offsets, let column):
      for place in Int(offsets[row])..<Int(offsets[row + 1]) {
        if place > Int(offsets[row]) { output.append(0x2C) }
        append(column, place, to: &output)
      }
    case .none: break
    }
    output.append(0x5D)
  }
}
