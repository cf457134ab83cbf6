import Glibc

/// How much of the engine's work is done by several threads at once.
///
/// It is of the task: whoever calls the engine within `Parallelism.$current.withValue(…)` gets what it says. Results do not depend on it.
package struct Parallelism: Sendable {
  /// Threads that work at one thing at most, the caller's among them.
  package var threads: Int
  /// Rows for which another thread is worth the while: work on fewer than two such parts is done by the caller alone.
  package var partSize: Int
  /// What part of a view's rows must change, as 1 of so many, for it to be made anew instead of row by row.
  package var rebuildShare: Int
  /// Rows below which a change is never worth a view made anew.
  package var rebuildMinimum: Int

  /// - Parameters: What is not given is what is good on this machine.
  package init(threads: Int = Self.processors, partSize: Int = 65_536, rebuildShare: Int = 64, rebuildMinimum: Int = 1_000) {
    precondition(threads > 0 && partSize > 0 && rebuildShare > 0 && rebuildMinimum > 0)
    self.threads = threads
    self.partSize = partSize
    self.rebuildShare = rebuildShare
    self.rebuildMinimum = rebuildMinimum
  }

  @TaskLocal package static var current = Parallelism()

  /// Processors that there are.
  package static let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

  /// Parts for work on so many rows: one, or one for each thread.
  func parts(_ rows: Int) -> Int { max(1, min(threads, rows / partSize)) }

  /// Whether so many changes to a view of so many rows are made by making it anew.
  func rebuilds(changes: Int, of rows: Int) -> Bool { changes >= rebuildMinimum && changes > rows / rebuildShare }
}

/// Ranges that cover `count` rows, as even as can be.
struct RowParts {
  let count: Int
  let parts: Int
  /// Every part but the last is a multiple of it.
  let granularity: Int

  /// - Parameter granularity: 64 for parts that write bits of one bitmap.
  init(_ count: Int, parts: Int, granularity: Int = 64) {
    (self.count, self.parts, self.granularity) = (count, parts, granularity)
  }

  subscript(part: Int) -> Range<Int> { bound(part)..<bound(part + 1) }

  private func bound(_ part: Int) -> Int { part == parts ? count : min(count, count * part / parts / granularity * granularity) }
}
