package import NIOCore

/// Runs an operation and calls back if the request's client goes away meanwhile.
///
/// A client counts as gone once it has closed its side of the connection, as in other HTTP servers. Costs a visit to the event
/// loop, so it is for requests that have to wait.
///
/// - Parameters:
///   - channel: The request's connection. Without a ``HTTPConnectionHandler`` in its pipeline, only its end is noticed.
///   - onGone: Called at most once, on the event loop.
package func withDisconnectHandler<Result>(
  channel: any Channel, onGone: @escaping @Sendable () -> Void, isolation: isolated (any Actor)? = #isolation,
  operation: () async throws -> Result
) async rethrows -> Result {
  let registration = channel.eventLoop.submit { () -> Int? in
    if let handler = try? channel.pipeline.syncOperations.handler(type: HTTPConnectionHandler.self) { return handler.onGone(onGone) }
    channel.closeFuture.whenComplete { _ in onGone() }
    return nil
  }
  defer {
    registration.whenSuccess { id in
      guard let id else { return }
      (try? channel.pipeline.syncOperations.handler(type: HTTPConnectionHandler.self))?.forget(id)
    }
  }
  return try await operation()
}
