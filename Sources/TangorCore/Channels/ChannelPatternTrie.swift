/// Finds whose patterns match a channel, in time that depends on the name's levels and not on how many patterns there are.
package struct ChannelPatternTrie<Value: Hashable & Sendable>: Sendable {
  private struct Node: Sendable {
    var children: [Level: Node] = [:]
    var values: Set<Value> = []
    var isEmpty: Bool { children.isEmpty && values.isEmpty }
  }

  /// A level, told apart by its bytes.
  private struct Level: Hashable, Sendable {
    let text: Substring
    static var one: Level { Level(text: "+") }
    static var rest: Level { Level(text: "#") }
    static func == (left: Self, right: Self) -> Bool { left.text == right.text && left.text.utf8.elementsEqual(right.text.utf8) }
  }

  private var root = Node()

  package init() {}

  package var isEmpty: Bool { root.isEmpty }

  /// Adds a value under a pattern.
  package mutating func insert(_ value: Value, for pattern: ChannelPattern) {
    Self.change(&root, Self.levels(pattern.text)[...]) { $0.values.insert(value) }
  }

  /// Removes a value from a pattern.
  package mutating func remove(_ value: Value, for pattern: ChannelPattern) {
    Self.change(&root, Self.levels(pattern.text)[...]) { $0.values.remove(value) }
  }

  /// The values whose patterns match a name, each once.
  package func values(matching name: ChannelName) -> Set<Value> {
    guard !root.isEmpty else { return [] }
    var found: Set<Value> = []
    Self.find(root, Self.levels(name.text)[...], isFirst: true, isServers: name.isServers, &found)
    return found
  }

  private static func levels(_ text: String) -> [Level] {
    text.split(separator: "/", omittingEmptySubsequences: false).map { Level(text: $0) }
  }

  private static func change(_ node: inout Node, _ path: ArraySlice<Level>, _ body: (inout Node) -> Void) {
    guard let first = path.first else { return body(&node) }
    change(&node.children[first, default: Node()], path.dropFirst(), body)
    if node.children[first]?.isEmpty == true { node.children[first] = nil }
  }

  private static func find(_ node: Node, _ path: ArraySlice<Level>, isFirst: Bool, isServers: Bool, _ found: inout Set<Value>) {
    let mayBeWild = !(isFirst && isServers)
    if mayBeWild, let rest = node.children[.rest] { found.formUnion(rest.values) }
    guard let first = path.first else {
      found.formUnion(node.values)
      return
    }
    if let child = node.children[first] { find(child, path.dropFirst(), isFirst: false, isServers: isServers, &found) }
    if mayBeWild, let child = node.children[.one] { find(child, path.dropFirst(), isFirst: false, isServers: isServers, &found) }
  }
}
