import Synchronization
package import TangorCore
package import TangorServing

/// Streams by an id of some kind, with their leases and limits.
///
/// A table behind a lock: looking up a stream is on the way of every pull, and a hop to an actor would cost more than the pull itself.
package final class StreamTable<ID: Hashable & Sendable & CustomStringConvertible>: Sendable {
  private struct Entry {
    let stream: KeyedStream
    /// Whether the limits count it; not once it answers nothing but repeats.
    var isCounted = true
  }

  private struct State {
    var streams: [ID: Entry] = [:]
    /// How many counted streams each client has.
    var counts: [String: Int] = [:]
    var active = 0
    var leases = LeaseHeap<Lease>()
    var isShutDown = false
    var opened = 0
    var expired = 0
  }

  /// A lease of one stream; an id that is used anew gets a stream of its own.
  private struct Lease: Sendable {
    let id: ID
    let stream: KeyedStream
  }

  package let configuration: StreamsConfiguration
  package let time: TimeSource
  package let liveTasks = LiveTasks()
  private let pool: BlockingPool
  private let state = Mutex(State())

  package init(configuration: StreamsConfiguration, time: TimeSource, pool: BlockingPool) {
    self.configuration = configuration
    self.time = time
    self.pool = pool
  }

  // MARK: Streams

  /// The stream of an id, if there is one.
  package func find(_ id: ID) -> KeyedStream? { state.withLock { $0.streams[id]?.stream } }

  /// Opens a stream. Nothing of the sequence runs before the first pull.
  ///
  /// - Parameters:
  ///   - id: The stream's id. A stream of that id that is there already stays, and is returned.
  ///   - source: The sequence.
  ///   - client: Whose stream it is.
  ///   - limits: The bounds of the stream.
  /// - Throws: `too_many_requests` at a limit, `shutting_down` after `shutdown()`.
  @discardableResult
  package func open(
    _ id: ID, _ source: StreamSource, client: Client, limits: StreamStateMachine.Limits? = nil
  ) throws -> KeyedStream {
    let stream = KeyedStream(
      client: client.address, source: source, limits: limits ?? configuration.streamLimits, time: time, liveTasks: liveTasks, pool: pool
    ) { [weak self] stream, ending in self?.conclude(id, stream, ending) }
    let end = time.now() + configuration.lease
    return try state.withLock { state in
      if let present = state.streams[id]?.stream { return present }
      try check(client, state)
      state.streams[id] = Entry(stream: stream)
      state.counts[client.address, default: 0] += 1
      state.active += 1
      state.opened += 1
      state.leases.insert(Lease(id: id, stream: stream), end: end)
      return stream
    }
  }

  private func check(_ client: Client, _ state: borrowing State) throws {
    if state.isShutDown { throw TangorError.serverShutdown }
    guard state.active < configuration.maximumStreams else {
      throw TangorError(.tooManyRequests, "The server has as many streams as it may; try again later.", retryAfter: .seconds(5))
    }
    guard state.counts[client.address, default: 0] < configuration.maximumStreamsPerClient else {
      let limit = configuration.maximumStreamsPerClient
      let detail = "You have \(limit) streams already, which is the limit; end or delete some first."
      throw TangorError(.tooManyRequests, detail, retryAfter: .seconds(5))
    }
  }

  /// The ids of the streams that can be pulled, in no order.
  package var ids: [ID] { state.withLock { $0.streams.filter { $0.value.isCounted }.map(\.key) } }

  /// Cancels a stream's sequence and forgets its id.
  ///
  /// - Returns: Whether there was such a stream.
  package func cancel(_ id: ID) -> Bool {
    guard let stream = state.withLock({ Self.remove(id, &$0) }) else { return false }
    stream.close(.streamNotFound(id.description))
    return true
  }

  /// What the table holds.
  package var statistics: StreamRegistry.Statistics {
    let (entries, opened, expired) = state.withLock { (Array($0.streams.values), $0.opened, $0.expired) }
    return StreamRegistry.Statistics(
      streams: entries.count { $0.isCounted }, liveTasks: liveTasks.count,
      waitingPulls: entries.reduce(0) { $0 + $1.stream.waitingCount }, opened: opened, expired: expired)
  }

  // MARK: Endings

  private func conclude(_ id: ID, _ stream: KeyedStream, _ ending: StreamStateMachine.Ending) {
    let now = time.now()
    // What is removed is let go of outside the lock.
    let removed = state.withLock { state -> KeyedStream? in
      guard state.streams[id]?.stream === stream else { return nil }
      switch ending {
      case .removed: return Self.remove(id, &state)
      case .retired:
        Self.discount(id, &state)
        state.leases.insert(Lease(id: id, stream: stream), end: now + configuration.repeatLease)
        return nil
      }
    }
    withExtendedLifetime(removed) {}
  }

  private static func remove(_ id: ID, _ state: inout State) -> KeyedStream? {
    discount(id, &state)
    return state.streams.removeValue(forKey: id)?.stream
  }

  private static func discount(_ id: ID, _ state: inout State) {
    guard let entry = state.streams[id], entry.isCounted else { return }
    state.streams[id]?.isCounted = false
    state.active -= 1
    let count = state.counts[entry.stream.client, default: 0] - 1
    state.counts[entry.stream.client] = count > 0 ? count : nil
  }

  // MARK: Leases

  /// Ends leases until the task is cancelled.
  package func run() async {
    let tick = max(min(configuration.lease, configuration.repeatLease) / 10, .milliseconds(10))
    var gone = 0
    while !Task.isCancelled {
      do { try await time.sleep(time.now() + tick) } catch { return }
      let expired = sweep()
      gone += expired
      // Once it has grown quiet: leases that were opened together end in a row of sweeps.
      if expired == 0, gone >= FreedMemory.threshold {
        gone = 0
        FreedMemory.giveBack()
      }
    }
  }

  /// Ends the leases whose time has come.
  ///
  /// - Returns: How many.
  @discardableResult
  package func sweep() -> Int {
    let now = time.now()
    let expired: [Lease] = state.withLock { state in
      var expired: [Lease] = []
      while let lease = state.leases.popEnded(at: now) {
        guard let entry = state.streams[lease.id], entry.stream === lease.stream else { continue }
        let length = entry.isCounted ? configuration.lease : configuration.repeatLease
        let end = (lease.stream.lastUse ?? now) + length
        if end > now {
          state.leases.insert(lease, end: end)
        } else {
          _ = Self.remove(lease.id, &state)
          expired.append(lease)
        }
      }
      state.expired += expired.count
      return expired
    }
    for lease in expired { lease.stream.close(.streamNotFound(lease.id.description)) }
    return expired.count
  }

  /// Ends all streams: waiting pulls are answered `shutting_down`, and no further stream is opened.
  package func shutdown() {
    let streams = state.withLock { state in
      state.isShutDown = true
      state.active = 0
      state.counts = [:]
      defer { state.streams = [:] }
      return state.streams.values.map(\.stream)
    }
    for stream in streams { stream.close(.serverShutdown) }
  }
}

extension StreamsConfiguration {
  /// The bounds of one stream.
  var streamLimits: StreamStateMachine.Limits {
    var limits = StreamStateMachine.Limits()
    limits.replayValues = replayValues
    limits.replayBytes = replaySize.bytes
    limits.batchBytes = max(replaySize.bytes, 1 << 16)
    limits.waitingPulls = maximumWaitingPulls
    return limits
  }
}

extension TangorError {
  static func streamNotFound(_ key: String) -> TangorError {
    TangorError(.streamNotFound, "No active stream has the key '\(key.prefix(64))'. It may have ended, expired or been deleted.")
  }

  static var serverShutdown: TangorError {
    TangorError(.shuttingDown, "The server is going down; try again in a moment.", retryAfter: .seconds(5))
  }
}
