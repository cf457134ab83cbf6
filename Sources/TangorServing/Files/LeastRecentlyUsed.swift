/// Values by key within a budget; what was not used for longest goes first. Every operation takes constant time.
package struct LeastRecentlyUsed<Value> {
  fileprivate struct Node {
    var key: String
    var value: Value
    var cost: Int
    var newer: Int
    var older: Int
  }

  private var nodes: [Node?] = []
  private var free: [Int] = []
  private var places: [String: Int] = [:]
  private var newest = -1
  private var oldest = -1

  /// What the values may cost together.
  package let budget: Int
  /// What the values cost together.
  package private(set) var cost = 0

  package init(budget: Int) { self.budget = budget }

  package var count: Int { places.count }

  /// The keys, the most recently used first.
  package var keys: [String] {
    var keys: [String] = []
    var place = newest
    while place >= 0, let node = nodes[place] {
      keys.append(node.key)
      place = node.older
    }
    return keys
  }

  /// The value of a key, which counts as a use.
  package mutating func use(_ key: String) -> Value? {
    guard let place = places[key], let value = nodes[place]?.value else { return nil }
    if place != newest {
      unlink(place)
      link(place)
    }
    return value
  }

  /// Keeps a value, and lets go of the least recently used ones that no longer fit; a value over the whole budget is not kept.
  package mutating func insert(_ value: Value, for key: String, cost: Int) {
    remove(key)
    guard cost <= budget else { return }
    while self.cost + cost > budget, oldest >= 0, let key = nodes[oldest]?.key { remove(key) }
    let node = Node(key: key, value: value, cost: cost, newer: -1, older: -1)
    let place: Int
    if let last = free.popLast() {
      nodes[last] = node
      place = last
    } else {
      nodes.append(node)
      place = nodes.count - 1
    }
    places[key] = place
    self.cost += cost
    link(place)
  }

  package mutating func remove(_ key: String) {
    guard let place = places.removeValue(forKey: key), let node = nodes[place] else { return }
    unlink(place)
    nodes[place] = nil
    free.append(place)
    cost -= node.cost
  }

  private mutating func link(_ place: Int) {
    nodes[place]?.older = newest
    nodes[place]?.newer = -1
    if newest >= 0 { nodes[newest]?.newer = place }
    newest = place
    if oldest < 0 { oldest = place }
  }

  private mutating func unlink(_ place: Int) {
    guard let node = nodes[place] else { return }
    if node.newer >= 0 { nodes[node.newer]?.older = node.older } else { newest = node.older }
    if node.older >= 0 { nodes[node.older]?.newer = node.newer } else { oldest = node.newer }
  }
}

extension LeastRecentlyUsed: Sendable where Value: Sendable {}
extension LeastRecentlyUsed.Node: Sendable where Value: Sendable {}
