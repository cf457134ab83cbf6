import NIOConcurrencyHelpers
import NIOCore
import ServiceLifecycle
import Synchronization

/// The HTTP connections of a server: their count, their timers, and the tasks of those that have one.
///
/// A connection has no task until a request needs one. As a service it belongs before the HTTP server, so that it is shut down
/// after it: it then lets the connections end what is under way, and ends when all are closed. When it is cancelled, so are the tasks.
package final class HTTPConnections: Service {
  typealias Work = @Sendable () async -> Void
  private typealias State = ConnectionsState<Work, CheckedContinuation<Void, Never>>

  private let state = Mutex(State())
  private let loops = NIOLockedValueBox<[ObjectIdentifier: NIOLoopBound<ConnectionLoop>]>([:])

  init() {}

  /// How many connections speak HTTP now.
  package var openCount: Int { state.withLock { $0.openCount } }

  // MARK: For the connections

  /// The loop's own; called on that loop.
  func loop(of eventLoop: any EventLoop) -> ConnectionLoop {
    loops.withLockedValue { loops in
      if let loop = loops[ObjectIdentifier(eventLoop)] { return loop.value }
      let loop = ConnectionLoop(eventLoop: eventLoop)
      loops[ObjectIdentifier(eventLoop)] = NIOLoopBound(loop, eventLoop: eventLoop)
      return loop
    }
  }

  func enter() -> ConnectionsState<Work, CheckedContinuation<Void, Never>>.Admission { state.withLock { $0.enter() } }

  func leave() { state.withLock { $0.leave() }?.resume() }

  /// Starts a connection's task. The connection has entered and not left; so the task is run in any case.
  func start(_ work: @escaping Work) { state.withLock { $0.add(work) }?.resume() }

  // MARK: Running

  package func run() async {
    await withTaskCancellationHandler {
      await withGracefulShutdownHandler {
        await withDiscardingTaskGroup { group in
          while let works = await next() {
            for work in works { group.addTask(operation: work) }
          }
        }
      } onGracefulShutdown: {
        // The server has told those that it knew; one that was just being opened then has not heard it.
        self.close { $0.quiesce() }
      }
    } onCancel: {
      close { $0.closeTaskless() }
    }
  }

  private func next() async -> [Work]? {
    while true {
      var taken: [Work]?
      var isOver = false
      await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
        let step = state.withLock { $0.next(continuation) }
        switch step {
        case .wait: return
        case .start(let works): taken = works
        case .end: isOver = true
        }
        continuation.resume()
      }
      if isOver { return nil }
      if let taken { return taken }
    }
  }

  private func close(_ tell: @escaping @Sendable (ConnectionLoop) -> Void) {
    state.withLock { $0.close() }?.resume()
    for loop in loops.withLockedValue({ Array($0.values) }) { loop.eventLoop.execute { tell(loop.value) } }
  }
}
