import Synchronization

/// What a ``ChannelReader`` gives.
package enum ChannelDelivery: Sendable {
  case message(StoredMessage, ChannelName, ChannelEpoch)
  /// Messages that are kept no more; the next one follows the position.
  case lost(ChannelName, ChannelPosition, count: Int)
}

/// Takes the messages of some channels for one consumer, who asks for them one batch after the other.
///
/// It keeps positions and no messages. While nobody asks and nothing comes it costs neither a task nor a thread. The lock is never held
/// while a channel's is taken.
package final class ChannelReader: ChannelSink {
  private struct State {
    var positions: [ObjectIdentifier: ChannelPosition] = [:]
    var channels: [ObjectIdentifier: NamedChannel] = [:]
    var patterns: Set<ChannelPattern> = []
    var dirty: [NamedChannel] = []
    var waiter: CheckedContinuation<Void, Never>?
    var isPoked = false
    var isEnded = false
  }

  private let registry: ChannelRegistry
  private let policy: ChannelPolicy
  /// Whether it reads for a client, whom rules bind.
  private let isClient: Bool
  private let state = Mutex(State())

  /// About how many bytes are given at once.
  private static let batch = 1 << 16

  /// - Throws: `shutting_down`.
  package init(_ registry: ChannelRegistry, policy: ChannelPolicy, isClient: Bool) throws {
    self.registry = registry
    self.policy = policy
    self.isClient = isClient
    try registry.add(self)
  }

  /// Begins to take from a channel or from all that a pattern matches.
  ///
  /// - Parameters:
  ///   - from: What the consumer has already, by channel.
  ///   - givesLatest: Whether the retained message is given too where nothing is continued.
  /// - Returns: Where it begins in the channels that exist.
  /// - Throws: `forbidden` for a client that may not read the channel of that name, `too_many_requests` when there are too many channels.
  package func subscribe(
    to pattern: ChannelPattern, from: [ChannelName: ChannelPosition], givesLatest: Bool = false
  ) throws -> [ChannelStart] {
    let found: [NamedChannel]
    if let name = pattern.name {
      if isClient, !registry.settings(for: name).clientsMaySubscribe { throw TangorError.mayNotSubscribe(name) }
      found = [try registry.attach(self, to: name).0]
    } else {
      state.withLock { _ = $0.patterns.insert(pattern) }
      found = registry.attach(self, to: pattern).map(\.0)
    }
    var starts: [ChannelStart] = []
    for channel in found {
      let isNew = state.withLock { $0.channels.updateValue(channel, forKey: ObjectIdentifier(channel)) == nil }
      guard isNew, !isClient || channel.settings.clientsMaySubscribe else { continue }
      let start = channel.start(from: from[channel.name])
      starts.append(start)
      var position = start.position
      if givesLatest, start.recovered != true, let latest = start.latest {
        position = ChannelPosition(epoch: position.epoch, offset: latest.offset - 1)
      }
      state.withLock { state in
        state.positions[ObjectIdentifier(channel)] = position
        // What lies behind the position came before the channel could wake this reader.
        if position.offset < start.newest.offset { state.dirty.append(channel) }
      }
    }
    return starts
  }

  package func wake(_ channel: NamedChannel) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard !state.isEnded else { return nil }
      state.dirty.append(channel)
      return state.waiter.take()
    }
    waiter?.resume()
  }

  /// Lets ``next()`` return with nothing, if it waits or when it is called.
  package func poke() {
    let waiter = state.withLock { state in
      state.isPoked = true
      return state.waiter.take()
    }
    waiter?.resume()
  }

  /// Waits for messages and takes them. One consumer asks at a time.
  ///
  /// - Returns: What there is; nothing after ``poke()``; nil once the reader has ended or its task is cancelled.
  package func next() async -> [ChannelDelivery]? {
    while true {
      let (channel, isPoked) = state.withLock { state -> (NamedChannel?, Bool) in
        guard !state.isEnded, !state.dirty.isEmpty else {
          defer { state.isPoked = false }
          return (nil, state.isPoked)
        }
        return (state.dirty.removeFirst(), false)
      }
      if Task.isCancelled || state.withLock({ $0.isEnded }) { return nil }
      if let channel {
        guard let deliveries = take(channel) else {
          end()
          return nil
        }
        if !deliveries.isEmpty { return deliveries }
      } else if isPoked {
        return []
      } else {
        await wait()
      }
    }
  }

  private func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          guard state.dirty.isEmpty, !state.isPoked, !state.isEnded, !Task.isCancelled else { return false }
          precondition(state.waiter == nil, "the messages of channels are taken by one task")
          state.waiter = continuation
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiter.take() }?.resume()
    }
  }

  /// - Returns: nil when the policy ends the reader.
  private func take(_ channel: NamedChannel) -> [ChannelDelivery]? {
    let id = ObjectIdentifier(channel)
    if channel.isRemoved {
      state.withLock { state in
        state.positions[id] = nil
        state.channels[id] = nil
      }
      return []
    }
    guard var position = state.withLock({ $0.positions[id] }) ?? adopt(channel) else { return [] }
    if policy == .latest {
      // The consumer comes when it can; whatever was published meanwhile but the latest is left out.
      let newest = channel.latest.position
      if newest.epoch == position.epoch, position.offset < newest.offset - 1 {
        position = ChannelPosition(epoch: newest.epoch, offset: newest.offset - 1)
      }
    }
    var deliveries: [ChannelDelivery] = []
    reading: while true {
      switch channel.take(self, after: position, bytes: Self.batch) {
      case .none: break reading
      case .reset(let epoch): position = ChannelPosition(epoch: epoch, offset: 0)
      case .gap(let next):
        guard policy == .dropOldest || policy == .latest else { return nil }
        let before = ChannelPosition(epoch: position.epoch, offset: next - 1)
        if policy == .dropOldest { deliveries.append(.lost(channel.name, before, count: next - 1 - position.offset)) }
        position = before
      case .messages(let messages, let hasMore):
        deliveries += messages.map { .message($0, channel.name, position.epoch) }
        position = ChannelPosition(epoch: position.epoch, offset: position.offset + messages.count)
        if hasMore { state.withLock { $0.dirty.append(channel) } }
        break reading
      }
    }
    state.withLock { $0.positions[id] = position }
    return deliveries
  }

  /// Begins with a channel that was made after the pattern that matches it.
  private func adopt(_ channel: NamedChannel) -> ChannelPosition? {
    guard !isClient || channel.settings.clientsMaySubscribe else { return nil }
    state.withLock { $0.channels[ObjectIdentifier(channel)] = channel }
    let position = ChannelPosition(epoch: channel.latest.position.epoch, offset: 0)
    return position
  }

  /// Ends it: ``next()`` gives nothing more.
  package func end() {
    let (patterns, channels, waiter) = state.withLock { state in
      state.isEnded = true
      defer {
        state.patterns = []
        state.channels = [:]
        state.positions = [:]
        state.dirty = []
      }
      return (state.patterns, Array(state.channels.values), state.waiter.take())
    }
    waiter?.resume()
    for pattern in patterns { registry.detach(self, from: pattern) }
    for channel in channels { registry.release(self, from: channel, stays: false) }
    registry.remove(self)
  }
}

/// Ends a reader when nobody holds this any more.
package final class ChannelReaderHandle: Sendable {
  package let reader: ChannelReader
  package init(_ reader: ChannelReader) { self.reader = reader }
  deinit { reader.end() }
}
