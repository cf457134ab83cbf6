/// What `nil` in an optional property of a row says to the table.
public enum NilMeaning: Sendable, Hashable {
  /// The cell has no value from now on: a row that is read is the row that was written.
  case clears
  /// Nothing: the cell stays as it is. In new rows it has no value.
  case keeps
}
