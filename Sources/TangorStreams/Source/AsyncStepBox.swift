/// An asynchronous iterator in a place that a source's closure can change.
///
/// Unchecked for the same reason as ``StepBox``: one step at a time, ordered by the stream's lock, and the iterator came as `sending`.
final class AsyncStepBox<Iterator: AsyncIteratorProtocol>: @unchecked Sendable {
  private var iterator: Iterator

  init(_ iterator: sending Iterator) { self.iterator = iterator }

  func next() async throws -> Iterator.Element? { try await iterator.next(isolation: nil) }
}
