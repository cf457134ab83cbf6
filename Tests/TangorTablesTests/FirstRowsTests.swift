import TangorTesting
import Testing

@testable import TangorTables

/// What is taken out of many rows without going through them one by one is what going through them gives.
@Suite struct FirstRowsTests {
  private static let count = 20_000

  private func table() throws -> TableCore {
    var random = SeededGenerator(seed: 77)
    let table = try TableCore([("k", .int64), ("f", .float64), ("i", .int32), ("s", .string), ("full", .int8)])
    func maybe(_ cell: CellValue) -> CellValue { Int.random(in: 0..<20, using: &random) == 0 ? .null : cell }
    try table.write(
      (0..<Self.count).map { key in
        let number = Double.random(in: -1...1, using: &random)
        return [
          "k": .integer(Int64(key)), "full": .integer(Int64(key % 100)),
          "f": maybe(.float(Int.random(in: 0..<20, using: &random) == 0 ? [.nan, .infinity, -.infinity][key % 3] : number)),
          "i": maybe(.integer(Int64.random(in: -9_999...9_999, using: &random))),
          "s": maybe(.text("s\(Int.random(in: 0..<999, using: &random))")),
        ]
      })
    return table
  }

  @Test(arguments: ["f", "i", "s"], [SortOrder.ascending, .descending, .ascendingAbsolute, .descendingAbsolute])
  func firstRowsAreThoseOfTheWholeOrder(column: String, order: SortOrder) throws {
    let table = try table()
    let sort = [ViewConfiguration.Sort(column, order)]
    for filter in [[], [ViewConfiguration.Filter("full", ">", [.number(3)])]] {
      let all = try table.makeView(ViewConfiguration(filter: filter, sort: sort)).slice(.all, keys: false)["k"]
      for parallelism in [Parallelism.eager, .reluctant] {
        let first = try Parallelism.$current.withValue(parallelism) {
          try table.makeView(ViewConfiguration(filter: filter, sort: sort)).slice(Viewport(endRow: 1_000), keys: false)["k"]
        }
        #expect(first == Array(all.prefix(1_000)))
      }
    }
  }

  /// Sparse and dense sets of rows, with runs and without, and columns with and without a value in every row.
  @Test(arguments: [0, 1, 40, 98], [Parallelism.eager, .reluctant]) func filteredRowsAreTakenOut(
    bound: Int, _ parallelism: Parallelism
  ) throws {
    let table = try table()
    try Parallelism.$current.withValue(parallelism) {
      let filter = [ViewConfiguration.Filter("full", ">", [.number(Double(bound))])]
      let view = try table.makeView(ViewConfiguration(columns: ["k", "i", "s"], filter: filter))
      let all = try table.makeView(ViewConfiguration(columns: ["k", "i", "s"])).slice(.all, keys: false)
      let slice = view.slice(.all, keys: false)
      let rows = (0..<Self.count).filter { $0 % 100 > bound }
      for name in ["k", "i", "s"] {
        let values = all[name]
        #expect(slice[name] == rows.map { values[$0] })
      }
      #expect(view.slice(.all, keys: true)["s"] == slice["s"])
    }
  }
}
