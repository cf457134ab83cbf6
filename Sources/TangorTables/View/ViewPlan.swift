/// A configuration that fits its table: names resolved, values converted, everything checked.
struct ViewPlan {
  struct Column {
    let name: String
    let position: Int
    let store: ColumnStore
  }

  /// A column and its aggregate.
  struct Measure {
    let column: Column
    let aggregate: Aggregate
    /// The column that the aggregate takes besides.
    let argument: Column?
  }

  /// The most groups that one row belongs to: levels of groups times levels of splits.
  private static let mostLevels = 256
  /// The same for all rows together when the view is made.
  private static let mostMemberships = 1 << 30

  let configuration: ViewConfiguration
  /// The visible columns.
  let columns: [Column]
  let groups: [Column]
  let splits: [Column]
  let filter: RowFilter
  private let table: TableCore

  /// Checks in the order in which Perspective does, whose first complaint clients compare.
  init(_ configuration: ViewConfiguration, _ table: TableCore) throws(TableError) {
    self.table = table
    var resolved = configuration
    resolved.columns = configuration.columns ?? table.schema.columns.map(\.name)
    self.configuration = resolved
    for filter in configuration.filter { try Self.check(filter, table) }
    columns = try Self.resolve(resolved.columns ?? [], table, in: "columns")
    try Self.checkAggregates(configuration, table)
    groups = try Self.resolve(configuration.groupBy, table, in: "group_by")
    for (index, name) in configuration.groupBy.enumerated() where configuration.groupBy[..<index].contains(name) {
      throw TableError("Duplicate column '\(name)' found in View group_by.\n")
    }
    splits = try Self.resolve(configuration.splitBy, table, in: "split_by")
    let levels = (configuration.groupBy.count + 1) * (configuration.splitBy.count + 1)
    guard levels <= Self.mostLevels, levels * table.count <= Self.mostMemberships else {
      throw TableError(
        "The view would put each of \(table.count) rows into \(levels) groups, which is too many; group and split by fewer columns.")
    }
    let filtered = try Self.resolve(configuration.filter.map(\.column), table, in: "filters")
    _ = try Self.resolve(configuration.sort.map(\.column), table, in: "sorts")
    var terms: [FilterTerm] = []
    for (filter, column) in zip(configuration.filter, filtered) {
      terms.append(try FilterTerm(filter, column.store, position: column.position))
    }
    filter = RowFilter(terms: terms, reducer: configuration.filterReducer)
    if isPivoted {
      for column in columns { try measure(column).aggregate.check(column.store.kind) }
      for sort in configuration.sort {
        if let position = table.position(of: sort.column), !configuration.groupBy.contains(sort.column) {
          try measure(Self.column(position, table)).aggregate.check(table.columns[position].kind)
        }
      }
    }
  }

  /// The configuration with everything that it left open.
  var resolved: ViewConfiguration {
    var resolved = configuration
    resolved.sort = configuration.sort.filter { !$0.order.isOfColumns }
    resolved.aggregates = [:]
    guard isPivoted else { return resolved }
    let measures = columns.map(measure) + (isColumnOnly ? [] : PivotView.sorts(self).filter { !$0.order.isOfColumns }.map(\.measure))
    for measure in measures where resolved.aggregates[measure.column.name] == nil {
      resolved.aggregates[measure.column.name] = [measure.aggregate.rawValue] + (measure.argument.map { [$0.name] } ?? [])
    }
    return resolved
  }

  /// Whether rows of the view are groups of the table's, or columns are split.
  var isPivoted: Bool { !groups.isEmpty || !splits.isEmpty || configuration.groupRollup == .total }

  /// Whether columns are split and rows are those of the table.
  var isColumnOnly: Bool { groups.isEmpty && !splits.isEmpty && configuration.groupRollup != .total }

  /// The aggregate of a column: the configured one, or its kind's.
  func measure(_ column: Column) -> Measure {
    if isColumnOnly { return Measure(column: column, aggregate: .any, argument: nil) }
    guard let given = configuration.aggregates[column.name], let aggregate = given.first.flatMap(Aggregate.init(name:)) else {
      return Measure(column: column, aggregate: Aggregate(defaultFor: column.store.kind), argument: nil)
    }
    let argument = aggregate.takesColumn ? given.dropFirst().first.flatMap(table.position).map { Self.column($0, table) } : nil
    return Measure(column: column, aggregate: aggregate, argument: argument)
  }

  func column(_ name: String) -> Column? { table.position(of: name).map { Self.column($0, table) } }

  /// The sorts of rows by the table's own values.
  var rowSorts: [SortColumn] {
    configuration.sort.compactMap { sort in
      guard sort.order != .none, !sort.order.isOfColumns, let position = table.position(of: sort.column) else { return nil }
      return SortColumn(
        column: table.columns[position], position: position, descending: sort.order.isDescending, absolute: sort.order.isAbsolute)
    }
  }

  private static func column(_ position: Int, _ table: TableCore) -> Column {
    Column(name: table.columns[position].name, position: position, store: table.columns[position])
  }

  private static func resolve(_ names: [String], _ table: TableCore, in part: String) throws(TableError) -> [Column] {
    var columns: [Column] = []
    for name in names {
      guard let position = table.position(of: name) else { throw TableError("Invalid column '\(name)' found in View \(part).\n") }
      columns.append(column(position, table))
    }
    return columns
  }

  private static func check(_ filter: ViewConfiguration.Filter, _ table: TableCore) throws(TableError) {
    let op = try? FilterOperator(name: filter.op)
    if op == .isNull || op == .isNotNull { return }
    for value in filter.values {
      guard let position = table.position(of: filter.column) else {
        switch value {
        case .text: throw TableError("Filter column not in schema: \(filter.column)")
        case .number: throw TableError("Could not get dtype for column `\(filter.column)` as it does not exist in the schema.\n")
        default: return
        }
      }
      let kind = table.columns[position].kind
      if kind == .string {
        if case .number = value { throw TableError("Unsupported double type: 19") }
      } else {
        _ = try FilterTerm.key(value, kind)
      }
    }
  }

  private static func checkAggregates(_ configuration: ViewConfiguration, _ table: TableCore) throws(TableError) {
    for (name, given) in configuration.aggregates.sorted(by: { $0.key < $1.key }) {
      guard table.position(of: name) != nil else { throw TableError("Invalid column '\(name)' found in View aggregates.\n") }
      guard let first = given.first else { throw TableError("Missing aggregate for column '\(name)' found in View aggregates.\n") }
      guard let aggregate = Aggregate(name: first) else {
        let word = Aggregate.unimplemented.contains(first) ? "Unimplemented" : "Invalid"
        throw TableError("\(word) aggregate '\(first)' for column '\(name)' found in View aggregates.\n")
      }
      guard aggregate.takesColumn else { continue }
      guard given.count > 1 else { throw TableError("Aggregate '\(first)' for column '\(name)' requires a column argument.\n") }
      guard table.position(of: given[1]) != nil else {
        throw TableError("Invalid column '\(given[1])' found in the '\(first)' aggregate for column '\(name)'.\n")
      }
    }
  }
}
