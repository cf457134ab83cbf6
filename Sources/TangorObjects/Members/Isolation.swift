import TangorJSON

/// Takes the isolation off functions, for callers that stand on the actor already and know it, as the checker does not.
///
/// Each call traps when it is not made on the actor.
enum Isolation<A: Actor> {
  typealias Read = @Sendable (A, inout JSONWriter) throws -> Void
  typealias Write = @Sendable (A, inout JSONReader) throws -> Void
  typealias Call = @Sendable (A, inout JSONReader, CallContext, inout JSONWriter) throws -> Void

  static func drop<Result>(_ body: @escaping @Sendable (isolated A) throws -> Result) -> @Sendable (A) throws -> Result {
    { actor in try actor.assumeIsolated { Isolated(value: try body($0)) }.value }
  }

  static func drop(_ body: @escaping @Sendable (isolated A, inout JSONWriter) throws -> Void) -> Read {
    { actor, out in try actor.assumeIsolated { try body($0, &out) } }
  }

  static func drop(_ body: @escaping @Sendable (isolated A, inout JSONReader) throws -> Void) -> Write {
    { actor, text in
      try Lent.lend(&text) { lent in try actor.assumeIsolated { try body($0, &lent.text.pointee) } }
    }
  }

  static func drop(_ body: @escaping @Sendable (isolated A, inout JSONReader, CallContext, inout JSONWriter) throws -> Void) -> Call {
    { actor, text, context, out in
      try Lent.lend(&text) { lent in try actor.assumeIsolated { try body($0, &lent.text.pointee, context, &out) } }
    }
  }
}

/// A reader that is lent to an actor.
///
/// Unchecked, because the actor reads it on the thread of the lender and before the lender goes on.
private struct Lent: @unchecked Sendable {
  let text: UnsafeMutablePointer<JSONReader>

  static func lend(_ text: inout JSONReader, to body: (Lent) throws -> Void) rethrows {
    try withUnsafeMutablePointer(to: &text) { try body(Lent(text: $0)) }
  }
}

/// A value of an actor that stays on it.
///
/// Unchecked, because it is made and opened in one call that happens on the actor; whoever gets the value stands there too.
private struct Isolated<Value>: @unchecked Sendable {
  let value: Value
}
