import Hummingbird
import NIOCore
import TangorCore
import TangorStreams

/// Calls services for every door: runs their code where they want it and gives their errors the form that clients may see.
struct ServiceCaller: Sendable {
  let registry: ServiceRegistry
  let streams: StreamRegistry
  let polls: PollRegistry
  let pool = BlockingPool.shared

  /// What a service answered.
  enum Outcome: Sendable {
    case reply(ServiceReply)
    /// The answer to a poll, as JSON.
    case polled(ByteBuffer)
  }

  /// Calls a service.
  ///
  /// - Parameter channel: The client's connection, for polls that wait.
  /// - Throws: `service_failed` for what the service throws, but for a `TangorError`, which passes.
  func call(_ service: Service, _ request: ServiceRequest, channel: (any Channel)?) async throws -> Outcome {
    switch service.action {
    case .handler(let handler):
      return .reply(try await run(service) { try await handler(request) })
    case .poll(let options, let source):
      let key: String = try request.query("key")
      let ticket = try await polls.poll(path: request.path, key: key, client: request.client, options: options) {
        let made = try await run(service) { try await source(request) }
        return service.options.blocking ? made.blocking() : made
      }
      return .polled(try await ticket.answer(channel: channel))
    }
  }

  /// Opens a stream that a service returned.
  ///
  /// - Throws: `too_many_requests`, `shutting_down`.
  func open(_ source: StreamSource, of service: Service, client: ServiceRequest) throws -> Key {
    try streams.open(service.options.blocking ? source.blocking() : source, client: client.client)
  }

  private func run<Value: Sendable>(_ service: Service, _ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    do {
      return service.options.blocking ? try await pool.run(work) : try await work()
    } catch {
      throw Self.failure(error)
    }
  }

  /// The form in which clients may see what a service threw.
  static func failure(_ error: any Error) -> TangorError {
    if let error = error as? TangorError { return error }
    if error is CancellationError, Task.isCancelled { return TangorError(.canceled, "The call was cancelled.") }
    return TangorError(.serviceFailed, error.publicText, underlying: error)
  }
}
