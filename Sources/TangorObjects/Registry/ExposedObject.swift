import TangorJSON

/// An object under its name, with all types erased.
package final class ExposedObject: Sendable {
  /// Where the object's members may run.
  enum Place: Sendable {
    /// Anywhere, at the same time.
    case anywhere
    /// One after the other, under the gate.
    case gate
    /// On the object's actor.
    case actor(@Sendable (_ body: @Sendable () throws -> JSONFragment) async throws -> JSONFragment)
  }

  package let name: String
  let type: String
  let doc: String
  let place: Place
  let settings: ObjectSettings
  let root: BoundNode
  let channelPrefix: String
  /// For objects whose place it is; for others, changes of elements go through it, so that none is lost.
  let gate: Turnstile
  /// One locking call at a time goes through it.
  let lock = Turnstile()

  init(
    name: String, type: String, doc: String, place: Place, settings: ObjectSettings, members: [BoundMember], channelPrefix: String,
    gate: Turnstile
  ) {
    self.name = name
    self.type = type
    self.doc = doc
    self.place = place
    self.settings = settings
    self.channelPrefix = channelPrefix
    self.gate = gate
    root = BoundNode(members, settings)
  }

  /// What stands at a path.
  func target(at path: ObjectPath) -> ObjectTarget? {
    guard path.parts.count <= settings.maximumDepth else { return nil }
    var node = root
    var member: BoundMember?
    var roles: [String] = []
    var parts = path.parts[...]
    while let part = parts.first {
      guard case .name(let name) = part, let next = node[name] else { return nil }
      parts.removeFirst()
      member = next
      if let role = next.info.role { roles.append(role) }
      if let child = node.child(next, settings) { node = child } else { break }
    }
    // Elements are those of a property's value.
    guard parts.isEmpty || member?.get != nil else { return nil }
    let isObject = member == nil || member?.members != nil
    return ObjectTarget(
      object: self, member: member, node: isObject ? node : nil, elements: Array(parts), roles: roles, depth: path.parts.count)
  }
}

/// What a path leads to.
package final class ObjectTarget: Sendable {
  let object: ExposedObject
  /// The member; `nil` when the path is the object's own name.
  let member: BoundMember?
  /// The members of what is an object itself.
  let node: BoundNode?
  /// The rest of the path, within the member's value.
  let elements: [ObjectPath.Part]
  /// All roles that a caller needs.
  let roles: [String]
  let depth: Int

  // What is asked for each call, found out once.
  let isLocking: Bool
  /// Whether reading, setting and deleting may happen where the request arrived.
  let isQuickProperty: Bool
  /// Whether calls may happen where the request arrived.
  let isQuickMethod: Bool
  let timeLimit: Duration?
  let maxStartDelay: Duration

  init(object: ExposedObject, member: BoundMember?, node: BoundNode?, elements: [ObjectPath.Part], roles: [String], depth: Int) {
    self.object = object
    self.member = member
    self.node = node
    self.elements = elements
    self.roles = roles
    self.depth = depth
    let settings = object.settings
    let info = member?.info
    let isSynchronous = info?.isSynchronous ?? settings.isSynchronous
    let isOnActor = if case .actor = object.place { true } else { false }
    isLocking = info?.isLocking ?? (info?.kind == .method && settings.isLocking)
    isQuickProperty = !isOnActor && (info?.isStored == true || isSynchronous)
    isQuickMethod = !isOnActor && isSynchronous && info?.isAsync == false && !(info?.isStream == true && settings.checksReturn)
    timeLimit = info?.timeLimit ?? settings.timeLimit
    maxStartDelay = info?.maxStartDelay ?? settings.maxStartDelay
  }

  func allows(_ caller: ObjectCaller) -> Bool { roles.isEmpty || roles.allSatisfy(caller.roles.contains) }
}
