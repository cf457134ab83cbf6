/// An aggregate of a column over the cells of a pivot.
///
/// Rows are added and taken back one by one, with all the cells that they belong to; a measure keeps what it needs for each cell so that
/// this is cheap, or notes that a cell is to be computed anew by its next reader.
protocol Measure: AnyObject {
  /// The kind of the results.
  var kind: ColumnKind { get }

  /// Whether its results follow from the rows alone, so that it can be made anew at any time.
  var isOfRowsAlone: Bool { get }

  /// Makes room for cells.
  func reserve(_ cells: Int)
  /// Begins a cell anew, without rows.
  func reset(_ cell: UInt32)
  /// Adds a row to cells; it belongs to the pivot already.
  func add(_ slot: UInt32, to cells: ArraySlice<UInt32>)
  /// Takes a row back, which is as it was when it was added.
  func retract(_ slot: UInt32, from cells: ArraySlice<UInt32>)
  /// Adds many rows at once to a pivot that had none.
  ///
  /// - Parameters:
  ///   - leaves: The number of each row's leaf cell, in the order of the rows.
  func addAll(_ rows: RowSelection, leaves: UnsafePointer<UInt32>)
  /// The result of a cell.
  func value(_ cell: UInt32) -> CellValue
  /// The results of cells; `PivotCells.none` for none.
  func column(_ name: String, _ cells: [UInt32]) -> BatchColumn
}

extension Measure {
  var isOfRowsAlone: Bool { true }

  func column(_ name: String, _ cells: [UInt32]) -> BatchColumn {
    BatchColumn(name, cells.map { $0 == PivotCells.none ? .null : value($0) }, kind: kind)
  }
}

/// How many rows there are: the pivot counts them.
final class CountMeasure: Measure {
  private let cells: PivotCells

  init(_ cells: PivotCells) { self.cells = cells }

  var kind: ColumnKind { .int64 }
  func reserve(_ cells: Int) {}
  func reset(_ cell: UInt32) {}
  func add(_ slot: UInt32, to cells: ArraySlice<UInt32>) {}
  func retract(_ slot: UInt32, from cells: ArraySlice<UInt32>) {}
  func addAll(_ rows: RowSelection, leaves: UnsafePointer<UInt32>) {}

  func value(_ cell: UInt32) -> CellValue {
    let count = cells.cells[Int(cell)].rowCount
    return count == 0 ? .null : .integer(Int64(count))
  }

  func column(_ name: String, _ cells: [UInt32]) -> BatchColumn {
    let all = self.cells.cells
    return .integers(name, cells.count) { row in
      let count = cells[row] == PivotCells.none ? 0 : all[Int(cells[row])].rowCount
      return count == 0 ? nil : Int64(count)
    }
  }
}
