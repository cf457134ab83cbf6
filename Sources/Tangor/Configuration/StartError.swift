/// Why a server could not start, as one sentence for the person who started it.
public struct StartError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The sentence, without a full stop, as in `port 8080 on 127.0.0.1 is in use; choose another with --port`.
  public let description: String

  public init(_ description: String) { self.description = description }
}
