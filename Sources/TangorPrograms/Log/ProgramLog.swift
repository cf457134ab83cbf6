package import NIOCore
import Synchronization
package import TangorCore

/// What a program printed last, in lines, for several readers at once.
///
/// It never holds the program up: where more comes than is kept, the oldest lines go, read or not.
package final class ProgramLog: Sendable {
  /// Some lines of a log.
  package struct Page: Sendable, Equatable {
    /// The lines, in the order in which they were completed.
    package var lines: [ProgramLine]
    /// What to pass as `after` for what follows.
    package var next: Int
    /// Whether nothing will ever follow.
    package var isFinished: Bool
  }

  /// Lines that a drain took, with an LF at the end of each.
  package struct Drained: Sendable, Equatable {
    package var standardOutput: [String] = []
    package var standardError: [String] = []
    /// Lines of both streams that went before anybody drained them.
    package var lost = 0
  }

  struct State {
    var ring: LineRing
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    var lastTicket = 0
  }

  let state: Mutex<State>

  /// - Parameters:
  ///   - maximumLines: How many lines are kept.
  ///   - maximumSize: How many bytes of text they may have together; a line of more than a sixteenth of it is cut into pieces.
  package init(maximumLines: Int = 1_000, maximumSize: ByteSize = .kibibytes(256)) {
    state = Mutex(State(ring: LineRing(maximumLines: maximumLines, maximumSize: maximumSize)))
  }

  /// Takes in what the program printed, cut anywhere. A line counts once it is complete; invalid UTF-8 is repaired.
  package func append(_ bytes: ByteBuffer, from stream: OutputStream) {
    change { ring in bytes.withUnsafeReadableBytes { ring.append($0, from: stream) } }
  }

  /// Ends the log: lines that have begun count as complete, and sequences end behind the last line.
  package func finish() {
    change { ring in
      ring.finish()
      return true
    }
  }

  /// The lines that no drain gave out before, by stream.
  package func drain() -> Drained { state.withLock { $0.ring.drain() } }

  /// The lines behind a place.
  ///
  /// - Parameters:
  ///   - after: The number of the last line that is known already; 0 for the oldest that is kept.
  ///   - most: How many lines at most.
  package func lines(after index: Int = 0, max most: Int = .max) -> Page {
    state.withLock { $0.ring.page(after: index, max: min(most, $0.ring.count)) }
  }

  /// The last lines, for a message about the program.
  ///
  /// - Parameter count: How many lines at most.
  package func last(_ count: Int) -> [ProgramLine] {
    state.withLock { $0.ring.page(after: $0.ring.lastIndex - max(count, 0), max: $0.ring.count).lines }
  }

  /// A sequence of the lines from a number on, and of all that follow until the log ends. A reader that is too slow misses lines, which their
  /// numbers tell.
  ///
  /// - Parameter index: The number of the first line that is wanted; the oldest that is kept comes first where that is gone already.
  package func lines(from index: Int = 1) -> ProgramLogLines { ProgramLogLines(log: self, after: index - 1) }

  /// Changes the lines and wakes those who wait if a line came or the log ended.
  private func change(_ body: (inout LineRing) -> Bool) {
    let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      guard body(&state.ring), !state.waiters.isEmpty else { return [] }
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.resume() }
  }
}
