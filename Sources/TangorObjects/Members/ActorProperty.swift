import TangorJSON

/// A property of an actor, for an ``ActorInterface``. Its value is of any `Codable` type.
///
/// A settable property of an optional type can be deleted: it is `nil` then.
public struct ActorProperty<A: Actor>: CallableMember {
  public var member: Member<A>

  private init<Value: Encodable & SendableMetatype>(_ name: String, _ type: Value.Type, _ doc: String, _ action: PropertyAction<A>) {
    let info = MemberInfo(name, .property, type: typeName(type), schema: JSONFragment(schemaOf: type), doc: doc)
    member = Member(info, .property(action))
  }

  /// A property that pages may read.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - doc: What it is.
  ///   - get: Gives its value, as in `{ (it: isolated Counter) in it.count }`.
  public init<Value: Encodable & SendableMetatype>(
    _ name: String, doc: String = "", get: @escaping @Sendable (isolated A) throws -> Value
  ) {
    let writer = ValueWriter<Value>.make()
    let read = Isolation<A>.drop { (actor: isolated A, out: inout JSONWriter) in try writer.write(get(actor), to: &out) }
    self.init(name, Value.self, doc, PropertyAction(get: read))
  }

  /// A property that pages may read and set.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - doc: What it is.
  ///   - get: Gives its value, as in `{ (it: isolated Counter) in it.count }`.
  ///   - set: Takes a new value, as in `{ (it: isolated Counter, count: Int) in it.count = count }`.
  public init<Value: Codable & SendableMetatype>(
    _ name: String, doc: String = "", get: @escaping @Sendable (isolated A) throws -> Value,
    set: @escaping @Sendable (isolated A, Value) throws -> Void
  ) {
    self.init(name, Value.self, doc, .isolated(get: get, set: set))
  }

  /// A property that is tracked: pages may read and set it, and its changes are published to the channel of its name.
  ///
  /// - Parameters:
  ///   - name: The name that pages use, and the channel's.
  ///   - doc: What it is.
  ///   - tracked: Gives the projected value of a ``Tracked`` property, as in `{ (it: isolated Counter) in it.$count }`.
  public init<Value: Codable & Sendable>(
    _ name: String, doc: String = "", tracked: @escaping @Sendable (isolated A) -> TrackedValue<Value>
  ) {
    var action = PropertyAction<A>.isolated(
      get: { (actor: isolated A) in tracked(actor).value }, set: { (actor: isolated A, value: Value) in tracked(actor).value = value })
    action.tracked = Isolation<A>.drop { (actor: isolated A) -> any TrackedSource in tracked(actor) }
    self.init(name, Value.self, doc, action)
  }

  /// The same property, which pages may neither set nor delete.
  public func readOnly() -> Self { changing { ($0.set, $0.delete) = (nil, nil) } }

  /// The same property, which pages may delete.
  ///
  /// - Parameter delete: What deleting does: bring a default back, for instance.
  public func deletable(_ delete: @escaping @Sendable (isolated A) throws -> Void) -> Self {
    let delete = Isolation<A>.drop(delete)
    return changing { $0.delete = delete }
  }

  private func changing(_ change: (inout PropertyAction<A>) -> Void) -> Self {
    var copy = self
    copy.member.change(change)
    return copy
  }
}

extension PropertyAction where O: Actor {
  fileprivate static func isolated<Value: Codable & SendableMetatype>(
    get: @escaping @Sendable (isolated O) throws -> Value, set: @escaping @Sendable (isolated O, Value) throws -> Void
  ) -> Self {
    let writer = ValueWriter<Value>.make()
    let reader = ValueReader<Value>.make()
    var action = Self(get: Isolation<O>.drop { (actor: isolated O, out: inout JSONWriter) in try writer.write(get(actor), to: &out) })
    action.set = Isolation<O>.drop { (actor: isolated O, text: inout JSONReader) in try set(actor, reader.read(&text)) }
    action.normalize = { try writer.write(reader.read(&$0), to: &$1) }
    if emptyValue(of: Value.self) != nil {
      action.delete = Isolation<O>.drop { (actor: isolated O) in
        if let empty = emptyValue(of: Value.self) { try set(actor, empty) }
      }
    }
    return action
  }
}
