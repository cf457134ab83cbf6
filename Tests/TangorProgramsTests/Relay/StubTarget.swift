import Synchronization
import TangorServing

@testable import TangorPrograms

/// A program as the relay sees it, without a process.
final class StubTarget: RelayTarget {
  private struct State {
    var sockets: [any RelayedSocket] = []
    var isOver = false
    var detachments: [CheckedContinuation<Void, Never>] = []
  }

  let port: Int
  private let state = Mutex(State())

  init(port: Int) { self.port = port }

  var socketCount: Int { state.withLock { $0.sockets.count } }

  func attach(_ socket: any RelayedSocket) -> Bool {
    state.withLock { state in
      guard !state.isOver else { return false }
      state.sockets.append(socket)
      return true
    }
  }

  func detach(_ socket: any RelayedSocket) {
    let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      state.sockets.removeAll { $0 === socket }
      guard state.sockets.isEmpty else { return [] }
      defer { state.detachments = [] }
      return state.detachments
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Tells all sockets that the program has ended.
  func end(_ code: WebSocketCloseCode, _ reason: String) {
    let sockets = state.withLock { state in
      state.isOver = true
      return state.sockets
    }
    for socket in sockets { socket.programEnded(code, reason) }
  }

  /// Waits until no socket is attached.
  func isLeft() async {
    await withCheckedContinuation { continuation in
      let isLeft = state.withLock { state in
        if !state.sockets.isEmpty { state.detachments.append(continuation) }
        return state.sockets.isEmpty
      }
      if isLeft { continuation.resume() }
    }
  }
}
