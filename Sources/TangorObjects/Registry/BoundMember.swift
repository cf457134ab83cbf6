import Synchronization
package import TangorJSON

/// A member tied to the object that has it, with all types erased.
///
/// Its functions touch the object, so they run only where the object allows it: under its gate, on its actor, or anywhere when the class
/// is `Sendable`.
package final class BoundMember: Sendable {
  package enum Call: Sendable {
    case synchronous(@Sendable (inout JSONReader, CallContext, inout JSONWriter) throws -> Void)
    case asynchronous(@Sendable (JSONFragment, CallContext) throws -> AsynchronousCall)
  }

  package let info: MemberInfo
  package let get: (@Sendable (inout JSONWriter) throws -> Void)?
  package let set: (@Sendable (inout JSONReader) throws -> Void)?
  package let delete: (@Sendable () throws -> Void)?
  package let normalize: (@Sendable (inout JSONReader, inout JSONWriter) throws -> Void)?
  package let tracked: (@Sendable () throws -> any TrackedSource)?
  package let call: Call?
  /// Makes the members of a nested object.
  package let members: (@Sendable () -> [BoundMember])?

  /// - Parameters:
  ///   - member: The member.
  ///   - access: Gives the object; called only where the object may be touched.
  init<O>(_ member: Member<O>, access: @escaping @Sendable () throws -> O) {
    var property: PropertyAction<O>?
    var method: MethodAction<O>?
    var nested: NestedAction<O>?
    switch member.action {
    case .property(let action): property = action
    case .method(let action): method = action
    case .object(let action): nested = action
    }
    info = member.info
    get = property.map { Self.getter($0.get, access) }
    set = property?.set.map { Self.setter($0, access) }
    delete = property?.delete.map { delete in { @Sendable in try delete(access()) } }
    normalize = property?.normalize
    tracked = property?.tracked.map { tracked in { @Sendable in try tracked(access()) } }
    members = nested.map { action in { @Sendable in action.bind(access) } }
    switch method {
    case .synchronous(let body): call = .synchronous { reader, context, out in try body(access(), &reader, context, &out) }
    case .asynchronous(let prepare): call = .asynchronous { text, context in try prepare(access(), text, context) }
    case nil: call = nil
    }
  }

  private static func getter<O>(
    _ get: @escaping @Sendable (O, inout JSONWriter) throws -> Void, _ access: @escaping @Sendable () throws -> O
  ) -> @Sendable (inout JSONWriter) throws -> Void {
    { out in try get(access(), &out) }
  }

  private static func setter<O>(
    _ set: @escaping @Sendable (O, inout JSONReader) throws -> Void, _ access: @escaping @Sendable () throws -> O
  ) -> @Sendable (inout JSONReader) throws -> Void {
    { reader in try set(access(), &reader) }
  }
}
