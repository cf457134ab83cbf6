import NIOPosix
import Synchronization
package import TangorCore

/// Tells open pages what changed in the folders that are served.
///
/// Changes are gathered until nothing has changed for a step of a tenth of a second, at most for a second, so that the many files
/// which an editor or a build writes at once reload a page once.
package final class Reloader: Sendable {
  /// What a page is told.
  enum Message: Sendable, Hashable {
    /// Files changed; their URL paths, sorted.
    case changed([String])
    /// Nothing, to keep the connection.
    case nothing
  }

  private struct State {
    var pages: [Int: AsyncStream<Message>.Continuation] = [:]
    var nextPage = 0
    var hasEnded = false
  }

  /// What tells one start of the server from another.
  let boot = Key().description
  private let folders: [WatchedFolder]
  private let makeChanges: @Sendable ([WatchedFolder]) -> any FolderChanges
  private let time: TimeSource
  private let state = Mutex(State())

  private static let step = Duration.milliseconds(100)
  private static let longest = Duration.seconds(1)
  private static let keepAlive = Duration.seconds(15)
  /// The most pages that listen at a time.
  static let maximumPages = 1_000
  /// The most paths that one message names.
  static let maximumPaths = 100

  /// - Parameters:
  ///   - configuration: The folders that are served.
  ///   - excluding: Folders that are not watched: those of uploads.
  package convenience init(_ configuration: SiteConfiguration, excluding: [String], time: TimeSource = .continuous) {
    var folders = configuration.folders.map { WatchedFolder(route: $0.key, path: $0.value) }
    if let root = configuration.root { folders.append(WatchedFolder(route: "", path: root)) }
    self.init(folders.filter { !excluding.contains($0.path) }.sorted { $0.route < $1.route }, time: time) { folders in
      #if os(Linux)
      if let notified = NotifiedFolders(folders) { return notified }
      #endif
      return ComparedFolders(folders)
    }
  }

  init(_ folders: [WatchedFolder], time: TimeSource, makeChanges: @escaping @Sendable ([WatchedFolder]) -> any FolderChanges) {
    self.folders = folders
    self.time = time
    self.makeChanges = makeChanges
  }

  // MARK: Pages

  /// - Throws: `too_many_requests`, `shutting_down`, when no further page may listen now.
  func check() throws {
    try state.withLock { state in
      guard !state.hasEnded else { throw TangorError(.shuttingDown, retryAfter: .seconds(1)) }
      guard state.pages.count < Self.maximumPages else {
        throw TangorError(.tooManyRequests, "As many pages as may be wait for changes.", retryAfter: .seconds(10))
      }
    }
  }

  /// What happens from now on; ends when the server shuts down, or when the page leaves.
  func listen() -> (messages: AsyncStream<Message>, leave: @Sendable () -> Void) {
    // A page that does not read needs to know of the last changes alone.
    let (stream, continuation) = AsyncStream<Message>.makeStream(bufferingPolicy: .bufferingNewest(16))
    let id = state.withLock { state -> Int? in
      guard !state.hasEnded else { return nil }
      state.nextPage += 1
      state.pages[state.nextPage] = continuation
      return state.nextPage
    }
    guard let id else {
      continuation.finish()
      return (stream, {})
    }
    return (
      stream,
      { [weak self] in
        _ = self?.state.withLock { $0.pages.removeValue(forKey: id) }
        continuation.finish()
      }
    )
  }

  /// How many pages listen.
  var pages: Int { state.withLock { $0.pages.count } }

  /// Ends what pages listen to.
  package func shutdown() {
    let pages = state.withLock { state in
      state.hasEnded = true
      return Array(state.pages.values)
    }
    for page in pages { page.finish() }
  }

  func tell(_ message: Message) {
    let pages = state.withLock { Array($0.pages.values) }
    for page in pages { page.yield(message) }
  }

  // MARK: Watching

  /// Watches until the task is cancelled.
  package func run() async {
    guard let changes = try? await NIOThreadPool.singleton.runIfActive({ [folders, makeChanges] in makeChanges(folders) }) else { return }
    var gathering = GatheredChanges(longest: Self.longest)
    var silentSince = time.now()
    while (try? await time.sleep(time.now() + Self.step)) != nil {
      guard let found = try? await NIOThreadPool.singleton.runIfActive({ changes.changes() }) else { return }
      let now = time.now()
      if let paths = gathering.add(found, at: now) {
        tell(.changed(Array(paths.sorted().prefix(Self.maximumPaths))))
        silentSince = now
      } else if now - silentSince >= Self.keepAlive {
        tell(.nothing)
        silentSince = now
      }
    }
  }
}

/// Changes that are gathered until no more come.
struct GatheredChanges: Sendable {
  private let longest: Duration
  private var paths: Set<String> = []
  private var since: Duration?

  /// - Parameter longest: How long the first change may wait for others.
  init(longest: Duration) { self.longest = longest }

  /// Adds what was found in one look.
  ///
  /// - Returns: All that was gathered, when this look found nothing more or the first has waited long enough.
  mutating func add(_ found: Set<String>, at now: Duration) -> Set<String>? {
    paths.formUnion(found)
    guard !paths.isEmpty else { return nil }
    let since = since ?? now
    self.since = since
    guard found.isEmpty || now - since >= longest else { return nil }
    defer { (paths, self.since) = ([], nil) }
    return paths
  }
}
