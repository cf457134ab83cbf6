import NIOConcurrencyHelpers
import NIOCore

/// The WebSockets of one server: what those of an event loop share, how many there are, and their end.
///
/// Sockets belong to this registry and not to a task, which would cost more memory than the socket; so it is the registry that
/// sees them off when the server goes down.
package final class WebSocketRegistry: Sendable {
  private struct State {
    var loops: [ObjectIdentifier: NIOLoopBound<WebSocketEventLoop>] = [:]
    var open = 0
    var total = 0
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = NIOLockedValueBox(State())

  package init() {}

  /// How many sockets are open.
  package var openCount: Int { state.withLockedValue { $0.open } }
  /// How many sockets were opened since the start.
  package var totalCount: Int { state.withLockedValue { $0.total } }

  /// What the sockets of an event loop share. Call it on that loop.
  func shared(on eventLoop: any EventLoop) -> WebSocketEventLoop {
    state.withLockedValue { state in
      if let known = state.loops[ObjectIdentifier(eventLoop)] { return known }
      let made = NIOLoopBound(WebSocketEventLoop(eventLoop: eventLoop, registry: self), eventLoop: eventLoop)
      state.loops[ObjectIdentifier(eventLoop)] = made
      return made
    }.value
  }

  func opened() {
    state.withLockedValue { state in
      state.open += 1
      state.total += 1
    }
  }

  func closed() {
    let waiters = state.withLockedValue { state -> [CheckedContinuation<Void, Never>] in
      state.open -= 1
      guard state.open == 0 else { return [] }
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Closes all sockets with 1001 and waits until they are gone. When the task is cancelled, what is left is cut off.
  package func shutdown() async {
    forEachLoop { $0.closeAll() }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isDone = state.withLockedValue { state in
          if state.open == 0 { return true }
          state.waiters.append(continuation)
          return false
        }
        if isDone { continuation.resume() }
      }
    } onCancel: {
      forEachLoop { $0.abortAll() }
    }
  }

  private func forEachLoop(_ body: @escaping @Sendable (WebSocketEventLoop) -> Void) {
    for (loop, bound) in state.withLockedValue({ $0.loops.values.map { ($0.eventLoop, $0) } }) {
      loop.execute { body(bound.value) }
    }
  }
}
