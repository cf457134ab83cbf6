import TangorStreams

/// A service at a path.
struct Service: Sendable {
  /// What it does when it is called.
  enum Action: Sendable {
    case handler(ServiceHandler)
    /// A generator that clients poll with a key of their own.
    case poll(PollOptions, @Sendable (ServiceRequest) async throws -> StreamSource)
  }

  let pattern: ServicePattern
  let methods: [String]
  let options: ServiceOptions
  let action: Action
}
