/// What a view shows of a table, and how.
public struct ViewConfiguration: Sendable, Hashable {
  /// The columns in their order, which may repeat; nil for all of the table.
  public var columns: [String]?
  /// The columns by whose values rows are grouped, the outermost first.
  public var groupBy: [String]
  /// The columns by whose values columns are split, the outermost first.
  public var splitBy: [String]
  public var filter: [Filter]
  /// Whether rows match all filters or any of them.
  public var filterReducer: FilterReducer
  /// The first sort decides; the next ones among what is equal by it.
  public var sort: [Sort]
  /// For a column its aggregate's name, and for some aggregates the name of another column.
  public var aggregates: [String: [String]]
  /// How many levels below the total are open at first; nil or 0 for all.
  public var groupByDepth: Int?
  public var groupRollup: GroupRollup
  public var splitRollup: SplitRollup

  public init(
    columns: [String]? = nil, groupBy: [String] = [], splitBy: [String] = [], filter: [Filter] = [], filterReducer: FilterReducer = .and,
    sort: [Sort] = [], aggregates: [String: [String]] = [:], groupByDepth: Int? = nil, groupRollup: GroupRollup = .rollup,
    splitRollup: SplitRollup = .flat
  ) {
    self.columns = columns
    self.groupBy = groupBy
    self.splitBy = splitBy
    self.filter = filter
    self.filterReducer = filterReducer
    self.sort = sort
    self.aggregates = aggregates
    self.groupByDepth = groupByDepth
    self.groupRollup = groupRollup
    self.splitRollup = splitRollup
  }

  /// A condition on a column.
  public struct Filter: Sendable, Hashable {
    public var column: String
    /// An operator as Perspective writes it, such as `>=` or `begins with`.
    public var op: String
    /// One value; several for `in` and `not in`; any for operators that need none.
    public var values: [FilterValue]

    public init(_ column: String, _ op: String, _ values: [FilterValue] = []) {
      self.column = column
      self.op = op
      self.values = values
    }
  }

  public struct Sort: Sendable, Hashable {
    public var column: String
    public var order: SortOrder

    public init(_ column: String, _ order: SortOrder) {
      self.column = column
      self.order = order
    }
  }
}

/// A value in a filter.
public enum FilterValue: Sendable, Hashable {
  case null
  case boolean(Bool)
  case number(Double)
  case text(String)
}

public enum FilterReducer: String, Sendable, Hashable {
  case and, or
}

public enum SortOrder: String, Sendable, Hashable, CaseIterable {
  case none
  case ascending = "asc"
  case descending = "desc"
  case ascendingAbsolute = "asc abs"
  case descendingAbsolute = "desc abs"
  /// The orders of columns, for views that are split.
  case columnAscending = "col asc"
  case columnDescending = "col desc"
  case columnAscendingAbsolute = "col asc abs"
  case columnDescendingAbsolute = "col desc abs"

  /// Whether it orders columns rather than rows.
  public var isOfColumns: Bool {
    switch self {
    case .columnAscending, .columnDescending, .columnAscendingAbsolute, .columnDescendingAbsolute: true
    default: false
    }
  }

  var isDescending: Bool {
    switch self {
    case .descending, .descendingAbsolute, .columnDescending, .columnDescendingAbsolute: true
    default: false
    }
  }

  var isAbsolute: Bool {
    switch self {
    case .ascendingAbsolute, .descendingAbsolute, .columnAscendingAbsolute, .columnDescendingAbsolute: true
    default: false
    }
  }
}

/// Which levels of the groups are rows of the view.
public enum GroupRollup: String, Sendable, Hashable, CaseIterable {
  /// The total and every level.
  case rollup
  /// The innermost groups alone.
  case flat
  /// The total alone.
  case total
}

/// Which levels of the splits are columns of the view.
public enum SplitRollup: String, Sendable, Hashable, CaseIterable {
  /// The innermost alone.
  case flat
  /// The total and every level.
  case rollup
}
