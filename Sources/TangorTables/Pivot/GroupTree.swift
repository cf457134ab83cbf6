/// Groups of rows by one column after another: the root is all rows, each level parts the groups above it by its column's values.
///
/// A group lives as long as it has rows, and through a change that takes its last row out and puts another in; the root always. Its children stand in the order of their values, and are found by value
/// through one hash table for the whole tree.
final class GroupTree {
  struct Node {
    var parent: UInt32
    /// 0 for the root.
    var depth: Int32
    var key: UInt64
    var rowCount = 0
    /// Never given twice: tells a group from a later one in the same place.
    var serial: Int
  }

  static let root: UInt32 = 0

  let columns: [ColumnStore]
  // One table's own, which one task at a time uses; the checks at every access cost as much as the work.
  @exclusivity(unchecked) private(set) var nodes: [Node]
  /// By node, in the order of their values.
  @exclusivity(unchecked) private var children: [[UInt32]]
  private var free: [UInt32] = []
  private var emptied: [UInt32] = []
  /// Made for the first that looks for a group by its value.
  @exclusivity(unchecked) private var index: KeyTable?
  private var serials = 0
  /// Changes with every group that comes or goes.
  private(set) var version = 0

  /// The innermost groups that `build` made, and the version that it left.
  private var built: (version: Int, leaves: Range<UInt32>) = (-1, 0..<0)

  init(_ columns: [ColumnStore]) {
    self.columns = columns
    nodes = [Node(parent: Self.root, depth: 0, key: 0, serial: 0)]
    children = [[]]
  }

  /// The depth of the innermost groups.
  var depth: Int { columns.count }

  func isLeaf(_ node: UInt32) -> Bool { Int(nodes[Int(node)].depth) == columns.count }

  func children(of node: UInt32) -> [UInt32] { children[Int(node)] }

  /// The value of a group's column.
  func value(_ node: UInt32) -> CellValue {
    let node = nodes[Int(node)]
    return node.depth == 0 ? .null : columns[Int(node.depth) - 1].value(ofGroupKey: node.key)
  }

  /// The values from the outermost group to this one.
  func path(_ node: UInt32) -> [CellValue] {
    var path: [CellValue] = []
    var node = node
    while node != Self.root {
      path.append(value(node))
      node = nodes[Int(node)].parent
    }
    return path.reversed()
  }

  /// What groups have on one level of their paths; no value for those that are not so deep.
  func column(level: Int, of groups: [UInt32]) -> BatchColumn {
    let keys = nodes.withUnsafeBufferPointer { nodes in
      groups.map { group -> UInt64 in
        var node = group
        if Int(nodes[Int(node)].depth) <= level { return 0 }
        while Int(nodes[Int(node)].depth) > level + 1 { node = nodes[Int(node)].parent }
        return nodes[Int(node)].key
      }
    }
    return columns[level].column(ofGroupKeys: keys)
  }

  /// The node and those above it, the root last.
  func forEachAncestor(_ node: UInt32, _ body: (UInt32) -> Void) {
    var node = node
    while true {
      body(node)
      if node == Self.root { return }
      node = nodes[Int(node)].parent
    }
  }

  /// The innermost groups within a group, in order.
  func leaves(of node: UInt32) -> [UInt32] {
    if isLeaf(node) { return [node] }
    var leaves: [UInt32] = []
    var work = [node]
    while let next = work.popLast() {
      if isLeaf(next) { leaves.append(next) } else { work.append(contentsOf: children[Int(next)].reversed()) }
    }
    return leaves
  }

  /// All innermost groups in order, as long as they are those that `build` made.
  var leavesAsBuilt: Range<UInt32>? { built.version == version ? built.leaves : nil }

  /// How many levels deep groups are.
  func depths(of groups: [UInt32]) -> [Int] { nodes.withUnsafeBufferPointer { nodes in groups.map { Int(nodes[Int($0)].depth) } } }

  /// The innermost group of a row, with all groups above it; made where they are not there.
  func leaf(of slot: UInt32) -> UInt32 {
    var node = Self.root
    for column in columns { node = child(of: node, key: column.groupKey(slot)) }
    return node
  }

  /// Counts rows of an innermost group, and of those above it.
  func count(_ rows: Int, at leaf: UInt32) {
    forEachAncestor(leaf) { node in
      nodes[Int(node)].rowCount += rows
      if nodes[Int(node)].rowCount == 0, node != Self.root { emptied.append(node) }
    }
  }

  /// Removes the groups that have no rows left.
  func sweep() {
    for node in emptied where nodes[Int(node)].rowCount == 0 {
      nodes[Int(node)].rowCount = -1
      remove(node)
    }
    emptied.removeAll(keepingCapacity: emptied.count < 4096)
  }

  /// Makes the groups of rows in a few passes over their columns, in an empty tree.
  ///
  /// Groups stand level by level, those of a level in the order of their paths.
  ///
  /// - Returns: The first of the innermost groups, which follow each other, and for each row the number of its own among them.
  func build(_ rows: RowSelection) -> (firstLeaf: UInt32, ofRows: GrowableBuffer<UInt32>) {
    assert(nodes.count == 1)
    let grouping = RowGrouping(rows)
    var first = 0
    for (depth, column) in columns.enumerated() { first = makeLevel(grouping.refine(by: column), first: first, depth: depth + 1) }
    nodes[0].rowCount = rows.count
    version += 1
    built = (version, UInt32(first)..<UInt32(nodes.count))
    return (UInt32(first), grouping.finish())
  }

  /// The groups as they are, for others to be compared with.
  struct Shape {
    fileprivate let nodes: [Node]
    fileprivate let children: [[UInt32]]
  }

  var shape: Shape { Shape(nodes: nodes, children: children) }

  /// Gives groups the serials of those with the same paths in a tree that was there before.
  func inherit(_ old: Shape) {
    var work: [(new: UInt32, old: UInt32)] = [(Self.root, Self.root)]
    while let (new, known) = work.popLast() {
      // Both in the order of their values.
      let (ours, theirs) = (children[Int(new)], old.children[Int(known)])
      guard !ours.isEmpty, !theirs.isEmpty else { continue }
      let column = columns[Int(nodes[Int(new)].depth)]
      var (one, other) = (0, 0)
      while one < ours.count, other < theirs.count {
        let (mine, before) = (nodes[Int(ours[one])].key, old.nodes[Int(theirs[other])].key)
        if mine == before {
          nodes[Int(ours[one])].serial = old.nodes[Int(theirs[other])].serial
          work.append((ours[one], theirs[other]))
          one += 1
          other += 1
        } else if column.order(ofGroupKey: mine) < column.order(ofGroupKey: before) {
          one += 1
        } else {
          other += 1
        }
      }
    }
  }

  /// The keys from the outermost group to this one.
  func keys(_ node: UInt32) -> [UInt64] {
    var keys: [UInt64] = []
    var node = node
    while node != Self.root {
      keys.append(nodes[Int(node)].key)
      node = nodes[Int(node)].parent
    }
    return keys.reversed()
  }

  /// Says how many rows a tree without columns has.
  func countAll(_ rows: Int) { nodes[0].rowCount = rows }

  func removeAll() {
    nodes.removeSubrange(1...)
    nodes[0].rowCount = 0
    children = [[]]
    free = []
    emptied = []
    index = nil
    version += 1
  }

  /// - Parameters:
  ///   - groups: In the order of their parents and values; parents are numbered from the first of their level on.
  ///   - first: The first group of the level above.
  /// - Returns: The first group of the new level.
  private func makeLevel(_ groups: [RowGrouping.Group], first: Int, depth: Int) -> Int {
    // The arrays are taken out of the object meanwhile, where each access would be checked.
    var nodes = self.nodes
    var children = self.children
    (self.nodes, self.children) = ([], [])
    let start = nodes.count
    nodes.reserveCapacity(start + groups.count)
    children.reserveCapacity(start + groups.count)
    for group in groups {
      serials += 1
      nodes.append(
        Node(parent: UInt32(first) + group.parent, depth: Int32(depth), key: group.key, rowCount: group.size, serial: serials))
    }
    children.append(contentsOf: repeatElement([], count: groups.count))
    var next = 0
    while next < groups.count {
      let parent = groups[next].parent
      let begin = next
      while next < groups.count, groups[next].parent == parent { next += 1 }
      children[first + Int(parent)] = Array(UInt32(start + begin)..<UInt32(start + next))
    }
    (self.nodes, self.children) = (nodes, children)
    return start
  }

  private func child(of parent: UInt32, key: UInt64) -> UInt32 {
    if index == nil { establishIndex() }
    if let known = index?[key, parent] { return known }
    serials += 1
    version += 1
    let node = Node(parent: parent, depth: nodes[Int(parent)].depth + 1, key: key, serial: serials)
    let id: UInt32
    if let reused = free.popLast() {
      id = reused
      nodes[Int(id)] = node
    } else {
      id = UInt32(nodes.count)
      nodes.append(node)
      children.append([])
    }
    children[Int(parent)].insert(id, at: position(of: key, within: parent))
    index?.set(key, scope: parent, to: id)
    return id
  }

  private func establishIndex() {
    var made = KeyTable(capacity: nodes.count)
    for (parent, children) in children.enumerated() {
      for child in children { made.set(nodes[Int(child)].key, scope: UInt32(parent), to: child) }
    }
    index = made
  }

  private func position(of key: UInt64, within parent: UInt32) -> Int {
    let column = columns[Int(nodes[Int(parent)].depth)]
    let order = column.order(ofGroupKey: key)
    var low = 0
    var high = children[Int(parent)].count
    while low < high {
      let middle = (low + high) / 2
      if column.order(ofGroupKey: nodes[Int(children[Int(parent)][middle])].key) < order { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func remove(_ node: UInt32) {
    let parent = nodes[Int(node)].parent
    let key = nodes[Int(node)].key
    index?.remove(key, scope: parent)
    let place = position(of: key, within: parent)
    assert(children[Int(parent)][place] == node)
    children[Int(parent)].remove(at: place)
    children[Int(node)] = []
    free.append(node)
    version += 1
  }
}
