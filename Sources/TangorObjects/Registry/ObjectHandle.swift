import TangorCore

/// An exposed object, for the code that exposed it.
public struct ObjectHandle<O>: Sendable {
  /// The name that pages know it by.
  public let name: String
  let registry: ObjectRegistry

  /// Takes the object back, as ``ObjectRegistry/remove(_:)`` does.
  public func remove() { registry.remove(name) }
}

/// An exposed object of a class that is not `Sendable`. All access goes through its gate, that of pages and that of this handle.
public struct GuardedHandle<O: AnyObject>: Sendable {
  /// The name that pages know it by.
  public let name: String
  let registry: ObjectRegistry
  let guarded: GuardedObject<O>

  /// Takes the object back, as ``ObjectRegistry/remove(_:)`` does. The handle can use it still.
  public func remove() { registry.remove(name) }

  /// Uses the object, once it is free.
  ///
  /// - Parameter body: Gets the object; nobody else uses it meanwhile, so be brief. It must not call this again.
  /// - Throws: `CancellationError` when the task is cancelled while it waits, or what `body` throws.
  public func use<Value: Sendable>(_ body: @Sendable (O) throws -> Value) async throws -> Value {
    try await guarded.gate.enter(until: nil, .continuous)
    defer { guarded.gate.leave() }
    return try body(guarded.object)
  }

  /// Uses the object if it is free now.
  ///
  /// - Parameter body: Gets the object; nobody else uses it meanwhile, so be brief.
  /// - Returns: What `body` returned, or `nil` when somebody else uses the object.
  /// - Throws: What `body` throws.
  public func useIfFree<Value: Sendable>(_ body: @Sendable (O) throws -> Value) rethrows -> Value? {
    guard guarded.gate.tryEnter() else { return nil }
    defer { guarded.gate.leave() }
    return try body(guarded.object)
  }
}

/// An object with the gate that all access to it goes through.
///
/// Unchecked, because `object` is touched only by those who are inside the gate, one at a time; it came as `sending`, so nobody else holds
/// it, and the functions that get it are `@Sendable`, so that they have no place to keep it.
final class GuardedObject<O: AnyObject>: @unchecked Sendable {
  let object: O
  let gate = Turnstile()

  init(_ object: sending O) { self.object = object }
}
