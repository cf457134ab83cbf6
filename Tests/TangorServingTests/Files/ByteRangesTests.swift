import TangorServing
import Testing

@Suite struct ByteRangesTests {
  @Test(arguments: [
    ("bytes=0-0", ByteRanges.parts([0..<1])), ("bytes=0-9", .parts([0..<10])), ("bytes=90-", .parts([90..<100])),
    ("bytes=-10", .parts([90..<100])), ("bytes=-1000", .parts([0..<100])), ("bytes=0-1000", .parts([0..<100])),
    ("bytes=99-99", .parts([99..<100])), ("BYTES=5-6", .parts([5..<7])), ("bytes= 5-6 , 8-9 ", .parts([5..<7, 8..<10])),
    ("bytes=5-6,,8-9", .parts([5..<7, 8..<10])), ("bytes=8-9,5-6", .parts([8..<10, 5..<7])),
    ("bytes=0-4,5-9", .parts([0..<10])), ("bytes=0-10,5-20", .parts([0..<21])), ("bytes=5-9,0-4", .parts([0..<10])),
    ("bytes=0-1,10-11,2-9", .parts([0..<12])), ("bytes=0-99,20-30", .parts([0..<100])),
    ("bytes=10-20,-5,150-", .parts([10..<21, 95..<100])),
    ("bytes=0-1,40-41,1-3", .parts([0..<4, 40..<42])), ("bytes=0-18446744073709551616", .parts([0..<100])),
    ("bytes=100-", .unsatisfiable), ("bytes=100-200", .unsatisfiable), ("bytes=-0", .unsatisfiable),
    ("bytes=99999999999999999999-", .unsatisfiable), ("bytes=200-,300-400", .unsatisfiable),
    ("bytes=", .whole), ("bytes=,", .whole), ("bytes=-", .whole), ("bytes=a-b", .whole), ("bytes=9-5", .whole), ("bytes=1", .whole),
    ("bytes=+1-2", .whole), ("bytes=0x1-2", .whole), ("bytes=1-2-3", .whole), ("bytes=--5", .whole), ("items=0-5", .whole), ("", .whole),
    ("bytes 0-5", .whole), ("bytes=0-1,x", .whole), ("bytes=1 -2", .whole),
    ("bytes=0-0,2-2,4-4,6-6", .parts([0..<1, 2..<3, 4..<5, 6..<7])), ("bytes=0-0,2-2,4-4,6-6,8-8", .whole),
  ])
  func selects(_ field: String, _ expected: ByteRanges) {
    #expect(ByteRanges(parsing: field, size: 100, maximum: 4) == expected)
  }

  @Test func emptyFileHasNothingToGive() {
    #expect(ByteRanges(parsing: "bytes=0-", size: 0, maximum: 4) == .unsatisfiable)
    #expect(ByteRanges(parsing: "bytes=-5", size: 0, maximum: 4) == .whole)
  }

  @Test func partsNeverOverlapNorLeaveTheFile() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      let items = (0..<Int.random(in: 1...8, using: &random)).map { _ -> (Int, Int) in
        let start = Int.random(in: 0..<120, using: &random)
        return (start, start + Int.random(in: 0..<40, using: &random))
      }
      let field = "bytes=" + items.map { "\($0.0)-\($0.1)" }.joined(separator: ",")
      let asked = Set(items.flatMap { $0.0...$0.1 }).filter { $0 < 100 }
      switch ByteRanges(parsing: field, size: 100, maximum: 8) {
      case .whole: Issue.record("\(field) was ignored")
      case .unsatisfiable: #expect(asked.isEmpty)
      case .parts(let parts):
        let given = parts.flatMap { Array($0) }
        #expect(Set(given) == asked, "\(field)")
        #expect(given.count == asked.count, "\(field) gave a byte twice")
        let touching = parts.contains { part in parts.contains { $0.upperBound == part.lowerBound } }
        #expect(!touching, "\(field) left neighbours apart")
      }
    }
  }
}
