import Synchronization
import TangorCore
import TangorJSON
import TangorServing

/// A stream whose values are sent over a live connection, as many as the client has given credit for.
///
/// It ends with the connection; the stream lives on for its lease, so that the client can come back with its position.
final class StreamSubscription: LiveSubscription {
  private struct State {
    var credit: Int
    var waiter: CheckedContinuation<Void, Never>?
    var task: Task<Void, Never>?
    var isEnded = false
  }

  /// The most credit that may stand open.
  private static let maximumCredit = 1_000_000
  private static let batch = 64

  private let key: Key
  private let reader: StreamReader
  private let peer: any LivePeer
  private let after: Int?
  private let state: Mutex<State>

  init(key: Key, stream: KeyedStream, peer: any LivePeer, credit: Int, after: Int?) {
    self.key = key
    self.peer = peer
    self.after = after
    reader = StreamReader(stream)
    state = Mutex(State(credit: credit))
  }

  /// Begins to send.
  func start() {
    reader.stream.hold()
    reader.stream.liveTasks.begin()
    let task = Task {
      await self.run()
      self.reader.stream.release()
      self.reader.stream.liveTasks.end()
    }
    let isEnded = state.withLock { state in
      state.task = task
      return state.isEnded
    }
    if isEnded { task.cancel() }
  }

  /// Lets more values be sent.
  func add(credit: Int) {
    let waiter = state.withLock { state in
      state.credit = min(state.credit + credit, Self.maximumCredit)
      return state.waiter.take()
    }
    waiter?.resume()
  }

  func end() {
    let (task, waiter) = state.withLock { state in
      state.isEnded = true
      return (state.task.take(), state.waiter.take())
    }
    task?.cancel()
    waiter?.resume()
    reader.leave()
  }

  /// Waits until something may be sent.
  ///
  /// - Returns: How much; nil once the subscription has ended.
  private func credit() async -> Int? {
    while true {
      let (credit, isEnded) = state.withLock { ($0.credit, $0.isEnded) }
      if isEnded { return nil }
      if credit > 0 { return credit }
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          if state.credit > 0 || state.isEnded { return true }
          state.waiter = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    }
  }

  private func run() async {
    do {
      try await send()
      reader.stream.confirmEnd(positioned: after != nil)
      peer.removeSubscription(named: StreamMethods.name(key))
    } catch {
      // The connection has gone or the subscription was ended: nobody is there to be told.
    }
  }

  private func send() async throws {
    var request = PullRequest()
    request.after = after
    request.reportsProgress = true
    request.takesEnd = false
    while let credit = await credit() {
      request.maximum = min(credit, Self.batch)
      let pull: Pull
      do {
        pull = try await reader.pull(request)
      } catch let error as TangorError where error.code != .canceled {
        return try await peer.notify("stream.failed", failure(error))
      }
      switch pull {
      case .values(let values):
        state.withLock { $0.credit -= values.count }
        try await send(values.all)
        if request.after != nil { request.after = values.lastIndex }
      case .progress(let progress): try await peer.notify("stream.progress", self.progress(progress))
      case .finished(let index): return try await peer.notify("stream.finished", finished(index))
      case .pending: break
      }
    }
    throw CancellationError()
  }

  private func send(_ values: [StreamValue]) async throws {
    for (place, value) in values.enumerated() {
      do {
        try await peer.notify("stream.value", notification(value))
      } catch {
        reader.stream.putBack(Array(values[place...]))
        throw error
      }
    }
  }

  // MARK: Notifications

  private func object(_ members: (inout JSONWriter) -> Void) -> JSONFragment {
    var writer = JSONWriter()
    writer.beginObject()
    writer.writeKey("key")
    writer.write(key.description)
    members(&writer)
    writer.endObject()
    return JSONFragment(unchecked: writer.bytes)
  }

  private func notification(_ value: StreamValue) -> JSONFragment {
    object { writer in
      writer.writeKey("index")
      writer.write(value.index)
      writer.writeKey("data")
      writer.write(value.json)
    }
  }

  private func progress(_ progress: Progress) -> JSONFragment { object { progress.write(to: &$0) } }

  private func finished(_ index: Int) -> JSONFragment {
    object { writer in
      writer.writeKey("index")
      writer.write(index)
    }
  }

  private func failure(_ error: TangorError) -> JSONFragment {
    object { writer in
      writer.writeKey("error")
      writer.write(error.rpcObject)
    }
  }
}
