import Synchronization
package import TangorCore

/// Small files in memory, each believed for a while before the disk is asked again.
package final class FileCache: Sendable {
  /// What is kept of one file.
  private struct Kept {
    var entry: FileEntry
    /// When the disk last agreed.
    var checked: Duration
  }

  private let storage: Mutex<LeastRecentlyUsed<Kept>>
  private let revalidateAfter: Duration
  private let time: TimeSource

  /// - Parameters:
  ///   - size: The budget in bytes; 0 keeps nothing.
  ///   - revalidateAfter: How long an entry is believed.
  ///   - time: Where time comes from.
  package init(size: Int, revalidateAfter: Duration, time: TimeSource) {
    storage = Mutex(LeastRecentlyUsed(budget: size))
    self.revalidateAfter = revalidateAfter
    self.time = time
  }

  /// The entry of a key while it is believed.
  package func fresh(_ key: String) -> FileEntry? {
    guard let kept = storage.withLock({ $0.use(key) }), time.now() - kept.checked < revalidateAfter else { return nil }
    return kept.entry
  }

  /// The entry of a key, believed or not.
  package func known(_ key: String) -> FileEntry? { storage.withLock { $0.use(key)?.entry } }

  /// Keeps what the disk said at a moment, or forgets what does not fit into memory.
  ///
  /// - Parameter checked: When the disk was asked: before it answered, so that no entry is believed for too long.
  package func keep(_ entry: FileEntry, for key: String, checked: Duration) {
    storage.withLock { cache in
      if entry.isInMemory {
        cache.insert(Kept(entry: entry, checked: checked), for: key, cost: entry.cost + key.utf8.count)
      } else {
        cache.remove(key)
      }
    }
  }

  package func forget(_ key: String) { storage.withLock { $0.remove(key) } }

  /// The moment now, as `keep` takes it.
  package var now: Duration { time.now() }

  /// How many files are kept, and what they cost in bytes.
  package var usage: (count: Int, bytes: Int) { storage.withLock { ($0.count, $0.cost) } }
}
