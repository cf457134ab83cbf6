import NIOCore
import TangorTesting
import Testing

@testable import TangorServing

@Suite struct DeadlineHeapTests {
  private final class Holder: DeadlineHolder {
    let name: Int
    var deadlinePlace: Int32 = -1

    init(_ name: Int) { self.name = name }
  }

  private func moment(_ number: Int) -> NIODeadline { .uptimeNanoseconds(UInt64(number)) }

  /// Beside a dictionary that does the same slowly.
  @Test(arguments: 1...20) func deadlinesComeInTheirOrder(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    var heap = DeadlineHeap<Holder>()
    let holders = (0..<50).map { Holder($0) }
    var model: [Int: Int] = [:]
    for step in 0..<2_000 {
      let holder = holders.randomElement(using: &random)!
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<6:
        let end = step + Int.random(in: 0..<300, using: &random)
        heap.set(holder, to: moment(end))
        model[holder.name] = end
      case 6..<8:
        heap.remove(holder)
        model[holder.name] = nil
      default:
        let due = heap.takeDue(at: moment(step))
        let expected = model.filter { $0.value <= step }
        #expect(due.compactMap { expected[$0.name] } == expected.values.sorted())
        for name in expected.keys { model[name] = nil }
      }
      #expect(heap.first == model.values.min().map(moment))
      #expect(holders.allSatisfy { heap.deadline(of: $0) == model[$0.name].map(moment) })
    }
    #expect(Set(heap.holders.map(\.name)) == Set(model.keys) && heap.isEmpty == model.isEmpty)
  }
}
