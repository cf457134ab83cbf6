import Synchronization

/// Where a table leaves its updates, and who follows them takes them.
final class UpdateMailbox: Sendable {
  private struct State {
    var queue: UpdateQueue
    /// Who waits for the next update, the longest first; somebody does only while nothing lies here.
    var readers: [CheckedContinuation<TableUpdate?, Never>] = []
  }

  private let state: Mutex<State>

  init(capacity: Int) { state = Mutex(State(queue: UpdateQueue(capacity: capacity))) }

  func add(_ update: TableUpdate) {
    let reader = state.withLock { state -> CheckedContinuation<TableUpdate?, Never>? in
      if !state.readers.isEmpty { return state.readers.removeFirst() }
      state.queue.add(update)
      return nil
    }
    reader?.resume(returning: update)
  }

  /// Ends it: who waits is told so, and what lies here is gone.
  func finish() {
    let readers = state.withLock { state in
      state.queue.finish()
      defer { state.readers = [] }
      return state.readers
    }
    for reader in readers { reader.resume(returning: nil) }
  }

  /// The next update; nil when it has ended, which it also does when the task is cancelled.
  func next() async -> TableUpdate? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer = state.withLock { state -> TableUpdate?? in
          if let update = state.queue.next() { return .some(update) }
          if state.queue.isFinished { return .some(nil) }
          state.readers.append(continuation)
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      finish()
    }
  }
}
