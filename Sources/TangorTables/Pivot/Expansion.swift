/// Which groups of a tree are open: down to some level, but for those that somebody opened or closed.
struct Expansion {
  /// Groups less deep than it are open.
  private var depth: Int
  private var opened: Set<Int> = []
  private var closed: Set<Int> = []
  private(set) var version = 0

  /// - Parameter depth: Levels below the total that are shown; 0 or nil for all.
  init(depth: Int?) { self.depth = depth.flatMap { $0 > 0 ? $0 : nil } ?? .max }

  /// The levels that are open, where no group was opened or closed by itself.
  var evenDepth: Int? { opened.isEmpty && closed.isEmpty ? depth : nil }

  func isOpen(_ node: GroupTree.Node) -> Bool {
    if closed.contains(node.serial) { return false }
    return opened.contains(node.serial) || node.depth < depth
  }

  /// Shows a group's children, closed.
  mutating func open(_ node: GroupTree.Node, children: [GroupTree.Node]) {
    closed.remove(node.serial)
    if node.depth >= depth { opened.insert(node.serial) }
    for child in children {
      opened.remove(child.serial)
      if child.depth < depth { closed.insert(child.serial) }
    }
    version += 1
  }

  mutating func close(_ node: GroupTree.Node) {
    if node.depth == 0 {
      // Groups that come into a tree that was closed as a whole are closed.
      set(depth: 0)
    } else {
      opened.remove(node.serial)
      if node.depth < depth { closed.insert(node.serial) }
    }
    version += 1
  }

  mutating func set(depth: Int) {
    self.depth = depth
    opened = []
    closed = []
    version += 1
  }
}
