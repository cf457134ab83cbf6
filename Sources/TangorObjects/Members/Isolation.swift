import TangorJSON

/// Takes the isolation off functions, for callers that stand on the actor already and know it, as the checker does not.
///
/// Values pass between the two without being checked for `Sendable`, which is right because actor and caller are one isolation; each call
/// traps when it is not made on the actor. A synchronous function with an isolated parameter has the calling convention of one with a plain
/// parameter; the standard library's `assumeIsolated` rests on the same.
enum Isolation<A: Actor> {
  typealias Read = @Sendable (A, inout JSONWriter) throws -> Void
  typealias Write = @Sendable (A, inout JSONReader) throws -> Void
  typealias Call = @Sendable (A, inout JSONReader, CallContext, inout JSONWriter) throws -> Void

  static func drop<Result>(_ body: @escaping @Sendable (isolated A) throws -> Result) -> @Sendable (A) throws -> Result {
    let plain = unsafeBitCast(body, to: (@Sendable (A) throws -> Result).self)
    return { actor in
      actor.preconditionIsolated()
      return try plain(actor)
    }
  }

  static func drop(_ body: @escaping @Sendable (isolated A, inout JSONWriter) throws -> Void) -> Read {
    let plain = unsafeBitCast(body, to: Read.self)
    return { actor, out in
      actor.preconditionIsolated()
      try plain(actor, &out)
    }
  }

  static func drop(_ body: @escaping @Sendable (isolated A, inout JSONReader) throws -> Void) -> Write {
    let plain = unsafeBitCast(body, to: Write.self)
    return { actor, text in
      actor.preconditionIsolated()
      try plain(actor, &text)
    }
  }

  static func drop(_ body: @escaping @Sendable (isolated A, inout JSONReader, CallContext, inout JSONWriter) throws -> Void) -> Call {
    let plain = unsafeBitCast(body, to: Call.self)
    return { actor, text, context, out in
      actor.preconditionIsolated()
      try plain(actor, &text, context, &out)
    }
  }
}
