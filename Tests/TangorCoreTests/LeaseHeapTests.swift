import Testing

@testable import TangorCore

@Suite struct LeaseHeapTests {
  @Test(arguments: 1...20) func leasesComeInTheOrderOfTheirEnds(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    var heap = LeaseHeap<Int>()
    let ends = (0..<200).map { _ in Int.random(in: 0..<100, using: &random) }
    for end in ends { heap.insert(end, end: .seconds(end)) }
    var popped: [Int] = []
    for now in 0..<100 {
      #expect(heap.nextEnd.map { $0 >= .seconds(now) } ?? true)
      while let end = heap.popEnded(at: .seconds(now)) { popped.append(end) }
    }
    #expect(popped == ends.sorted() && heap.count == 0)
  }

  @Test(arguments: 1...20) func unwantedLeasesLeaveTheOthersInOrder(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    var heap = LeaseHeap<Int>()
    let ends = (0..<200).map { _ in Int.random(in: 0..<100, using: &random) }
    for end in ends { heap.insert(end, end: .seconds(end)) }
    heap.removeAll { $0 % 3 == 0 }
    var popped: [Int] = []
    while let end = heap.popEnded(at: .seconds(100)) { popped.append(end) }
    #expect(popped == ends.filter { $0 % 3 != 0 }.sorted())
  }
}
