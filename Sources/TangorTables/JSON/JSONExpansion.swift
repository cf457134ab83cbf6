import TangorJSON

/// Makes the rows of one row that holds lists.
struct JSONExpansion {
  struct Cell {
    var path: JSONPath
    var value: JSONValue
  }

  /// A member of an object, as the rows that it asks for.
  private struct Member {
    var name: String
    var isList: Bool
    var rows: [[Cell]]
  }

  /// The most cells that one row may become: a few short lists are enough to ask for more than any memory.
  private static let maximumCells = 10_000_000

  let listFlatten: ListFlatten
  let index: String?

  /// - Throws: ``TableError`` when lists do not fit together, or the index column would repeat
  func rows(_ row: JSONObject, _ root: JSONPath) throws(TableError) -> [[Cell]] {
    let members = try members(row, root)
    let rows = try combined(members)
    if let index, rows.count > 1, let key = members.first(where: { $0.rows.contains { $0.contains { $0.path.path == index } } }) {
      let lists = members.count { $0.isList && $0.rows.count > 1 }
      if key.rows.count == 1 || listFlatten == .cartesian && lists > 1 {
        throw TableError("Cannot create a Table indexed on `\(index)` from an expanded array.\n")
      }
    }
    return rows
  }

  private func members(_ object: JSONObject, _ path: JSONPath) throws(TableError) -> [Member] {
    var members: [Member] = []
    for (name, value) in object {
      let child = path.child(name)
      let isList = if case .array = value { listFlatten != .stringify } else { false }
      members.append(Member(name: child.path, isList: isList, rows: try rows(value, child)))
    }
    return members
  }

  private func rows(_ value: JSONValue, _ path: JSONPath) throws(TableError) -> [[Cell]] {
    switch value {
    case .object(let object): return try combined(members(object, path))
    case .array(let elements) where listFlatten != .stringify:
      var rows: [[Cell]] = []
      for element in elements { rows += try self.rows(element, path) }
      // An empty list says null where a column is known, and makes none.
      if rows.isEmpty {
        if case .index = path.column { return [[Cell(path: path, value: .null)]] }
        return [path.children.isEmpty ? [] : [Cell(path: path, value: .null)]]
      }
      return rows
    default: return [[Cell(path: path, value: value)]]
    }
  }

  private func combined(_ members: [Member]) throws(TableError) -> [[Cell]] {
    guard let longest = members.max(by: { $0.rows.count < $1.rows.count }), longest.rows.count > 1 else {
      return [members.flatMap { $0.rows.first ?? [] }]
    }
    if listFlatten == .cartesian { return try product(members) }
    guard longest.rows.count <= Self.maximumCells / max(members.count, 1) else { throw Self.tooManyCells }
    if let first = members.first(where: { $0.rows.count > 1 }),
      let other = members.first(where: { $0.rows.count > 1 && $0.rows.count != first.rows.count })
    {
      throw TableError(
        "Cannot zip `\(first.name)` (\(first.rows.count)) and `\(other.name)` (\(other.rows.count)) of differing length; "
          + "use the `cartesian` list flatten mode.\n")
    }
    return (0..<longest.rows.count).map { row in members.flatMap { $0.rows[$0.rows.count == 1 ? 0 : row] } }
  }

  private static let tooManyCells = TableError(
    "The lists of one row make more than \(maximumCells) cells; make them shorter or use the `stringify` list flatten mode.")

  private func product(_ members: [Member]) throws(TableError) -> [[Cell]] {
    var total = 1
    for member in members {
      let (product, overflow) = total.multipliedReportingOverflow(by: member.rows.count)
      guard !overflow, product <= Self.maximumCells / max(members.count, 1) else {
        throw Self.tooManyCells
      }
      total = product
    }
    return members.reduce([[]]) { rows, member in
      rows.flatMap { row in member.rows.map { row + $0 } }
    }
  }
}
