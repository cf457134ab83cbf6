/// Which rows a view has: those that its filter lets through, kept as they change.
final class ViewRows {
  private let table: TableCore
  let filter: RowFilter
  /// nil without a filter: the table's own rows.
  private var filtered: RowBits?
  private let filterColumns: ColumnSet

  init(_ table: TableCore, _ filter: RowFilter) {
    self.table = table
    self.filter = filter
    filterColumns = filter.columns
    if !filter.isEmpty { filtered = filter.rows(table) }
  }

  /// The rows that are there.
  var members: RowBits { filtered ?? table.live }

  func contains(_ slot: UInt32) -> Bool { filtered?.contains(slot) ?? table.live.contains(slot) }

  /// Whether a change of the columns can bring a row in or out.
  func dependsOn(_ columns: ColumnSet) -> Bool { filterColumns.intersects(columns) }

  /// Takes a row out.
  func remove(_ slot: UInt32) { filtered?.remove(slot) }

  /// Puts a row in if the filter lets it through; tells whether.
  func admit(_ slot: UInt32) -> Bool {
    guard filtered != nil else { return true }
    guard filter.matches(slot) else { return false }
    filtered?.insert(slot)
    return true
  }

  /// Tries the filter on all rows of the table.
  func renew() { if filtered != nil { filtered = filter.rows(table) } }

  func removeAll() { if filtered != nil { filtered = RowBits() } }

  func rename(_ newSlots: [UInt32]) {
    guard let old = filtered else { return }
    var new = RowBits(capacity: old.count)
    old.forEach { new.insert(newSlots[Int($0)]) }
    filtered = new
  }
}
