/// The messages of some channels, as they come. It ends when the server goes down, when its task is cancelled, and when the policy says so.
///
/// It is taken by one task. While nothing comes it costs neither a task nor a thread, and it keeps no messages: who is slow reads on in
/// the channel's history, as the policy says.
public struct ChannelMessages: AsyncSequence, Sendable {
  private let handle: ChannelReaderHandle

  init(_ reader: ChannelReader) { handle = ChannelReaderHandle(reader) }

  public func makeAsyncIterator() -> Iterator { Iterator(handle: handle) }

  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let handle: ChannelReaderHandle
    private var ready: ArraySlice<ChannelDelivery> = []
    private var lost: [ChannelName: Int] = [:]

    fileprivate init(handle: ChannelReaderHandle) { self.handle = handle }

    public mutating func next() async -> ChannelMessage? {
      while true {
        while let delivery = ready.popFirst() {
          switch delivery {
          case .message(let message, let name, let epoch):
            return ChannelMessage(message, in: name, epoch: epoch, lostBefore: lost.removeValue(forKey: name) ?? 0)
          case .lost(let name, _, let count): lost[name, default: 0] += count
          }
        }
        guard let batch = await handle.reader.next() else {
          handle.reader.end()
          return nil
        }
        ready = batch[...]
      }
    }
  }
}

extension ChannelRegistry {
  /// The messages that come from now on in a channel, or in all that a pattern matches.
  ///
  /// - Parameters:
  ///   - pattern: A name, or a pattern with `+` and `#`.
  ///   - from: Continues behind this position of the channel where its history reaches back; for a name alone.
  ///   - policy: What happens when the messages are taken too slowly.
  ///   - latest: Whether the retained messages are given first, where nothing is continued.
  /// - Throws: `invalid_parameters` for what is no pattern, `too_many_requests` when there are too many channels, `shutting_down`.
  public func messages(
    in pattern: String, from: ChannelPosition? = nil, policy: ChannelPolicy = .dropOldest, latest: Bool = false
  ) throws -> ChannelMessages {
    let name = try? ChannelName(pattern)
    return try messages(
      in: [pattern], from: from.flatMap { position in name.map { [$0.text: position] } } ?? [:], policy: policy, latest: latest)
  }

  /// The messages that come from now on in several channels; each once, also where several patterns match.
  ///
  /// - Parameters:
  ///   - patterns: Names, or patterns with `+` and `#`.
  ///   - from: Positions behind which to continue, by the channels' names.
  ///   - policy: What happens when the messages are taken too slowly.
  ///   - latest: Whether the retained messages are given first, where nothing is continued.
  /// - Throws: As for one pattern.
  public func messages(
    in patterns: [String], from: [String: ChannelPosition] = [:], policy: ChannelPolicy = .dropOldest, latest: Bool = false
  ) throws -> ChannelMessages {
    let parsed = try patterns.map(ChannelPattern.init)
    var positions: [ChannelName: ChannelPosition] = [:]
    for (name, position) in from { positions[try ChannelName(name)] = position }
    let reader = try ChannelReader(self, policy: policy, isClient: false)
    let messages = ChannelMessages(reader)
    for pattern in parsed { _ = try reader.subscribe(to: pattern, from: positions, givesLatest: latest) }
    return messages
  }
}
