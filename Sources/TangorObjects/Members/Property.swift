import TangorJSON

/// A property of a class, for an ``Interface``. Its value is of any `Codable` type.
///
/// A property of an optional type can be deleted: it is `nil` then.
public struct Property<O>: CallableMember {
  public var member: Member<O>

  private init<Value: Encodable & SendableMetatype>(
    _ name: String, _ type: Value.Type, _ doc: String, _ action: PropertyAction<O>, isStored: Bool
  ) {
    var info = MemberInfo(name, .property, type: typeName(type), schema: JSONFragment(schemaOf: type), doc: doc)
    info.isStored = isStored
    member = Member(info, .property(action))
  }

  /// A property that pages may read.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - path: The property. Reading it must be quick, because it happens on an event loop.
  ///   - doc: What it is.
  public init<Value: Encodable & SendableMetatype>(_ name: String, _ path: any KeyPath<O, Value> & Sendable, doc: String = "") {
    let writer = ValueWriter<Value>.make()
    self.init(name, Value.self, doc, PropertyAction { try writer.write($0[keyPath: path], to: &$1) }, isStored: true)
  }

  /// A property that pages may read and set; ``readOnly()`` takes the latter away.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - path: The property. Reading and setting it must be quick, because it happens on an event loop.
  ///   - doc: What it is.
  public init<Value: Codable & SendableMetatype>(
    _ name: String, _ path: any ReferenceWritableKeyPath<O, Value> & Sendable, doc: String = ""
  ) {
    let writer = ValueWriter<Value>.make()
    let action = PropertyAction<O>.settable(Value.self) {
      try writer.write($0[keyPath: path], to: &$1)
    } set: {
      $0[keyPath: path] = $1
    }
    self.init(name, Value.self, doc, action, isStored: true)
  }

  /// A property that pages may read, computed by a function.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - doc: What it is.
  ///   - get: Gives its value.
  public init<Value: Encodable & SendableMetatype>(_ name: String, doc: String = "", get: @escaping @Sendable (O) throws -> Value) {
    let writer = ValueWriter<Value>.make()
    self.init(name, Value.self, doc, PropertyAction { try writer.write(get($0), to: &$1) }, isStored: false)
  }

  /// A property that pages may read and set, by functions.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - doc: What it is.
  ///   - get: Gives its value.
  ///   - set: Takes a new value. An error that it throws reaches the page as a call's would.
  public init<Value: Codable & SendableMetatype>(
    _ name: String, doc: String = "", get: @escaping @Sendable (O) throws -> Value, set: @escaping @Sendable (O, Value) throws -> Void
  ) {
    let writer = ValueWriter<Value>.make()
    let action = PropertyAction<O>.settable(Value.self) {
      try writer.write(get($0), to: &$1)
    } set: {
      try set($0, $1)
    }
    self.init(name, Value.self, doc, action, isStored: false)
  }

  /// A property that is tracked: pages may read and set it, and its changes are published to the channel of its name.
  ///
  /// - Parameters:
  ///   - name: The name that pages use, and the channel's.
  ///   - path: The projected value of a ``Tracked`` property, as in `\.$count`, or a ``TrackedValue``.
  ///   - doc: What it is.
  public init<Value: Codable & Sendable>(_ name: String, tracked path: any KeyPath<O, TrackedValue<Value>> & Sendable, doc: String = "") {
    let writer = ValueWriter<Value>.make()
    var action = PropertyAction<O>.settable(Value.self) {
      try writer.write($0[keyPath: path].value, to: &$1)
    } set: {
      $0[keyPath: path].value = $1
    }
    action.tracked = { $0[keyPath: path] }
    self.init(name, Value.self, doc, action, isStored: true)
  }

  /// The same property, which pages may neither set nor delete.
  public func readOnly() -> Self { changing { ($0.set, $0.delete) = (nil, nil) } }

  /// The same property, which pages may delete.
  ///
  /// - Parameter delete: What deleting does: bring a default back, for instance.
  public func deletable(_ delete: @escaping @Sendable (O) throws -> Void) -> Self { changing { $0.delete = delete } }

  private func changing(_ change: (inout PropertyAction<O>) -> Void) -> Self {
    var copy = self
    copy.member.change(change)
    return copy
  }
}

extension Member {
  /// Changes what a property does; other members stay as they are.
  mutating func change(_ change: (inout PropertyAction<O>) -> Void) {
    guard case .property(var property) = action else { return }
    change(&property)
    action = .property(property)
  }
}

extension PropertyAction {
  /// A property without a way to set it.
  init(get: @escaping @Sendable (O, inout JSONWriter) throws -> Void) { self.get = get }

  /// A property that can be set, and deleted where its type has a value for nothing.
  static func settable<Value: Codable & SendableMetatype>(
    _ type: Value.Type, get: @escaping @Sendable (O, inout JSONWriter) throws -> Void, set: @escaping @Sendable (O, Value) throws -> Void
  ) -> Self {
    let reader = ValueReader<Value>.make()
    let writer = ValueWriter<Value>.make()
    var action = Self(get: get)
    action.set = { try set($0, reader.read(&$1)) }
    action.normalize = { try writer.write(reader.read(&$0), to: &$1) }
    if emptyValue(of: type) != nil {
      action.delete = { if let empty = emptyValue(of: Value.self) { try set($0, empty) } }
    }
    return action
  }
}
