import Synchronization

/// Something that happens, once or more, and can be waited for: each waiting takes one happening.
public final class Signal: Sendable {
  private struct State {
    var count = 0
    var nextID = 0
    var waiters: [(id: Int, continuation: CheckedContinuation<Void, Never>)] = []
    var cancelled: Set<Int> = []
  }

  private let state = Mutex(State())

  public init() {}

  /// How often it happened beyond what was waited for.
  public var waitingCount: Int { state.withLock { $0.count } }

  /// Says that it happened: the one that has waited longest goes on.
  public func fire() {
    let waiter = state.withLock { state in
      guard state.waiters.isEmpty else { return Optional(state.waiters.removeFirst().continuation) }
      state.count += 1
      return nil
    }
    waiter?.resume()
  }

  /// Waits until it happens, or takes one time that it has; returns at once when the task is cancelled.
  public func wait() async {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
        let mustWait = state.withLock { state in
          if state.cancelled.remove(id) != nil { return false }
          guard state.count == 0 else {
            state.count -= 1
            return false
          }
          state.waiters.append((id, continuation))
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
          state.cancelled.insert(id)
          return Optional<CheckedContinuation<Void, Never>>.none
        }
        return state.waiters.remove(at: index).continuation
      }
      waiter?.resume()
    }
  }
}
