/// What becomes of a row that holds lists.
public enum ListFlatten: String, Sendable, Hashable, CaseIterable {
  /// The lists of a row advance together, and make as many rows as they have elements.
  case zip
  /// Every element with every element of the row's other lists, the first list slowest.
  case cartesian
  /// A list is one value: its JSON text.
  case stringify
}
