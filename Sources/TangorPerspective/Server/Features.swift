import SwiftProtobuf
import TangorTables

/// What clients are told of what the server can do, from which viewers make their menus: the order is theirs, and the first of each list is
/// what they take unasked.
enum Features {
  static let response: WireGetFeaturesResp = .with { response in
    response.groupBy = true
    response.splitBy = true
    response.onUpdate = true
    response.sort = true
    for type in ColumnType.allCases {
      let number = UInt32(WireColumnType(type).rawValue)
      response.filterOps[number] = .with { $0.options = filters(type).map(\.rawValue) }
      response.aggregates[number] = .with { $0.aggregates = aggregates(type).map(arguments) }
    }
    response.groupRollupMode = [.rollup, .flat, .total]
    response.splitRollupMode = [.flat, .rollup]
  }

  static func filters(_ type: ColumnType) -> [FilterOperator] {
    let comparisons: [FilterOperator] = [.equal, .notEqual, .greater, .greaterOrEqual, .less, .lessOrEqual]
    let texts: [FilterOperator] = [
      .beginsWith, .notBeginsWith, .contains, .notContains, .endsWith, .notEndsWith, .matches, .notMatches, .isIn, .isNotIn,
    ]
    return comparisons + (type == .string ? texts : []) + [.isNotNull, .isNull]
  }

  /// By the names of which some are two of the same: menus show both.
  static func aggregates(_ type: ColumnType) -> [String] {
    switch type {
    case .string:
      [
        "count", "any", "distinct count", "distinct leaf", "dominant", "first", "join", "last", "last by index", "median", "q1", "q3",
        "unique", "min by", "max by",
      ]
    case .boolean:
      ["count", "and", "any", "distinct count", "distinct leaf", "dominant", "first", "last", "last by index", "or", "unique"]
    case .date, .datetime:
      [
        "count", "any", "distinct count", "distinct leaf", "dominant", "first", "high", "low", "min", "max", "last by index", "last",
        "median", "q1", "q3", "unique",
      ]
    case .integer, .float:
      [
        "sum", "abs sum", "any", "avg", "count", "distinct count", "distinct leaf", "dominant", "first", "gmv", "high", "low", "max", "min",
        "high minus low", "last by index", "last minus first", "last", "mean", "median", "mul", "q1", "q3", "pct sum parent",
        "pct sum total", "stddev", "sum abs", "sum or zero", "unique", "var", "weighted mean", "min by", "max by",
      ]
    }
  }

  private static func arguments(_ name: String) -> WireGetFeaturesResp.AggregateArgs {
    .with {
      $0.name = name
      if Aggregate(name: name)?.takesColumn == true { $0.args = [.float] }
    }
  }
}
