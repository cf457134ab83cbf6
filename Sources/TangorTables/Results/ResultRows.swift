/// Where the rows of a grouped result stand: for each row the values of its groups, from the outermost on.
package struct RowPaths: Sendable {
  /// How many groups each row is in: 0 for the total, and at most one for each level.
  package var depths: Vector<Int32>
  /// The levels' values. Those of levels below a row's depth mean nothing.
  package var levels: [BatchColumn]

  package init(depths: Vector<Int32>, levels: [BatchColumn]) {
    (self.depths, self.levels) = (depths, levels)
  }
}

/// What a result says about its rows beside their values.
package struct ResultRows: Sendable {
  /// What stands under `__ID__` and `__INDEX__`.
  package enum Keys: Sendable {
    /// Each row's own key, as a list of one.
    case own(BatchColumn)
    /// Each row's path.
    case path
    /// The keys of the rows that each row sums up: those of row r are `offsets[r]..<offsets[r + 1]`.
    case lists(offsets: Vector<Int64>, BatchColumn)
    /// An empty list for each row.
    case none
  }

  /// `__ROW_PATH__`; nil when rows have no groups.
  package var paths: RowPaths?
  /// `__ID__`; nil when it was not asked for.
  package var ids: Keys?
  /// `__INDEX__`; nil when it was not asked for.
  package var index: Keys?

  package init(paths: RowPaths? = nil, ids: Keys? = nil, index: Keys? = nil) {
    (self.paths, self.ids, self.index) = (paths, ids, index)
  }
}
