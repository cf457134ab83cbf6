/// What a service does with a request.
public typealias ServiceHandler = @Sendable (ServiceRequest) async throws -> ServiceReply

/// How a service is run and described.
public struct ServiceOptions: Sendable {
  /// What the service does, in a sentence; shown by `service.list`.
  public var summary: String
  /// Whether the service blocks its thread or computes for long; it then runs on a small pool of threads, as far as its first suspension,
  /// and a stream that it returns is stepped there. Default false.
  public var blocking: Bool
  /// How bodies are received. Default ``BodyReception/whole``.
  public var body: BodyReception

  /// - Parameters:
  ///   - summary: What the service does, in a sentence.
  ///   - blocking: Whether it blocks its thread or computes for long.
  ///   - body: How bodies are received.
  public init(summary: String = "", blocking: Bool = false, body: BodyReception = .whole) {
    self.summary = summary
    self.blocking = blocking
    self.body = body
  }
}
