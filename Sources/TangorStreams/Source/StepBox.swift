/// An iterator in a place that a source's closure can change.
///
/// Unchecked, because a source promises that it takes one step at a time: a stream's state machine starts a step only after the one before
/// has ended, and its lock orders the two in memory. The iterator came as `sending`, so nobody else holds it.
final class StepBox<Iterator>: @unchecked Sendable {
  var iterator: Iterator

  init(_ iterator: sending Iterator) { self.iterator = iterator }
}
