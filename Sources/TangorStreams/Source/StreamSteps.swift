/// A synchronous sequence, one step at a time.
package protocol SynchronousSteps: AnyObject, Sendable {
  func next() throws -> StreamElement?
}

/// An asynchronous sequence, one step at a time.
package protocol AsynchronousSteps: AnyObject, Sendable {
  func next() async throws -> StreamElement?
  /// Tells where the sequence's own tasks are counted, before the first step.
  func attach(_ liveTasks: LiveTasks)
  /// The stream is over: tasks of the sequence's own end now.
  func cancel()
}

/// The steps of an iterator.
///
/// Unchecked, because a source promises that it takes one step at a time: a stream's state machine starts a step only after the one before
/// has ended, and its lock orders the two in memory. The iterator came as `sending`, so nobody else holds it.
final class IteratorSteps<Iterator: IteratorProtocol>: SynchronousSteps, @unchecked Sendable {
  private var iterator: Iterator
  private let element: (Iterator.Element) throws -> StreamElement

  init(_ iterator: sending Iterator, _ element: @escaping @Sendable (Iterator.Element) throws -> StreamElement) {
    self.iterator = iterator
    self.element = element
  }

  func next() throws -> StreamElement? { try iterator.next().map(element) }
}

/// The steps of an asynchronous iterator. Unchecked for the same reason as ``IteratorSteps``.
final class AsyncIteratorSteps<Iterator: AsyncIteratorProtocol>: AsynchronousSteps, @unchecked Sendable {
  private var iterator: Iterator
  private let element: (Iterator.Element) throws -> StreamElement

  init(_ iterator: sending Iterator, _ element: @escaping @Sendable (Iterator.Element) throws -> StreamElement) {
    self.iterator = iterator
    self.element = element
  }

  func next() async throws -> StreamElement? { try await iterator.next(isolation: nil).map(element) }
  func attach(_ liveTasks: LiveTasks) {}
  func cancel() {}
}
