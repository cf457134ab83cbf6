/// The columns of a batch while rows of Swift types are written into them.
///
/// One task uses it, as each of its columns.
final class RowColumns {
  private(set) var columns: [CellBuilder] = []
  /// The row that is being written.
  var row = 0
  let nils: NilMeaning
  private var positions: [String: Int] = [:]
  /// Where the next name stands when rows say their columns in the same order.
  private var next = 0

  init(nils: NilMeaning) { self.nils = nils }

  /// The column of a name, ready for the cell of the current row.
  func column(_ name: String) -> CellBuilder {
    let found = self[name]
    found.prepare(row: row)
    return found
  }

  private subscript(name: String) -> CellBuilder {
    if next < columns.count, columns[next].name == name {
      next += 1
      return columns[next - 1]
    }
    let position = positions[name] ?? columns.count
    if position == columns.count {
      columns.append(CellBuilder(name))
      positions[name] = position
    }
    next = position + 1
    return columns[position]
  }

  func endRow() {
    row += 1
    next = 0
  }

  func finish() -> Batch { Batch(rowCount: row, columns: columns.map { $0.finish(rowCount: row) }) }
}
