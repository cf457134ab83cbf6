import Synchronization

/// A queue inside the server that many read, each at its own place: every reader gets every message.
///
/// ```swift
/// let queue = MessageQueue<Job>(limit: 1_000)
/// let reader = queue.subscribe()
/// try await queue.publish(job)
/// for try await job in reader { … }          // one after the other
/// let batch = try await reader.fetch()       // or all since the last time
/// ```
///
/// It holds its messages until there are as many as `limit`, so that a reader that comes late sees what is held before anything new. Pages
/// are told of things by channels; a queue carries any `Sendable` value between tasks.
public final class MessageQueue<Element: Sendable>: Sendable {
  struct State {
    var queue: MessageQueueState<Element>
    var readers = WaitList()
    var publishers = WaitList()
  }

  let time: TimeSource
  private let state: Mutex<State>

  /// - Parameters:
  ///   - limit: The most messages held, from 1.
  ///   - whenFull: What happens then.
  ///   - time: Where time comes from, for fetches with a limit in time.
  public init(limit: Int = 1_000, whenFull: MessageQueuePolicy = .dropOldest, time: TimeSource = .continuous) {
    precondition(limit > 0, "a queue holds one message at least")
    self.time = time
    state = Mutex(State(queue: MessageQueueState(limit: limit, policy: whenFull)))
  }

  /// Messages held.
  public var count: Int { state.withLock { $0.queue.count } }
  /// Readers there are.
  public var readerCount: Int { state.withLock { $0.queue.readerCount } }

  // MARK: Publishing

  /// Adds a message; where the queue is full and its policy is to wait, once there is room.
  ///
  /// - Throws: `CancellationError` when it is cancelled while it waits, `invalid_request` when the queue has ended. The message was then not
  ///   published.
  public func publish(_ message: Element) async throws {
    while true {
      switch attempt(message) {
      case .done: return
      case .ended: throw TangorError(.invalidRequest, "The queue has ended and takes no more messages.")
      case .full: break
      }
      await wait(\.publishers) { $0.queue.hasRoom }
      try Task.checkCancellation()
    }
  }

  /// Adds a message without waiting.
  ///
  /// - Returns: Whether it was published; false where the queue is full and its policy is to wait, and when it has ended.
  @discardableResult
  public func offer(_ message: Element) -> Bool { attempt(message) == .done }

  private func attempt(_ message: Element) -> MessageQueueState<Element>.Publication {
    let (result, waiters) = state.withLock { state in
      let result = state.queue.publish(message)
      return (result, result == .done ? state.readers.takeAll() : [])
    }
    for waiter in waiters { waiter.resume() }
    return result
  }

  /// Drops the messages that every reader has read; all of them where there is no reader. Readers keep their places.
  ///
  /// - Returns: How many.
  @discardableResult
  public func compact() -> Int { change { $0.compact() } }

  /// Ends the queue: it takes no further messages, and readers end once they have read what it holds.
  public func end() { change { $0.end() } }

  // MARK: Reading

  /// Adds a reader, which ends when nobody holds it any more.
  ///
  /// - Parameter seesHeld: Whether it begins with the oldest message that the queue holds, and not with the next one published.
  public func subscribe(seesHeld: Bool = true) -> MessageQueueReader<Element> {
    MessageQueueReader(self, id: state.withLock { $0.queue.subscribe(seesHeld: seesHeld) })
  }

  func fetch(_ reader: Int) -> MessageQueueState<Element>.Fetch {
    let (result, publishers) = state.withLock { state in (state.queue.fetch(reader), state.publishers.takeAll()) }
    for publisher in publishers { publisher.resume() }
    return result
  }

  /// Returns once a reader would be given something, or its task is cancelled.
  func ready(_ reader: Int) async { await wait(\.readers) { $0.queue.hasNews(reader) } }

  func rewind(_ reader: Int) { change { $0.rewind(reader) } }

  func unsubscribe(_ reader: Int) { change { $0.unsubscribe(reader) } }

  // MARK: Waiting

  /// Makes a change that may let anybody go on.
  @discardableResult
  private func change<Result: Sendable>(_ body: (inout MessageQueueState<Element>) -> Result) -> Result {
    let (result, waiters) = state.withLock { state in
      (body(&state.queue), state.readers.takeAll() + state.publishers.takeAll())
    }
    for waiter in waiters { waiter.resume() }
    return result
  }

  private func wait(_ list: any WritableKeyPath<State, WaitList> & Sendable, until isReady: @Sendable (borrowing State) -> Bool) async {
    let ticket = state.withLock { $0[keyPath: list].ticket() }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          guard !isReady(state), !Task.isCancelled else { return false }
          state[keyPath: list].add(ticket, continuation)
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0[keyPath: list].remove(ticket) }?.resume()
    }
  }
}
