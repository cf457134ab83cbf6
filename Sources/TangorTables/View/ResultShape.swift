/// What the results of a view depend on, besides the part that is asked for: two views of a table with the same shape show the same.
package struct ResultShape: Sendable, Hashable {
  /// What was asked for.
  let configuration: ViewConfiguration
  /// Levels of groups that are open.
  let depth: Int
  /// The state of the table; see `TableCore.version`.
  package let version: Int
}
