import TangorTesting
import Testing

@testable import TangorTables

@Suite struct KernelTests {
  @Test(arguments: [0, 1, 2, 100, 257, 5000], [1, 8, 33, 64]) func radixSortIsStable(count: Int, bits: Int) {
    var random = SeededGenerator(seed: UInt64(count * 64 + bits))
    let mask = bits == 64 ? UInt64.max : (1 << UInt64(bits)) - 1
    let keys = (0..<count).map { _ in (UInt64.random(in: 0...UInt64.max, using: &random) & mask) &+ 77 }
    let slots = (0..<UInt32(count)).map { $0 &* 3 }
    let expected = slots.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }.map { slots[$0] }
    #expect(RadixSort.sorted(slots, keys: keys) == expected)
  }

  @Test func radixSortSettlesKeysThatDifferInTheirLastBits() {
    let keys = (0..<2000).map { (UInt64($0 % 3) << 62) | UInt64(1999 - $0) }
    let expected = keys.indices.sorted { keys[$0] < keys[$1] }.map { UInt32($0) }
    #expect(RadixSort.sorted(keys.indices.map { UInt32($0) }, keys: keys) == expected)
  }

  @Test func keysOrderAsValues() {
    let doubles = [-Double.infinity, -1e300, -2, -1, -.leastNonzeroMagnitude, 0, .leastNonzeroMagnitude, 1, 2, 1e300, .infinity]
    for (one, other) in zip(doubles, doubles.dropFirst()) { #expect(one.sortKey < other.sortKey) }
    #expect((-0.0).sortKey == 0.0.sortKey && Double.nan.sortKey == 1 && Double.nan.sortKey < (-Double.infinity).sortKey)
    #expect(Int32.min.sortKey < Int32(-1).sortKey && Int32(-1).sortKey < Int32(0).sortKey && UInt8(0).sortKey > 0)
    #expect((-3.0).magnitudeKey > 2.0.magnitudeKey && Int8.min.magnitudeKey > Int8.max.magnitudeKey)
  }

  @Test func textsSortByTheirBytes() {
    var random = SeededGenerator(seed: 3)
    var texts = ["", "a", "a\0", "a\0\0", "é", "abcdefgh", "abcdefghi", "abcdefgh\0", "abcdefg", "Z"]
    for _ in 0..<500 {
      texts.append(String((0..<Int.random(in: 0..<20, using: &random)).map { _ in "ab\0".randomElement(using: &random)! }))
    }
    let dictionary = StringDictionary()
    let codes = texts.map { dictionary.intern($0) }
    let sorted = Array(Set(codes)).sorted { dictionary.label($0) < dictionary.label($1) }.map { dictionary.string($0) }
    #expect(sorted.map { Array($0.utf8) } == Set(texts).map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
    // Texts that come later find their places, whether at the end, at the beginning or between.
    for number in 0..<300 {
      codesKeepOrder(dictionary, "b\(number)")
      codesKeepOrder(dictionary, "zz" + String(repeating: "z", count: number))
      codesKeepOrder(dictionary, String(repeating: "\0", count: 300 - number))
    }
  }

  private func codesKeepOrder(_ dictionary: StringDictionary, _ text: String) {
    let code = dictionary.intern(text)
    let bytes = Array(text.utf8)
    for other in (0..<Int32(dictionary.codeLimit)) where other % 17 == 0 && other != code {
      let before = Array(dictionary.string(other).utf8).lexicographicallyPrecedes(bytes)
      #expect((dictionary.label(other) < dictionary.label(code)) == before)
    }
  }

  @Test func ordersKeepTheirOrder() {
    var random = SeededGenerator(seed: 9)
    var rank = (0..<20_000).map { _ in UInt32.random(in: 0..<5000, using: &random) }
    func precedes(_ one: UInt32, _ other: UInt32) -> Bool { (rank[Int(one)], one) < (rank[Int(other)], other) }
    var model = (0..<UInt32(3000)).sorted(by: precedes)
    var order = SlotOrder(model)
    for step in 0..<6000 {
      let slot = UInt32.random(in: 0..<(step < 3000 ? 20_000 : 4000), using: &random)
      if order.contains(slot) {
        order.remove(slot)
        model.removeAll { $0 == slot }
      }
      if step < 3000 || step % 3 == 0 {
        rank[Int(slot)] = UInt32.random(in: 0..<5000, using: &random)
        order.insert(slot) { precedes($0, slot) }
        let position = model.firstIndex { !precedes($0, slot) } ?? model.count
        model.insert(slot, at: position)
      }
      if step % 500 == 0 {
        #expect(order.slots(0..<order.count) == model && order.last == model.last)
        let from = Int.random(in: 0...model.count, using: &random)
        let to = Int.random(in: from...model.count, using: &random)
        #expect(order.slots(from..<to) == Array(model[from..<to]))
      }
    }
    order = order.rename((0..<20_000).map { UInt32(19_999 - $0) })
    #expect(order.slots(0..<order.count) == model.map { 19_999 - $0 })
    for slot in order.slots(0..<order.count) { order.remove(slot) }
    #expect(order.count == 0 && order.last == nil)
  }
}
