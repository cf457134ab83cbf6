import DequeModule

/// How much a channel keeps.
package struct ChannelLimits: Sendable, Equatable {
  /// Messages; the latest one is always kept.
  var messages = 100
  /// Bytes; the latest message is kept whatever its size.
  var bytes = 1 << 20
  /// Up to how many bytes more than that is kept until subscribers have been given it.
  var backlog = 4 << 20
}

/// What a subscriber finds behind its position.
package enum ChannelRead: Sendable {
  /// Nothing new.
  case none
  /// The messages that follow; whether there are more behind them.
  case messages([StoredMessage], hasMore: Bool)
  /// Messages are missing: the next one that is kept has the offset `next`.
  case gap(next: Int)
  /// The channel was emptied: it goes on in another epoch, from offset 0.
  case reset(ChannelEpoch)
}

/// Where a subscription begins.
package struct ChannelStart: Sendable {
  package let name: ChannelName
  /// Whether all that follows the position that was asked for can be had; nil where none was asked for.
  package let recovered: Bool?
  /// The position behind which messages will be given.
  package let position: ChannelPosition
  /// The newest position; the same unless it is recovered.
  package let newest: ChannelPosition
  /// The retained message.
  package let latest: StoredMessage?

  /// The same for a subscription that is there already and has got this far.
  package func continuing(at position: ChannelPosition, from: ChannelPosition?) -> ChannelStart {
    ChannelStart(
      name: name, recovered: from.map { $0.epoch == position.epoch && $0.offset >= position.offset }, position: position, newest: newest,
      latest: latest)
  }
}

/// The messages of one channel: a pure value, without lock, clock or subscriber.
struct ChannelLog: Sendable {
  let name: ChannelName
  private(set) var epoch: ChannelEpoch
  /// The newest message's offset; 0 before the first.
  private(set) var offset = 0
  var limits: ChannelLimits
  private var messages: Deque<StoredMessage> = []
  /// The bytes of the messages kept.
  private(set) var size = 0
  private var total = 0
  private var prefix: [UInt8]

  init(_ name: ChannelName, epoch: ChannelEpoch, limits: ChannelLimits) {
    self.name = name
    self.epoch = epoch
    self.limits = limits
    prefix = StoredMessage.prefix(name, epoch)
  }

  var latest: StoredMessage? { messages.last }
  var position: ChannelPosition { ChannelPosition(epoch: epoch, offset: offset) }
  /// The offset of the oldest message kept; one beyond the newest when none is.
  var first: Int { offset - messages.count + 1 }

  /// Adds a message.
  ///
  /// - Parameter held: Messages behind this offset were not given to all subscribers yet, and stay as long as the backlog has room.
  mutating func append(_ payload: ChannelPayload, held: Int) {
    offset += 1
    let message = StoredMessage(payload, prefix: prefix, offset: offset, before: total)
    total = message.end
    size += message.size
    messages.append(message)
    trim(held: held)
  }

  /// Lets go of what is beyond the limits.
  mutating func trim(held: Int) {
    while messages.count > 1, messages.count > limits.messages || size > limits.bytes {
      if messages[0].offset > held, size <= limits.backlog { return }
      size -= messages.removeFirst().size
    }
  }

  /// Lets go of all but the latest message.
  mutating func trimToLatest() {
    while messages.count > 1 { size -= messages.removeFirst().size }
  }

  /// Empties the channel; it goes on as another.
  mutating func reset(epoch: ChannelEpoch) {
    self.epoch = epoch
    prefix = StoredMessage.prefix(name, epoch)
    offset = 0
    messages = []
    size = 0
    total = 0
  }

  /// The messages behind a position.
  ///
  /// - Parameter bytes: About how many to give at once; one message at least.
  func read(after position: ChannelPosition, bytes: Int) -> ChannelRead {
    guard position.epoch == epoch else { return .reset(epoch) }
    guard position.offset < offset else { return .none }
    guard position.offset >= first - 1 else { return .gap(next: first) }
    let start = position.offset + 1 - first
    var end = start
    var sum = 0
    while end < messages.count, sum < bytes {
      sum += messages[end].notification.count
      end += 1
    }
    return .messages(Array(messages[start..<end]), hasMore: end < messages.count)
  }

  /// The bytes of the messages behind a position; nil when some of them are kept no more.
  func backlog(after position: ChannelPosition) -> Int? {
    guard position.epoch == epoch, position.offset < offset else { return 0 }
    guard position.offset >= first - 1 else { return nil }
    let next = messages[position.offset + 1 - first]
    return total - next.end + next.size
  }

  /// Decides where a subscriber begins.
  ///
  /// - Parameter from: What it has already; nil when it begins now.
  func start(from: ChannelPosition?) -> ChannelStart {
    guard let from else { return ChannelStart(name: name, recovered: nil, position: position, newest: position, latest: latest) }
    let recovered = from.epoch == epoch && from.offset <= offset && from.offset >= first - 1
    return ChannelStart(name: name, recovered: recovered, position: recovered ? from : position, newest: position, latest: latest)
  }

  /// Messages for one who asks for the history.
  ///
  /// - Parameters:
  ///   - after: The position behind which to read; nil for the newest messages.
  ///   - limit: How many at the most.
  /// - Returns: The messages in order, and whether none between the position and the first of them is missing.
  func history(after: ChannelPosition?, limit: Int) -> (messages: [StoredMessage], recovered: Bool) {
    guard let after else { return (Array(messages.suffix(limit)), first == 1 && messages.count <= limit) }
    guard after.epoch == epoch, after.offset <= offset, after.offset >= first - 1 else { return (Array(messages.suffix(limit)), false) }
    return (Array(messages.dropFirst(after.offset + 1 - first).prefix(limit)), true)
  }
}
