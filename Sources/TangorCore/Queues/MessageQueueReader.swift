/// One reader of a queue, with its own place in it. It is read by one task at a time; what two tasks read from it is parted between them.
public final class MessageQueueReader<Element: Sendable>: Sendable {
  private let queue: MessageQueue<Element>
  private let id: Int

  init(_ queue: MessageQueue<Element>, id: Int) {
    self.queue = queue
    self.id = id
  }

  deinit { queue.unsubscribe(id) }

  /// All messages since the last fetch; at once where there are any, else as soon as there is one.
  ///
  /// - Returns: The messages, and how many were lost before them; nil once the queue has ended and all is read, or the reader has ended.
  /// - Throws: `CancellationError`. Nothing is taken then.
  public func fetch() async throws -> MessageBatch<Element>? {
    while true {
      try Task.checkCancellation()
      switch queue.fetch(id) {
      case .messages(let batch): return batch
      case .ended: return nil
      case .nothing: await queue.ready(id)
      }
    }
  }

  /// All messages since the last fetch, but waits no longer than a time.
  ///
  /// - Parameter timeout: How long to wait for the first message; zero for not at all.
  /// - Throws: `timeout` when there was none; `CancellationError`. Nothing is taken then.
  public func fetch(timeout: Duration) async throws -> MessageBatch<Element>? {
    let deadline = queue.time.now() + timeout
    while true {
      try Task.checkCancellation()
      switch queue.fetch(id) {
      case .messages(let batch): return batch
      case .ended: return nil
      case .nothing: break
      }
      let (queue, id) = (queue, id)
      guard queue.time.now() < deadline else {
        throw TangorError(.timeout, "No message came within \(timeout.unitDescription).")
      }
      _ = await queue.time.wait(until: deadline) { await queue.ready(id) }
    }
  }

  /// Goes back to the oldest message that the queue holds.
  public func rewind() { queue.rewind(id) }

  /// Ends the reader; whoever waits for it gets nil.
  public func unsubscribe() { queue.unsubscribe(id) }
}

extension MessageQueueReader: AsyncSequence {
  public func makeAsyncIterator() -> Iterator { Iterator(reader: self) }

  /// Gives the messages one after the other.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let reader: MessageQueueReader
    private var ready: ArraySlice<Element> = []
    /// Messages that were dropped before the one given last, because the reader was too slow.
    public private(set) var lost = 0

    fileprivate init(reader: MessageQueueReader) { self.reader = reader }

    public mutating func next() async throws -> Element? {
      lost = 0
      if ready.isEmpty {
        guard let batch = try await reader.fetch() else { return nil }
        ready = batch.messages[...]
        lost = batch.lost
      }
      return ready.popFirst()
    }
  }
}
