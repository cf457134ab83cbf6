import Synchronization

/// Messages on their way to one client: put in by many tasks, and handed on in order, all that wait at a time.
package final class Outbox: Sendable {
  /// Takes messages; the next ones come after `sent()`.
  typealias Sender = @Sendable ([[UInt8]]) -> Void
  private typealias Waiter = CheckedContinuation<Void, Never>

  private struct State {
    var waiting: OutboxState
    var sender: Sender?
    var isSending = false
    /// Those who wait for the end, and of them those who wait for room as well.
    var waiters: [Int: (waiter: Waiter, wantsRoom: Bool)] = [:]
    var waiterCount = 0
    var isOverrun = false

    /// Whom a change wakes.
    mutating func wake() -> Wakeup {
      var wakeup = Wakeup()
      if let sender, !isSending, !waiting.isEmpty {
        isSending = true
        wakeup.sender = (sender, waiting.takeAll())
      }
      if waiting.isFinished { sender = nil }
      let hasRoom = waiting.byteCount < Outbox.roomThreshold
      for (number, waiter) in waiters where waiting.isFinished || hasRoom && waiter.wantsRoom {
        wakeup.waiters.append(waiter.waiter)
        waiters[number] = nil
      }
      return wakeup
    }
  }

  private struct Wakeup {
    var sender: (Sender, [[UInt8]])?
    var waiters: [Waiter] = []

    func resume() {
      if let (sender, messages) = sender { sender(messages) }
      for waiter in waiters { waiter.resume() }
    }
  }

  /// Bytes that wait from which on no further request is looked at.
  private static let roomThreshold = 8 << 20

  private let state: Mutex<State>

  init(_ waiting: OutboxState = OutboxState()) { state = Mutex(State(waiting: waiting)) }

  /// Whether the session is over because the client was too far behind in reading what it had subscribed to.
  package var isOverrun: Bool { state.withLock { $0.isOverrun } }

  /// Whether nothing is taken any more.
  var isFinished: Bool { state.withLock { $0.waiting.isFinished } }

  func send(_ bytes: [UInt8]) {
    change { $0.waiting.append(bytes) }
  }

  /// - Parameter key: By what notices are the same; nil for one with contents of its own.
  func notify(_ bytes: [UInt8], _ key: OutboxState.NoticeKey?) {
    change { if $0.waiting.notify(bytes, key) == .overrun { $0.isOverrun = true } }
  }

  func finish() {
    change { $0.waiting.finish() }
  }

  private func change(_ body: (inout State) -> Void) {
    state.withLock { state in
      body(&state)
      return state.wake()
    }.resume()
  }

  /// What waits, without waiting for more.
  package func takeAll() -> [[UInt8]] {
    let (messages, wakeup) = state.withLock { state -> ([[UInt8]], Wakeup) in
      let messages = state.waiting.takeAll()
      return (messages, state.wake())
    }
    wakeup.resume()
    return messages
  }

  /// Has messages handed to a sender from now on, until the session is over.
  func attach(_ sender: @escaping Sender) {
    change { $0.sender = sender }
  }

  /// Says that the sender may have more.
  func sent() {
    change { $0.isSending = false }
  }

  /// Returns when few enough bytes wait, the session is over, or the task is cancelled.
  func room() async { await wait(wantsRoom: true) }

  /// Returns when the session is over, or the task is cancelled.
  func end() async { await wait(wantsRoom: false) }

  private func wait(wantsRoom: Bool) async {
    let number = state.withLock { state in
      state.waiterCount += 1
      return state.waiterCount
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: Waiter) in
        state.withLock { state in
          guard !Task.isCancelled else { return Wakeup(waiters: [continuation]) }
          state.waiters[number] = (continuation, wantsRoom)
          return state.wake()
        }.resume()
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: number)?.waiter }?.resume()
    }
  }
}
