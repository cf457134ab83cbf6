import HTTPTypes
package import Hummingbird
import NIOCore
package import NIOPosix
package import TangorCore

/// Answers requests with files: conditions, ranges, compressed neighbours, a cache for small files, streams for large ones.
///
/// A hit in the cache makes no system call and stays on its thread; everything else happens on a thread pool. Methods other than
/// GET and HEAD get the whole file, since conditions and ranges mean nothing to them; who routes decides what may be asked.
package struct FileResponder: Sendable {
  package let settings: FileSettings
  package let cache: FileCache
  let threadPool: NIOThreadPool

  /// - Parameters:
  ///   - settings: What files are served with.
  ///   - time: Where the age of cached files comes from.
  ///   - threadPool: Where the disk is read.
  package init(settings: FileSettings = FileSettings(), time: TimeSource = .continuous, threadPool: NIOThreadPool = .singleton) {
    self.settings = settings
    self.threadPool = threadPool
    cache = FileCache(size: settings.cacheSize, revalidateAfter: settings.revalidateAfter, time: time)
  }

  /// Answers with a file of the machine, as a service names it: links are followed and no name is refused.
  ///
  /// - Parameters:
  ///   - path: Where the file is. It must never come from a client unchecked.
  ///   - contentType: Its media type; by default what its name says.
  ///   - request: What was asked.
  /// - Throws: `TangorError`: `not_found` when there is no such regular file, `precondition_failed`, `range_not_satisfiable`.
  package func response(path: String, contentType: String? = nil, request: Request) async throws -> Response {
    // No path of a URL begins with a NUL, so these keys and those of a site never meet.
    let key = "\u{0}\(contentType ?? "")\u{0}\(path)"
    if let response = try cachedResponse(key: key, request: request) { return response }
    let type = contentType ?? MediaTypes.type(ofFile: path)
    guard
      let entry = try await load(key: key, contentType: type, open: { try OpenFile(path: path + $0) })
    else { throw TangorError(.notFound, "The file is not there.") }
    return try response(entry, request: request)
  }

  /// Answers from memory alone, when the file is there and may still be believed.
  ///
  /// - Throws: `TangorError` as `response(_:request:)` does.
  package func cachedResponse(key: String, request: Request) throws -> Response? {
    guard let entry = cache.fresh(key) else { return nil }
    return try response(entry, request: request)
  }

  /// Opens a file and its neighbours on the thread pool, keeping small ones in the cache.
  ///
  /// - Parameters:
  ///   - key: The file's key in the cache.
  ///   - contentType: Its media type.
  ///   - open: Opens the file whose name has a suffix more: none for the file itself. It may block.
  /// - Returns: The file, or nil when there is none; it is then forgotten.
  package func load(
    key: String, contentType: String, open: @escaping @Sendable (_ suffix: String) throws -> OpenFile?
  ) async throws -> FileEntry? {
    try await offLoop { try loadBlocking(key: key, contentType: contentType, open: open) }
  }

  /// Runs what blocks on the thread pool.
  package func offLoop<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    do {
      return try await threadPool.runIfActive(body)
    } catch is NIOThreadPoolError.ThreadPoolInactive {
      throw TangorError(.shuttingDown)
    } catch is CancellationError where !Task.isCancelled {
      // A pool that was shut down cancels what it is given.
      throw TangorError(.shuttingDown)
    }
  }

  /// Runs what blocks and must happen, on the thread pool while there is one: also when the task is cancelled.
  package func cleanUp(_ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
      threadPool.submit { _ in
        body()
        continuation.resume()
      }
    }
  }

  /// As `load`, for who is on the thread pool already.
  package func loadBlocking(key: String, contentType: String, open: (_ suffix: String) throws -> OpenFile?) throws -> FileEntry? {
    let checked = cache.now
    for attempt in 0..<3 {
      do {
        guard let file = try open("") else { break }
        let neighbours = try ContentCoding.allCases.compactMap { coding in
          // A neighbour that is older was made from what the file no longer is.
          try open(coding.suffix).flatMap { $0.metadata.modified >= file.metadata.modified ? (coding, $0) : nil }
        }
        let known = cache.known(key)
        // What changes all the time is sent as it is found, and not kept.
        let inMemory = attempt < 2
        let plain = try variant(file, contentType, nil, varies: !neighbours.isEmpty, known, inMemory: inMemory)
        let compressed = try neighbours.map { try variant($0.1, contentType, $0.0, varies: true, known, inMemory: inMemory) }
        let isUnsettled = file.isUnsettled || neighbours.contains { $0.1.isUnsettled }
        let entry = FileEntry(plain: plain, compressed: compressed, isUnsettled: isUnsettled)
        cache.keep(entry, for: key, checked: checked)
        return entry
      } catch is FileChanged {
        // Written while it was read: what it is now may well hold still.
        continue
      }
    }
    cache.forget(key)
    return nil
  }

  private func variant(
    _ file: OpenFile, _ type: String, _ coding: ContentCoding?, varies: Bool, _ known: FileEntry?, inMemory: Bool
  ) throws -> FileVariant {
    let content: FileVariant.Content
    if let known, !known.isUnsettled, let same = ([known.plain] + known.compressed).first(where: { $0.coding == coding }),
      same.metadata == file.metadata
    {
      content = same.content
    } else if inMemory, file.metadata.size <= settings.maximumCachedFileSize, settings.cacheSize > 0 {
      content = .memory(try file.read(0..<file.metadata.size))
    } else {
      content = .disk(file)
    }
    return FileVariant(
      metadata: file.metadata, tag: file.metadata.entityTag(isWeak: file.isUnsettled), content: content, contentType: type,
      cacheControl: settings.cacheControl, lastModified: file.metadata.lastModified, coding: coding, varies: varies)
  }
}
