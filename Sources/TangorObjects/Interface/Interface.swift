/// What pages may use of a class: its members, with what is to be known about them. Nothing else of an object can be reached.
///
/// An interface is checked when an object is exposed with it: two members of one name, a name that no path can hold or more parameters
/// than a method takes are refused then.
public struct Interface<O>: Sendable {
  /// What the class is for, in a sentence or more.
  public let doc: String
  package let members: [Member<O>]

  /// - Parameters:
  ///   - doc: What the class is for.
  ///   - members: The members, in the order in which they are described.
  public init(_ doc: String = "", @InterfaceBuilder<O> members: () -> [Member<O>]) {
    self.doc = doc
    self.members = members()
  }
}

/// What pages may use of an actor; as ``Interface``, with members that run isolated on the actor.
public struct ActorInterface<A: Actor>: Sendable {
  /// What the actor is for, in a sentence or more.
  public let doc: String
  package let members: [Member<A>]

  /// - Parameters:
  ///   - doc: What the actor is for.
  ///   - members: The members, in the order in which they are described.
  public init(_ doc: String = "", @ActorInterfaceBuilder<A> members: () -> [Member<A>]) {
    self.doc = doc
    self.members = members()
  }
}
