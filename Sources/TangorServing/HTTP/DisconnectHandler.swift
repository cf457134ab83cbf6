package import NIOCore
import Synchronization

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

/// Runs an operation in a task of its own and cancels it when the request's client goes away.
///
/// The operation begins on the caller's thread; one that ends without ever having waited costs no visit to the event loop.
///
/// - Parameter channel: The request's connection.
package func withCancellationOnDisconnect<Result: Sendable>(
  channel: any Channel, operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  let ending = Ending()
  let task = Task.immediate {
    defer { ending.hasCome.store(true, ordering: .releasing) }
    return try await operation()
  }
  if ending.hasCome.load(ordering: .acquiring) { return try await task.value }
  return try await withTaskCancellationHandler {
    try await withDisconnectHandler(channel: channel, onGone: { task.cancel() }) { try await task.value }
  } onCancel: {
    task.cancel()
  }
}

private final class Ending: Sendable {
  let hasCome = Atomic(false)
}
