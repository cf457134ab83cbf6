/// The conditions that a filter can make.
package enum FilterOperator: String, Sendable, CaseIterable {
  case equal = "=="
  case notEqual = "!="
  case greater = ">"
  case greaterOrEqual = ">="
  case less = "<"
  case lessOrEqual = "<="
  case beginsWith = "begins with"
  case notBeginsWith = "not begins with"
  case contains = "contains"
  case notContains = "not contains"
  case endsWith = "ends with"
  case notEndsWith = "not ends with"
  case matches = "matches"
  case notMatches = "not matches"
  case isIn = "in"
  case isNotIn = "not in"
  case isNull = "is null"
  case isNotNull = "is not null"

  /// - Parameter name: As a client writes it, by any of its names.
  /// - Throws: When there is none of the name.
  package init(name: String) throws(TableError) {
    let aliases = [
      "startswith": Self.beginsWith, "not startswith": .notBeginsWith, "endswith": .endsWith, "not endswith": .notEndsWith,
      "is None": .isNull, "is not None": .isNotNull,
    ]
    guard let op = Self(rawValue: name) ?? aliases[name] else { throw TableError("Unknown filter operator string: `\(name)`\n") }
    self = op
  }

  /// Whether it looks into texts.
  var isOfTexts: Bool {
    switch self {
    case .beginsWith, .notBeginsWith, .contains, .notContains, .endsWith, .notEndsWith, .matches, .notMatches: true
    default: false
    }
  }

  /// Whether cells without a value match.
  var matchesNull: Bool { self == .notEqual || self == .isNotIn || self == .isNull }
}
