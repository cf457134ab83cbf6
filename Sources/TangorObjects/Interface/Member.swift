package import TangorJSON

/// A member of an interface, of whichever kind.
public struct Member<O>: Sendable {
  package enum Action: Sendable {
    case property(PropertyAction<O>)
    case method(MethodAction<O>)
    case object(NestedAction<O>)
  }

  package var info: MemberInfo
  package var action: Action

  init(_ info: MemberInfo, _ action: Action) {
    self.info = info
    self.action = action
  }
}

/// How a property is read and changed.
package struct PropertyAction<O>: Sendable {
  package var get: @Sendable (O, inout JSONWriter) throws -> Void
  package var set: (@Sendable (O, inout JSONReader) throws -> Void)?
  package var delete: (@Sendable (O) throws -> Void)?
  /// Reads a value and writes it again, without touching the object: `nil` where values cannot be read.
  package var normalize: (@Sendable (inout JSONReader, inout JSONWriter) throws -> Void)?
  /// Where the property's changes are told.
  package var tracked: (@Sendable (O) throws -> any TrackedSource)?
}

/// What a method does.
package enum MethodAction<O>: Sendable {
  /// Runs at once; the reader stands before the arguments.
  case synchronous(@Sendable (O, inout JSONReader, CallContext, inout JSONWriter) throws -> Void)
  /// Makes the work out of the object, while that may be touched; the work itself runs in a task.
  case asynchronous(@Sendable (O, JSONFragment, CallContext) throws -> AsynchronousCall)
}

/// The work of an asynchronous call.
package typealias AsynchronousCall = @Sendable () async throws -> JSONFragment

/// How an object within another is reached.
package struct NestedAction<O>: Sendable {
  /// Ties the inner object's members to the way in which the outer object is reached.
  package var bind: @Sendable (_ outer: @escaping @Sendable () throws -> O) -> [BoundMember]
}
