import Glibc
import TangorTesting
import Testing

@testable import TangorTables

/// How many seeds are tried: those of every run, or as many as `TANGOR_TABLE_FUZZ` says.
private let seeds = getenv("TANGOR_TABLE_FUZZ").flatMap { Int(String(cString: $0)) } ?? 40

/// Random tables of every kind of column, random views of them, random writes: nothing traps, and views that followed agree with new ones.
@Suite struct EngineFuzzTests {
  private static let kinds: [ColumnKind] = ColumnKind.allCases
  private static let operators = FilterOperator.allCases.map(\.rawValue) + ["startswith", "is None", "nonsense"]

  private static func cell(_ kind: ColumnKind, _ random: inout SeededGenerator) -> CellValue {
    if Int.random(in: 0..<6, using: &random) == 0 { return .null }
    let small = Int64.random(in: -3...3, using: &random)
    switch kind {
    case .int8: return .integer([Int64(Int8.min), Int64(Int8.max), small].randomElement(using: &random)!)
    case .int16, .int32: return .integer([Int64(Int16.min), small, small].randomElement(using: &random)!)
    case .int64: return .integer([Int64.min, Int64.max, small, small].randomElement(using: &random)!)
    case .uint8, .uint16, .uint32: return .integer(abs(small))
    case .uint64: return .unsigned([UInt64.max, 0, 1, UInt64(abs(small))].randomElement(using: &random)!)
    case .float32, .float64: return .float([.nan, .infinity, -.infinity, -0.0, 0, 1e308, Double(small) / 2].randomElement(using: &random)!)
    case .boolean: return .boolean(small > 0)
    case .date: return .date([Int32.min, Int32.max, Int32(small)].randomElement(using: &random)!)
    case .datetime: return .datetime([Int64.min, Int64.max, small * 3_600_000].randomElement(using: &random)!)
    case .string: return .text(["", "a", "A", "|", "\"", "é", "null", "\u{0}", "text \(small)"].randomElement(using: &random)!)
    }
  }

  private static func configuration(_ names: [String], _ random: inout SeededGenerator) -> ViewConfiguration {
    func some(_ most: Int) -> [String] { (0..<Int.random(in: 0...most, using: &random)).map { _ in names.randomElement(using: &random)! } }
    var configuration = ViewConfiguration(columns: some(5), groupBy: Array(Set(some(2))), splitBy: some(2))
    if Bool.random(using: &random) { configuration.splitBy = [] }
    configuration.filter = some(2).map { name in
      let value: FilterValue = [
        .null, .boolean(true), .number(1), .number(.nan), .number(1e300), .text("a"), .text("2020-01-01"), .text("1"),
      ]
      .randomElement(using: &random)!
      return .init(name, operators.randomElement(using: &random)!, Bool.random(using: &random) ? [value] : [])
    }
    configuration.filterReducer = Bool.random(using: &random) ? .and : .or
    configuration.sort = some(2).map { .init($0, SortOrder.allCases.randomElement(using: &random)!) }
    for name in names where Bool.random(using: &random) {
      let aggregate = Aggregate.allCases.randomElement(using: &random)!
      if ![.last, .high, .low].contains(aggregate) {
        configuration.aggregates[name] = [aggregate.rawValue, names.randomElement(using: &random)!]
      }
    }
    configuration.groupRollup = GroupRollup.allCases.randomElement(using: &random)!
    configuration.splitRollup = SplitRollup.allCases.randomElement(using: &random)!
    configuration.groupByDepth = [nil, 0, 1, 9].randomElement(using: &random)!
    return configuration
  }

  private static func description(_ slice: ResultSlice) -> [String] {
    func text(_ column: BatchColumn) -> String {
      column.cells.map { cell in
        // Sums taken back and summed anew differ by a last digit at most.
        if case .float(let number) = cell, number.isFinite { return number == 0 ? "0.0" : "\(Float(number))" }
        return cell.pathText
      }.joined(separator: ",")
    }
    return (slice.rowPath?.levels ?? []).map(text) + slice.columns.map { $0.title + ": " + text($0.values) }
  }

  /// Seeds in turn: as on this machine, all in bulk and on several threads, nothing so.
  @Test(arguments: 0..<seeds) func viewsOfAnything(seed: Int) throws {
    try Parallelism.$current.withValue([Parallelism(), .eager, .reluctant][seed % 3]) { try viewsOfAnything(seed) }
  }

  private func viewsOfAnything(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let columns = (0..<Int.random(in: 0...7, using: &random)).map { ("c\($0)", Self.kinds.randomElement(using: &random)!) }
    let names = columns.map(\.0) + ["missing"].filter { _ in columns.isEmpty }
    let index = columns.first.flatMap { $0.1 != .boolean && Bool.random(using: &random) ? $0.0 : nil }
    let limit = index == nil && Bool.random(using: &random) ? 20 : nil
    let table = try TableCore(columns, index: index, limit: limit)
    var views: [(ViewConfiguration, any TableView)] = []
    for step in 0..<25 {
      if step % 4 != 3 {
        let rows = (0..<Int.random(in: 0..<12, using: &random)).map { _ -> Row in
          var row: Row = [:]
          for (name, kind) in columns where Int.random(in: 0..<4, using: &random) > 0 { row[name] = Self.cell(kind, &random) }
          return row
        }
        try table.write(rows)
      } else if let index, let kind = table.schema[index] {
        try table.remove(BatchColumn("", (0..<5).map { _ in Self.cell(kind, &random) }, kind: kind))
        table.poll()
      } else if step % 8 == 7 {
        table.clear()
        table.poll()
      }
      for _ in 0..<3 {
        let configuration = Self.configuration(names, &random)
        if let view = try? table.makeView(configuration) { views.append((configuration, view)) }
      }
      for (configuration, view) in views {
        let slice = view.slice(.all, keys: true)
        #expect(slice.rowCount == view.rowCount && slice.columns.count == view.columnCount)
        for column in slice.columns { #expect(column.values.values.count == slice.rowCount) }
        #expect(try !slice.arrow().isEmpty)
        _ = (slice.csv(), slice.json(ids: true, index: true).objects(), slice.json(isFormatted: true).columns())
        let part = view.slice(Viewport(startRow: 1, endRow: 4, startColumn: 1, endColumn: 2), keys: false)
        #expect(part.rowCount == min(max(slice.rowCount - 1, 0), 3) && part.columns.count == min(max(slice.columns.count - 1, 0), 1))
        for name in names { _ = try? view.extremes(of: name) }
        if step % 5 == 4 {
          // Made anew beside the one that followed: the table has another of the same rows.
          let other = try copy(of: table, columns, index, limit)
          guard limit == nil else { continue }
          let fresh = try other.makeView(configuration).slice(.all, keys: false)
          #expect(Self.description(slice) == Self.description(fresh), "\(configuration)")
        }
      }
      if views.count > 12 { views.removeFirst(views.count - 12) }
    }
  }

  private func copy(of table: TableCore, _ columns: [(String, ColumnKind)], _ index: String?, _ limit: Int?) throws -> TableCore {
    let copy = try TableCore(columns, index: index, limit: limit)
    try copy.write(table.rows.map { cells in Dictionary(uniqueKeysWithValues: zip(columns.map(\.0), cells)) })
    return copy
  }
}
