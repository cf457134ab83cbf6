import Synchronization

/// The members of an object or nested object that are served, by name.
package final class BoundNode: Sendable {
  /// The served members in the order of their declaration.
  package let members: [BoundMember]
  private let byName: [String: BoundMember]
  private let children = Mutex<[String: BoundNode]>([:])

  /// - Parameters:
  ///   - members: All members.
  ///   - settings: Says which are served.
  init(_ members: [BoundMember], _ settings: ObjectSettings) {
    self.members = members.filter { settings.serves($0.info) }
    // Two members of one name are refused when the object is exposed; the first one stays where an inner interface has two all the same.
    byName = Dictionary(self.members.map { ($0.info.name, $0) }) { first, _ in first }
  }

  subscript(_ name: String) -> BoundMember? { byName[name] }

  /// The members of a nested object; made when they are asked for first, because interfaces may hold one another.
  func child(_ member: BoundMember, _ settings: ObjectSettings) -> BoundNode? {
    guard let makeMembers = member.members else { return nil }
    return children.withLock { children in
      if let child = children[member.info.name] { return child }
      let child = BoundNode(makeMembers(), settings)
      children[member.info.name] = child
      return child
    }
  }
}
