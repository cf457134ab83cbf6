/// A part of a view's rows and columns, for the writers of formats.
package struct ResultSlice: Sendable {
  package var rowCount: Int
  /// The visible columns of the part, in their order.
  package var columns: [ResultColumn]
  /// The groups that the rows stand for; nil on views without groups.
  package var rowPath: RowPath?
  /// The key of each row of a flat view, when asked for.
  package var keys: BatchColumn?
  /// The keys of the rows in each group, ascending, when asked for.
  package var groupKeys: [BatchColumn]?

  /// The most cells that are told of after a change. A view of many groups and splits has more of them than rows were written.
  static let mostDeltaCells = 100_000_000

  /// Whether so many rows and columns can be told of after a change.
  static func fitsDelta(rows: Int, columns: Int) -> Bool {
    let cells = rows.multipliedReportingOverflow(by: columns)
    return !cells.overflow && cells.partialValue <= mostDeltaCells
  }
}

/// A column of a result.
package struct ResultColumn: Sendable {
  /// The values of the columns by which the view is split, outermost first; fewer for totals; none in views that are not split.
  package var path: [CellValue]
  /// The table's column.
  package var name: String
  /// The name of the aggregate; nil in flat views.
  package var aggregate: String?
  /// Texts as a dictionary, which may have more of them than are there.
  package var values: BatchColumn

  /// The name of the whole column: the path and the name, joined with `|`.
  package var title: String { path.isEmpty ? name : path.map(\.pathText).joined(separator: "|") + "|" + name }
}

/// To which group each row belongs.
package struct RowPath: Sendable {
  /// The columns by which the view is grouped.
  package var names: [String]
  /// How many levels deep each row is: 0 for the total.
  package var lengths: [Int]
  /// A key for each row and level; without a value where the key is null and where the row is not so deep.
  package var levels: [BatchColumn]
}

/// Which rows and columns of a view.
package struct Viewport: Sendable, Hashable {
  /// Positions among the visible rows; what lies beyond the last is not there.
  package var rows: Range<Int>
  /// Positions among the visible columns.
  package var columns: Range<Int>

  /// - Parameters: Bounds, of which those that are nil do not bound; an end before its start means nothing at all.
  package init(startRow: Int? = nil, endRow: Int? = nil, startColumn: Int? = nil, endColumn: Int? = nil) {
    let row = max(startRow ?? 0, 0)
    rows = row..<max(endRow ?? .max, row)
    let column = max(startColumn ?? 0, 0)
    columns = column..<max(endColumn ?? .max, column)
  }

  package static let all = Viewport()
}

extension CellValue {
  /// As it stands in the name of a split column.
  package var pathText: String {
    switch self {
    case .null: "null"
    case .integer(let value): String(value)
    case .unsigned(let value): String(value)
    case .float(let value):
      {
        var output = ByteOutput(capacity: 32)
        output.append(value, .csv)
        return String(decoding: output.bytes, as: UTF8.self)
      }()
    case .boolean(let value): String(value)
    case .date(let days): DateText.date(days: days)
    case .datetime(let moment): DateText.datetime(milliseconds: moment)
    case .text(let text): text
    }
  }
}
