import Synchronization

/// One channel: its messages, who takes them and who is there, behind one lock.
package final class NamedChannel: Sendable {
  private struct Entry {
    let sink: any ChannelSink
    /// Up to where the sink has taken.
    var position: ChannelPosition
    /// Whether it was woken and has not taken everything since.
    var isDirty = false
    /// Whether the channel was asked for by its name, which keeps it alive.
    var isNamed = false
  }

  private struct State {
    var log: ChannelLog
    var settings: ChannelSettings
    var entries: [ObjectIdentifier: Entry] = [:]
    var presence = ChannelPresence()
    var isRemoved = false

    /// The offset up to which every sink has taken.
    var held: Int {
      var least = Int.max
      for entry in entries.values { least = min(least, entry.position.epoch == log.epoch ? entry.position.offset : 0) }
      return least
    }

    mutating func wakeAll() -> [any ChannelSink] {
      var sinks: [any ChannelSink] = []
      for (id, entry) in entries where !entry.isDirty {
        entries[id]?.isDirty = true
        sinks.append(entry.sink)
      }
      return sinks
    }
  }

  package let name: ChannelName
  private let account: ChannelAccount
  private let state: Mutex<State>

  init(_ name: ChannelName, settings: ChannelSettings, account: ChannelAccount, sinks: some Collection<any ChannelSink>) {
    self.name = name
    self.account = account
    var state = State(log: ChannelLog(name, epoch: .random(), limits: settings.limits), settings: settings)
    for sink in sinks { state.entries[ObjectIdentifier(sink)] = Entry(sink: sink, position: state.log.position) }
    self.state = Mutex(state)
  }

  package var settings: ChannelSettings { state.withLock { $0.settings } }
  package var isRemoved: Bool { state.withLock { $0.isRemoved } }
  /// Whether somebody takes from it.
  package var isFollowed: Bool { state.withLock { !$0.entries.isEmpty } }
  package var hasMessages: Bool { state.withLock { $0.log.offset > 0 } }

  // MARK: Publishing

  /// Adds a message and wakes those who take.
  ///
  /// - Returns: Where it stands; nil when the channel has been forgotten meanwhile.
  /// - Throws: `forbidden`, `payload_too_large`, `too_many_requests`.
  func publish(_ payload: ChannelPayload, byClient: Bool) throws -> ChannelPosition? {
    let done = try state.withLock { state -> (ChannelPosition, [any ChannelSink])? in
      guard !state.isRemoved else { return nil }
      guard !byClient || state.settings.clientsMayPublish else { throw TangorError.mayNotPublish(name) }
      guard payload.size <= state.settings.messageSize else {
        let limit = ByteSize(bytes: state.settings.messageSize)
        throw TangorError(.payloadTooLarge, "A message of the channel '\(name)' has at most \(limit); one of \(payload.size) bytes came.")
      }
      let before = state.log.size
      defer { account.add(state.log.size - before) }
      if !account.hasRoom(for: payload.json.count) {
        // What this channel keeps for those who come back makes room for its newest message, and for no other channel's.
        state.log.trimToLatest()
        guard account.hasRoom(for: payload.json.count - (before - state.log.size)) else {
          throw TangorError(.tooManyRequests, "The messages of all channels take as much memory as they may.", retryAfter: .seconds(1))
        }
      }
      state.log.append(payload, held: state.held)
      account.published()
      return (state.log.position, state.wakeAll())
    }
    guard let (position, sinks) = done else { return nil }
    for sink in sinks { sink.wake(self) }
    return position
  }

  // MARK: Reading

  package var latest: (position: ChannelPosition, message: StoredMessage?) { state.withLock { ($0.log.position, $0.log.latest) } }

  package func start(from: ChannelPosition?) -> ChannelStart { state.withLock { $0.log.start(from: from) } }

  package func history(
    after: ChannelPosition?, limit: Int
  ) -> (position: ChannelPosition, messages: [StoredMessage], recovered: Bool) {
    state.withLock { state in
      let (messages, recovered) = state.log.history(after: after, limit: limit)
      return (state.log.position, messages, recovered)
    }
  }

  /// The messages behind a position, for one subscription of a sink.
  package func read(after position: ChannelPosition, bytes: Int) -> ChannelRead {
    state.withLock { $0.log.read(after: position, bytes: bytes) }
  }

  /// The bytes behind a position; nil when some are kept no more.
  package func backlog(after position: ChannelPosition) -> Int? { state.withLock { $0.log.backlog(after: position) } }

  /// The messages behind a sink's position. Unless there is nothing new, the sink must take again: it is not woken before.
  package func take(_ sink: any ChannelSink, after position: ChannelPosition, bytes: Int) -> ChannelRead {
    state.withLock { state in
      let read = state.log.read(after: position, bytes: bytes)
      let id = ObjectIdentifier(sink)
      switch read {
      case .none:
        state.entries[id]?.position = position
        state.entries[id]?.isDirty = false
      case .messages(let messages, let hasMore):
        state.entries[id]?.position = ChannelPosition(epoch: position.epoch, offset: position.offset + messages.count)
        state.entries[id]?.isDirty = hasMore
      case .gap, .reset: return read
      }
      let before = state.log.size
      state.log.trim(held: state.held)
      account.add(state.log.size - before)
      return read
    }
  }

  // MARK: Sinks; the registry calls these

  /// Adds a sink that begins now, unless it is there.
  ///
  /// - Returns: Up to where the sink has taken; nil when the channel has been forgotten.
  func attach(_ sink: any ChannelSink, named: Bool) -> ChannelPosition? {
    state.withLock { state in
      guard !state.isRemoved else { return nil }
      let position = state.entries[ObjectIdentifier(sink), default: Entry(sink: sink, position: state.log.position)].position
      if state.entries[ObjectIdentifier(sink)] == nil {
        state.entries[ObjectIdentifier(sink)] = Entry(sink: sink, position: position)
      }
      if named { state.entries[ObjectIdentifier(sink)]?.isNamed = true }
      return position
    }
  }

  /// Up to where a sink has taken; nil for one that does not take here.
  package func position(of sink: any ChannelSink) -> ChannelPosition? {
    state.withLock { $0.entries[ObjectIdentifier(sink)]?.position }
  }

  /// Removes a sink, or says that it no longer needs the channel by its name.
  ///
  /// - Returns: Whether the channel is forgotten with that.
  func release(_ sink: any ChannelSink, stays: Bool) -> Bool {
    let (isForgotten, sinks) = state.withLock { state -> (Bool, [any ChannelSink]) in
      if stays { state.entries[ObjectIdentifier(sink)]?.isNamed = false } else { state.entries[ObjectIdentifier(sink)] = nil }
      let before = state.log.size
      state.log.trim(held: state.held)
      account.add(state.log.size - before)
      guard !state.isRemoved, state.log.offset == 0, !state.entries.values.contains(where: \.isNamed) else { return (false, []) }
      state.isRemoved = true
      return (true, state.wakeAll())
    }
    for sink in sinks { sink.wake(self) }
    return isForgotten
  }

  /// Forgets all messages.
  ///
  /// - Returns: Whether the channel is forgotten too, because nobody takes from it.
  func empty() -> Bool {
    let (isForgotten, sinks) = state.withLock { state -> (Bool, [any ChannelSink]) in
      account.add(-state.log.size)
      state.log.reset(epoch: .random())
      state.isRemoved = state.isRemoved || state.entries.isEmpty
      return (state.isRemoved, state.wakeAll())
    }
    for sink in sinks { sink.wake(self) }
    return isForgotten
  }

  func set(_ settings: ChannelSettings) {
    state.withLock { state in
      state.settings = settings
      state.log.limits = settings.limits
      let before = state.log.size
      state.log.trim(held: state.held)
      account.add(state.log.size - before)
    }
  }

  // MARK: Presence

  package var clients: [ChannelClient] { state.withLock { $0.presence.all } }

  package func join(_ client: ChannelClient) { change { $0.join(client) } }

  package func leave(_ id: String) { change { $0.leave(id) } }

  private func change(_ body: (inout ChannelPresence) -> ChannelPresenceChange?) {
    let (change, sinks) = state.withLock { state -> (ChannelPresenceChange?, [any ChannelSink]) in
      (body(&state.presence), state.entries.values.map(\.sink))
    }
    guard let change else { return }
    for sink in sinks { sink.presenceChanged(self, change) }
  }
}

/// What all channels of a registry hold together.
final class ChannelAccount: Sendable {
  private let limit: Int
  private let held = Atomic(0)
  private let count = Atomic(0)

  init(limit: Int) { self.limit = limit }

  var bytes: Int { held.load(ordering: .relaxed) }
  var publishedCount: Int { count.load(ordering: .relaxed) }

  func hasRoom(for size: Int) -> Bool { bytes + size <= limit }
  func add(_ change: Int) { if change != 0 { held.wrappingAdd(change, ordering: .relaxed) } }
  func published() { count.wrappingAdd(1, ordering: .relaxed) }
}

extension TangorError {
  package static func mayNotPublish(_ name: ChannelName) -> TangorError {
    TangorError(.forbidden, "Clients may not publish to the channel '\(name)'.")
  }

  package static func mayNotSubscribe(_ name: ChannelName) -> TangorError {
    TangorError(.forbidden, "Clients may not read the channel '\(name)'.")
  }

  package static func channelNotFound(_ name: ChannelName) -> TangorError {
    TangorError(.channelNotFound, "Nothing was published to the channel '\(name)'.")
  }
}
