import SwiftProtobuf
import TangorTables

extension ViewConfiguration {
  /// What a client asks for.
  ///
  /// - Throws: When it asks for what the tables do not compute.
  init(_ config: WireViewConfig) throws(RequestError) {
    if !config.expressions.isEmpty { throw .unsupported("Expressions") }
    if !config.windows.isEmpty { throw .unsupported("Windows") }
    var columns: [String]?
    if case .columns(let given)? = config.columns.optColumns { columns = given.columns }
    self.init(
      columns: columns, groupBy: config.groupBy, splitBy: config.splitBy,
      filter: config.filter.map { Filter($0.column, $0.op, $0.value.map(FilterValue.init)) },
      filterReducer: config.filterOp == .or ? .or : .and,
      sort: config.sort.map { Sort($0.column, SortOrder($0.op)) },
      aggregates: config.aggregates.mapValues(\.aggregations),
      groupByDepth: config.hasGroupByDepth ? Int(config.groupByDepth) : nil,
      groupRollup: GroupRollup(config.groupRollupMode),
      splitRollup: config.splitRollupMode == .rollup ? .rollup : .flat)
  }
}

extension WireViewConfig {
  /// A configuration as clients are told it.
  ///
  /// - Parameter schema: The table's columns, which tell what values of filters mean.
  init(_ configuration: ViewConfiguration, _ schema: Schema) {
    self.init()
    columns.columns.columns = configuration.columns ?? schema.columns.map(\.name)
    groupBy = configuration.groupBy
    splitBy = configuration.splitBy
    filter = configuration.filter.map { filter in
      .with {
        $0.column = filter.column
        $0.op = filter.op
        $0.value = filter.values.map { WireScalar($0, schema[filter.column]) }
      }
    }
    filterOp = configuration.filterReducer == .or ? .or : .and
    sort = configuration.sort.map { sort in
      .with {
        $0.column = sort.column
        $0.op = WireSortOp(sort.order)
      }
    }
    aggregates = configuration.aggregates.mapValues { names in .with { $0.aggregations = names } }
    if let depth = configuration.groupByDepth { groupByDepth = UInt32(clamping: depth) }
    groupRollupMode = WireGroupRollupMode(configuration.groupRollup)
    splitRollupMode = configuration.splitRollup == .rollup ? .rollup : .flat
  }
}

extension SortOrder {
  fileprivate init(_ op: WireSortOp) {
    self =
      switch op {
      case .sortNone, .UNRECOGNIZED: .none
      case .sortAsc: .ascending
      case .sortDesc: .descending
      case .sortColAsc: .columnAscending
      case .sortColDesc: .columnDescending
      case .sortAscAbs: .ascendingAbsolute
      case .sortDescAbs: .descendingAbsolute
      case .sortColAscAbs: .columnAscendingAbsolute
      case .sortColDescAbs: .columnDescendingAbsolute
      }
  }
}

extension WireSortOp {
  fileprivate init(_ order: SortOrder) {
    self =
      switch order {
      case .none: .sortNone
      case .ascending: .sortAsc
      case .descending: .sortDesc
      case .columnAscending: .sortColAsc
      case .columnDescending: .sortColDesc
      case .ascendingAbsolute: .sortAscAbs
      case .descendingAbsolute: .sortDescAbs
      case .columnAscendingAbsolute: .sortColAscAbs
      case .columnDescendingAbsolute: .sortColDescAbs
      }
  }
}

extension GroupRollup {
  fileprivate init(_ mode: WireGroupRollupMode) {
    self =
      switch mode {
      case .flat: .flat
      case .total: .total
      case .rollup, .UNRECOGNIZED: .rollup
      }
  }
}

extension WireGroupRollupMode {
  fileprivate init(_ rollup: GroupRollup) {
    self =
      switch rollup {
      case .rollup: .rollup
      case .flat: .flat
      case .total: .total
      }
  }
}
