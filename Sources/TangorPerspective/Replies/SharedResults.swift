import Synchronization
import TangorTables

/// Results of one table as bytes, for the other clients that ask for the same before the table changes.
///
/// A page that shows a view asks for its rows after every change, and so do all the other pages that show it.
final class SharedResults: Sendable {
  /// What was asked for, and of what.
  struct Key: Sendable, Hashable {
    let shape: ResultShape
    let request: ResultRequest
  }

  private struct State {
    var version = -1
    var results: [Key: [UInt8]] = [:]
    var size = 0
  }

  /// The most bytes that are kept, and those of the largest result.
  static let maximumSize = 1 << 20
  static let largestResult = maximumSize / 4

  private let state = Mutex(State())

  /// A result that somebody has made; nil when nobody has.
  subscript(key: Key) -> [UInt8]? { state.withLock { $0.results[key] } }

  /// Keeps a result for others; larger ones, and those of a table that has changed meanwhile, are not kept.
  func keep(_ bytes: [UInt8], for key: Key) {
    guard bytes.count <= Self.largestResult else { return }
    state.withLock { state in
      guard key.shape.version >= state.version else { return }
      if key.shape.version > state.version || state.size + bytes.count > Self.maximumSize {
        state = State(version: key.shape.version)
      }
      if state.results.updateValue(bytes, forKey: key) == nil { state.size += bytes.count }
    }
  }
}
