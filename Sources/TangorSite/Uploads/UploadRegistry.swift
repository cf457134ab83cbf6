import NIOPosix
import Synchronization
package import TangorCore
import TangorServing

/// The uploads of an application: who is told of them, and how many there may be at a time.
///
/// ```swift
/// app.uploads.observe { event in
///   if case .finished = event.phase { print("\(event.name): \(event.bytes) bytes") }
/// }
/// ```
public final class UploadRegistry: Sendable {
  private struct State {
    var observers: [Int: @Sendable (UploadEvent) -> Void] = [:]
    var nextObserver = 0
    var receiving = 0
    var folders: [UploadFolder] = []
  }

  package let configuration: UploadConfiguration
  private let state = Mutex(State())
  private let time: TimeSource

  /// - Parameters:
  ///   - configuration: The settings.
  ///   - time: What the sweeping of unfinished uploads waits by.
  package init(_ configuration: UploadConfiguration, time: TimeSource = .continuous) {
    self.configuration = configuration
    self.time = time
  }

  // MARK: Watching

  /// Calls back at everything that happens to an upload, in order for each upload.
  ///
  /// - Parameter observer: What is called; quick, because the upload waits for it.
  public func observe(_ observer: @escaping @Sendable (UploadEvent) -> Void) { _ = add(observer) }

  /// Everything that happens to uploads from now on. A reader that is slow loses the oldest of more than 1,000 events.
  public var events: AsyncStream<UploadEvent> {
    let (stream, continuation) = AsyncStream<UploadEvent>.makeStream(bufferingPolicy: .bufferingNewest(1_000))
    let id = add { continuation.yield($0) }
    continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.observers[id] = nil } }
    return stream
  }

  private func add(_ observer: @escaping @Sendable (UploadEvent) -> Void) -> Int {
    state.withLock { state in
      state.nextObserver += 1
      state.observers[state.nextObserver] = observer
      return state.nextObserver
    }
  }

  func report(_ event: UploadEvent) {
    let observers = state.withLock { $0.observers }
    for (_, observer) in observers.sorted(by: { $0.key < $1.key }) { observer(event) }
  }

  /// How many uploads are being received.
  package var receiving: Int { state.withLock { $0.receiving } }

  // MARK: Receiving

  /// Runs while one more upload is received.
  ///
  /// - Throws: `too_many_requests` when there are as many as there may be.
  func whileReceiving<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
  ) async throws -> Result {
    let hasRoom = state.withLock { state in
      guard state.receiving < configuration.maximumUploads else { return false }
      state.receiving += 1
      return true
    }
    guard hasRoom else {
      throw TangorError(.tooManyRequests, "As many files as may be are being uploaded now; try again in a moment.", retryAfter: .seconds(1))
    }
    defer { state.withLock { $0.receiving -= 1 } }
    return try await body()
  }

  // MARK: Folders

  /// Opens the folders and removes what a crash left in them. Blocks.
  ///
  /// - Throws: `TangorError` with words for the person who starts the server when a folder cannot be used.
  func open() throws -> [UploadFolder] {
    let folders = try configuration.folders.sorted { $0.key < $1.key }
      .map { route, path in try UploadFolder(route: route, path: path, configuration: configuration) }
    for folder in folders { folder.recover() }
    state.withLock { $0.folders = folders }
    return folders
  }

  /// Removes unfinished uploads as their leases end, until the task is cancelled.
  package func run() async {
    let step = min(max(configuration.lease / 4, .milliseconds(100)), .seconds(60))
    while !Task.isCancelled {
      guard (try? await time.sleep(time.now() + step)) != nil else { return }
      let folders = state.withLock { $0.folders }
      guard !folders.isEmpty else { continue }
      try? await NIOThreadPool.singleton.runIfActive { for folder in folders { folder.sweep() } }
    }
  }
}
