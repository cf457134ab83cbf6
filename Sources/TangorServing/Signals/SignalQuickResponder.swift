import NIOCore
package import TangorCore

/// Parks plain requests that wait for a signal on their event loop, so that ten thousand of them need no task.
package struct SignalQuickResponder: QuickResponder {
  private let registry: SignalRegistry
  private let loops: SignalLoops

  /// - Parameter registry: The signals.
  package init(_ registry: SignalRegistry) {
    self.registry = registry
    loops = SignalLoops(registry)
  }

  package func answer(_ request: QuickRequest) -> QuickAnswer? {
    guard request.path.utf8.count > 8, request.path.utf8.starts(with: "/signal/".utf8) else { return nil }
    do {
      let name = try registry.name(inPath: request.path.dropFirst(8))
      let query = try SignalQuery(request.query, isWait: true, configuration: registry.configuration)
      return .later(SignalWait(name, query.timeout, loops.loop(of: request.channel.eventLoop)))
    } catch {
      return .failed(error)
    }
  }
}

/// One request's wait.
private final class SignalWait: QuickWait {
  private enum State {
    case idle(SignalName, Duration)
    case waiting(SignalTable.ID, token: Int)
    case ended
  }

  private let loop: SignalLoop
  private var state: State

  init(_ name: SignalName, _ timeout: Duration, _ loop: SignalLoop) {
    self.loop = loop
    state = .idle(name, timeout)
  }

  func begin(_ connection: any ParkedConnection) -> QuickAnswer? {
    guard case .idle(let name, let timeout) = state else { return nil }
    state = .ended
    let id: SignalTable.ID
    do { id = try loop.registry.reserve() } catch { return .failed(error) }
    let token = loop.enter(connection)
    if let ending = loop.registry.begin(id, for: [name], timeout: timeout, .sink(loop, token: token)) {
      loop.leave(token, isOver: true)
      return QuickAnswer(ending)
    }
    state = .waiting(id, token: token)
    return nil
  }

  func abandon() {
    guard case .waiting(let id, let token) = state else { return }
    state = .ended
    // Where the wait has ended already, the loop is on its way to say so.
    loop.leave(token, isOver: loop.registry.forget(id))
  }
}
