/// Something that a middleware does to a stream which it should not.
public struct StreamingFinding: Sendable, Hashable, CustomStringConvertible {
  /// The rules that a ``StreamingProbe`` knows.
  public enum Rule: String, Sendable, CaseIterable {
    /// Each part of an answer is passed on when it is written.
    case delaysParts
    /// An answer's head goes out before its body is written.
    case holdsHead
    /// Nothing of a body is lost, added or changed, but for a coding that is undone again.
    case changesBody
    /// An answer is finished once, at its end.
    case doesNotFinish
    /// An error behind the first part reaches the server, which ends the connection.
    case swallowsErrors
    /// The body of an answer that failed is not finished: the client has to see that it is not whole.
    case finishesBrokenBody
    /// Who writes waits for a client that reads slowly.
    case ignoresBackpressure
    /// Who writes hears that the client has gone.
    case hidesGoneClients
    /// The body of a request is passed on as it comes.
    case holdsInput
    /// A plain request is let through.
    case fails
  }

  /// The rule that is broken.
  public let rule: Rule
  /// What was seen, in a sentence.
  public let detail: String

  public var description: String { "\(rule.rawValue): \(detail)" }
}
