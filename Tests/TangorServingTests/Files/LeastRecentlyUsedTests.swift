import TangorServing
import Testing

@Suite struct LeastRecentlyUsedTests {
  @Test func letsGoOfWhatWasNotUsedForLongest() {
    var cache = LeastRecentlyUsed<Int>(budget: 30)
    for (index, key) in ["a", "b", "c"].enumerated() { cache.insert(index, for: key, cost: 10) }
    #expect(cache.use("a") == 0)
    cache.insert(3, for: "d", cost: 10)
    #expect(cache.keys == ["d", "a", "c"])
    cache.insert(4, for: "e", cost: 15)
    #expect(cache.keys == ["e", "d"])
    #expect(cache.cost == 25)
  }

  @Test func replacesAndRefuses() {
    var cache = LeastRecentlyUsed<Int>(budget: 30)
    cache.insert(1, for: "a", cost: 10)
    cache.insert(2, for: "a", cost: 20)
    #expect(cache.use("a") == 2)
    #expect(cache.cost == 20)
    // What is over the budget leaves nothing stale behind either.
    cache.insert(3, for: "a", cost: 31)
    #expect(cache.use("a") == nil)
    #expect(cache.cost == 0)
    var none = LeastRecentlyUsed<Int>(budget: 0)
    none.insert(1, for: "a", cost: 1)
    #expect(none.count == 0)
  }

  @Test func agreesWithASimpleModel() {
    var random = SystemRandomNumberGenerator()
    var cache = LeastRecentlyUsed<Int>(budget: 100)
    var model: [(key: String, value: Int, cost: Int)] = []
    for step in 0..<5_000 {
      let key = "k\(Int.random(in: 0..<20, using: &random))"
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        cache.remove(key)
        model.removeAll { $0.key == key }
      case 1:
        let value = cache.use(key)
        let index = model.firstIndex { $0.key == key }
        #expect(value == index.map { model[$0].value })
        if let index { model.insert(model.remove(at: index), at: 0) }
      default:
        let cost = Int.random(in: 1...40, using: &random)
        cache.insert(step, for: key, cost: cost)
        model.removeAll { $0.key == key }
        model.insert((key, step, cost), at: 0)
        while model.reduce(0, { $0 + $1.cost }) > 100 { model.removeLast() }
      }
      #expect(cache.keys == model.map(\.key))
      #expect(cache.cost == model.reduce(0) { $0 + $1.cost })
    }
  }
}
