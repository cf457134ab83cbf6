extension TableCore {
  /// The schema that a view would have, without making it.
  ///
  /// - Throws: When the configuration does not fit the table.
  package func schema(of configuration: ViewConfiguration) throws(TableError) -> [(name: String, type: ColumnType)] {
    let plan = try ViewPlan(configuration, self)
    guard plan.isPivoted, !plan.isColumnOnly else { return plan.columns.map { ($0.name, $0.store.kind.type) } }
    let hidden = PivotView.sorts(plan).filter { $0.isHidden && !$0.order.isOfColumns }.map(\.measure)
    var known: Set<String> = []
    return (plan.columns.map(plan.measure) + hidden).filter { known.insert($0.column.name).inserted }.map { measure in
      (measure.column.name, measure.aggregate.type(of: measure.column.store.kind))
    }
  }
}
