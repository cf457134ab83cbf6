/// How the cells of a group become one.
package enum Aggregate: String, Sendable, CaseIterable {
  case sum
  case sumNotNull = "sum not null"
  case sumOrZero = "sum or zero"
  case absSum = "abs sum"
  case sumAbs = "sum abs"
  case gmv
  case mul
  case count
  case distinctCount = "distinct count"
  case mean
  case weightedMean = "weighted mean"
  case standardDeviation = "stddev"
  case variance = "var"
  case percentOfParent = "pct sum parent"
  case percentOfTotal = "pct sum total"
  case any
  case first
  case last
  case lastByIndex = "last by index"
  case lastMinusFirst = "last minus first"
  case dominant
  case unique
  case distinctLeaf = "distinct leaf"
  case median
  case firstQuartile = "q1"
  case thirdQuartile = "q3"
  case max
  case min
  case maxBy = "max by"
  case minBy = "min by"
  case high
  case low
  case highMinusLow = "high minus low"
  case and
  case or
  case join

  private static let aliases: [String: Aggregate] = [
    "sum_not_null": .sumNotNull, "abs_sum": .absSum, "sum_abs": .sumAbs, "distinct": .distinctCount, "distinctcount": .distinctCount,
    "distinct_count": .distinctCount, "avg": .mean, "weighted_mean": .weightedMean, "standard deviation": .standardDeviation,
    "variance": .variance, "pct sum grand total": .percentOfTotal, "first by index": .first, "last_value": .last,
    "high_water_mark": .high, "low_water_mark": .low,
  ]

  /// - Parameter name: By any of its names.
  package init?(name: String) {
    guard let aggregate = Self(rawValue: name) ?? Self.aliases[name] else { return nil }
    self = aggregate
  }

  /// The aggregate of columns of which none is said.
  package init(defaultFor kind: ColumnKind) { self = kind.isNumber ? .sum : .count }

  /// Names that Perspective knows and does not compute.
  static let unimplemented: Set<String> = [
    "identity", "mean by count", "scaled div", "scaled add", "scaled mul", "py agg", "udf combiner", "udf reducer",
  ]

  /// Whether another column is named with it.
  package var takesColumn: Bool { self == .weightedMean || self == .maxBy || self == .minBy }

  /// The kind of the results.
  package func kind(of source: ColumnKind) -> ColumnKind {
    switch self {
    case .sum, .sumNotNull, .sumOrZero, .absSum, .sumAbs, .gmv, .mul: source.type == .float ? .float64 : .int64
    case .count: .int64
    case .distinctCount: .uint32
    case .mean, .weightedMean, .standardDeviation, .variance, .percentOfParent, .percentOfTotal: .float64
    case .highMinusLow, .lastMinusFirst: source
    case .and: .boolean
    case .join: .string
    default: source
    }
  }

  /// What the results are, as users see it.
  package func type(of source: ColumnKind) -> ColumnType {
    switch self {
    case .sum, .sumNotNull, .sumOrZero, .absSum, .sumAbs, .gmv, .mul: source.type == .boolean ? .integer : source.type
    default: kind(of: source).type
    }
  }

  /// - Throws: When it cannot be made of columns of the kind.
  func check(_ kind: ColumnKind) throws(TableError) {
    switch (self, kind.type) {
    case (.sum, .string), (.sum, .date), (.sum, .datetime), (.sumNotNull, .string), (.sumNotNull, .date), (.sumNotNull, .datetime),
      (.sumOrZero, .string), (.sumOrZero, .date), (.sumOrZero, .datetime), (.absSum, .string), (.absSum, .date), (.absSum, .datetime),
      (.sumAbs, .string), (.sumAbs, .date), (.sumAbs, .datetime), (.gmv, .string), (.gmv, .date), (.gmv, .datetime), (.mul, .string),
      (.mul, .date), (.mul, .datetime), (.percentOfParent, .string), (.percentOfParent, .date), (.percentOfParent, .datetime),
      (.percentOfTotal, .string), (.percentOfTotal, .date), (.percentOfTotal, .datetime):
      throw TableError("Unexpected coltype")
    case (.mean, .string), (.mean, .date), (.mean, .datetime), (.standardDeviation, .string), (.standardDeviation, .date),
      (.standardDeviation, .datetime), (.variance, .string), (.variance, .date), (.variance, .datetime):
      throw TableError("Unexpected dtype")
    default: break
    }
  }
}
