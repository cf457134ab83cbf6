import TangorJSON

/// An object within an object, for an ``Interface``: its members are reached by longer paths, as in `sample.inner.depth`.
public struct Object<O>: ExposedMember {
  public var member: Member<O>

  /// An object that is always there.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - path: The property that holds it.
  ///   - doc: What it is; what its interface says by default.
  public init<Inner: LiveObject>(_ name: String, _ path: any KeyPath<O, Inner> & Sendable, doc: String? = nil) {
    self.init(name, doc: doc) { $0[keyPath: path] }
  }

  /// An object that may be missing: its members do not exist then.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - path: The property that holds it.
  ///   - doc: What it is; what its interface says by default.
  public init<Inner: LiveObject>(_ name: String, _ path: any KeyPath<O, Inner?> & Sendable, doc: String? = nil) {
    self.init(name, doc: doc) { $0[keyPath: path] }
  }

  /// An object that a function gives.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - doc: What it is; what its interface says by default.
  ///   - get: Gives the object, or `nil` when there is none. It must be quick, because it runs on an event loop.
  public init<Inner: LiveObject>(_ name: String, doc: String? = nil, get: @escaping @Sendable (O) throws -> Inner?) {
    var info = MemberInfo(name, .object, type: typeName(Inner.self), doc: doc ?? "")
    if doc == nil { info.innerDoc = { Inner.interface.doc } }
    member = Member(
      info,
      .object(
        NestedAction { outer in
          Inner.interface.members.map { member in
            BoundMember(member) {
              guard let inner = try get(outer()) else { throw MissingObject() }
              return inner
            }
          }
        }))
  }
}

/// An object within another is not there now.
struct MissingObject: Error {}
