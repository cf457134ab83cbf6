import Synchronization

/// The lines of a log as they come; see ``ProgramLog/lines(from:)``.
package struct ProgramLogLines: AsyncSequence, Sendable {
  let log: ProgramLog
  let after: Int

  package func makeAsyncIterator() -> Iterator { Iterator(log: log, position: after) }

  /// Gives the lines one after the other, and ends with the log or when its task is cancelled.
  package struct Iterator: AsyncIteratorProtocol {
    /// How many lines are taken from the log at a time.
    private static let batch = 64

    let log: ProgramLog
    var position: Int
    private var ready: ArraySlice<ProgramLine> = []

    init(log: ProgramLog, position: Int) {
      self.log = log
      self.position = position
    }

    package mutating func next() async -> ProgramLine? {
      while ready.isEmpty {
        guard !Task.isCancelled else { return nil }
        let page = log.lines(after: position, max: Self.batch)
        position = page.next
        ready = page.lines[...]
        if ready.isEmpty {
          if page.isFinished { return nil }
          await log.change(behind: position)
        }
      }
      return ready.popFirst()
    }
  }
}

extension ProgramLog {
  /// Waits for lines behind a place, or for the end; returns early when the task is cancelled.
  func change(behind index: Int) async {
    let ticket = state.withLock { state in
      state.lastTicket += 1
      return state.lastTicket
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          // A task that was cancelled before it came here is not told again.
          if state.ring.lastIndex > index || state.ring.isFinished || Task.isCancelled { return true }
          state.waiters[ticket] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
    }
  }
}
