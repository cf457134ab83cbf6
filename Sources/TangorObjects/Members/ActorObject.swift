import TangorJSON

/// An object within an actor, for an ``ActorInterface``: its members are reached by longer paths and run isolated on the actor.
///
/// An actor within an actor is exposed under a name of its own instead.
public struct ActorObject<A: Actor>: ExposedMember {
  public var member: Member<A>

  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - doc: What it is; what its interface says by default.
  ///   - get: Gives the object, or `nil` when there is none: its members do not exist then.
  public init<Inner: LiveObject>(_ name: String, doc: String? = nil, get: @escaping @Sendable (isolated A) throws -> Inner?) {
    member = Object<A>(name, doc: doc, get: Isolation<A>.drop(get)).member
  }
}
