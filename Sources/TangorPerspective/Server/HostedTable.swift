package import TangorTables

/// A table under a name, for clients.
package final class HostedTable: Sendable {
  package let name: String
  package let table: Table
  /// What lists in a client's data become.
  let listFlatten: ListFlatten
  /// Whether clients may not write to it nor delete it.
  let isReadOnly: Bool
  /// What clients were answered with, for others who ask for the same.
  let results = SharedResults()

  init(name: String, table: Table, listFlatten: ListFlatten = .zip, isReadOnly: Bool = false) {
    self.name = name
    self.table = table
    self.listFlatten = listFlatten
    self.isReadOnly = isReadOnly
  }
}
