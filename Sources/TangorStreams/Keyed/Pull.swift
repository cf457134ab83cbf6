package import TangorCore
package import TangorJSON

/// What a reader asks a stream for.
package struct PullRequest: Sendable {
  /// The most values to take. The pull waits for the first and takes what follows without waiting.
  package var maximum = 1
  /// The position after which to read, for readers that keep one; otherwise values that nobody has got are taken.
  package var after: Int?
  /// How long to wait for the first value; without end where nil.
  package var wait: Duration?
  /// Whether progress answers the pull by itself, for readers that pass it on.
  package var reportsProgress = false
  /// Whether an answer that tells the end also ends the key. Readers that must first write it say so later, by `confirmEnd`.
  package var takesEnd = true

  package init() {}
}

/// What a pull got.
package enum Pull: Sendable {
  /// One value or more.
  case values(PulledValues)
  /// Nothing came in the time that the pull was ready to wait; with the last index given out.
  case pending(index: Int, progress: Progress?)
  /// How far the computation of the next value has come; only for pulls that report progress.
  case progress(Progress)
  /// The sequence has ended; with its last index.
  case finished(index: Int)
}

/// A value with its place in the stream; the first has index 1.
package struct StreamValue: Sendable {
  package let index: Int
  package let json: JSONFragment
}

/// The values of one pull. The first stands apart because most pulls take one, and then no array is made.
package struct PulledValues: Sendable {
  package let first: StreamValue
  package let rest: [StreamValue]
  /// The last progress reported before the last of these values and after the one before them.
  package let progress: Progress?

  /// The index of the last value.
  package var lastIndex: Int { rest.last?.index ?? first.index }
  package var count: Int { rest.count + 1 }
  package var all: [StreamValue] { [first] + rest }
}
