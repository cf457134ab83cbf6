/// A failure with a stable code, which every door can turn into its own kind of answer.
///
/// The `detail` is public: it tells a client what it did wrong and what to do, and never holds a stack, a path of the machine or
/// a secret. What only the log may know goes into `underlying`.
public struct TangorError: Error, Sendable {
  /// What went wrong, as a program sees it.
  public let code: ErrorCode
  /// What went wrong, for a person.
  public let detail: String
  /// When the same request may be tried again, where that is known.
  public let retryAfter: Duration?
  /// The methods that are allowed here; for `methodNotAllowed`.
  public let allowed: [String]
  /// The whole length in bytes of what was asked for in parts; for `rangeNotSatisfiable`.
  public let completeLength: Int?
  /// The error that lies beneath, for the log alone.
  public let underlying: (any Error)?

  /// - Parameters:
  ///   - code: What went wrong, as a program sees it.
  ///   - detail: What went wrong, for a person; the code's own title by default.
  ///   - retryAfter: When the same request may be tried again.
  ///   - allowed: The methods that are allowed, in capitals.
  ///   - completeLength: The whole length in bytes of what was asked for in parts.
  ///   - underlying: The error that lies beneath; it reaches the log and no client.
  public init(
    _ code: ErrorCode, _ detail: String? = nil, retryAfter: Duration? = nil, allowed: [String] = [],
    completeLength: Int? = nil, underlying: (any Error)? = nil
  ) {
    self.code = code
    self.detail = detail ?? code.title
    self.retryAfter = retryAfter
    self.allowed = allowed
    self.completeLength = completeLength
    self.underlying = underlying
  }
}

extension TangorError: CustomStringConvertible {
  public var description: String { "\(code.name): \(detail)" }
}

/// An error whose description may be shown to clients.
///
/// An error that user code throws answers with its type's name alone, unless it says here what the public may read.
public protocol PublicError: Error {
  /// What a client may read about this error.
  var publicDescription: String { get }
}

extension Error {
  /// What a client may read about this error: its `publicDescription`, or that something failed and no more.
  package var publicText: String {
    switch self {
    case let error as TangorError: error.detail
    case let error as any PublicError: error.publicDescription
    case is CancellationError: "The work was cancelled."
    // `any Error` conforms to itself, so that only the value in it knows its own type.
    default: "\(type(of: self as any Error))"
    }
  }
}
