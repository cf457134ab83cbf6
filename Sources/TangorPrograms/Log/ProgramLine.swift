/// A line that a program printed, or a piece of a very long one.
package struct ProgramLine: Sendable, Equatable {
  /// Its number among the lines of both streams, from 1 on, without gaps; lines count when they are complete.
  package let index: Int
  /// Where it was printed to.
  package let stream: OutputStream
  /// The line without its end; what was no UTF-8 is replaced.
  package let text: String
}
