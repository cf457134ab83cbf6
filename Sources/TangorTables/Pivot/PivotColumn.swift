/// A column of a pivot: an aggregate, and under which name it shows.
struct PivotColumn {
  let name: String
  /// The aggregate as clients know it, with its argument.
  let title: String
  let type: ColumnType
  let measure: any Measure
}

/// The aggregates of a pivot, each made once however often it is shown or sorted by.
struct MeasureSet {
  private struct Key: Hashable {
    let column: Int
    let aggregate: Aggregate
    let argument: Int?
  }

  private let table: TableCore
  private let cells: PivotCells
  private var made: [Key: Int] = [:]
  private(set) var all: [any Measure] = []
  /// The table's columns that they read.
  private(set) var columns = ColumnSet()

  init(_ table: TableCore, _ cells: PivotCells) { (self.table, self.cells) = (table, cells) }

  mutating func column(_ measure: ViewPlan.Measure) -> PivotColumn {
    let store = measure.column.store
    let title = measure.argument.map { "\(measure.aggregate.rawValue) by \($0.name)" } ?? measure.aggregate.rawValue
    return PivotColumn(
      name: measure.column.name, title: title, type: measure.aggregate.type(of: store.kind), measure: self.measure(measure))
  }

  private mutating func measure(_ measure: ViewPlan.Measure) -> any Measure {
    let key = Key(column: measure.column.position, aggregate: measure.aggregate, argument: measure.argument?.position)
    if let index = made[key] { return all[index] }
    columns.insert(measure.column.position)
    if let argument = measure.argument { columns.insert(argument.position) }
    let store = measure.column.store
    let new: any Measure
    switch measure.aggregate {
    case .count: new = CountMeasure(cells)
    case .weightedMean: new = WeightedMeanMeasure(store, weights: measure.argument?.store ?? store, cells)
    case .high: new = WaterMarkMeasure(store, highest: true, cells)
    case .low: new = WaterMarkMeasure(store, highest: false, cells)
    default:
      let reductions = Reductions(table: table, column: store, argument: measure.argument?.store, cells: cells)
      if let function = reductions.function(measure.aggregate) {
        new = RecomputedMeasure(
          measure.aggregate.kind(of: store.kind), isOfRowsAlone: measure.aggregate != .last, cells, function,
          many: reductions.functionOfMany(measure.aggregate))
      } else {
        new = SumMeasure(store, measure.aggregate, cells)
      }
    }
    made[key] = all.count
    all.append(new)
    return new
  }
}
