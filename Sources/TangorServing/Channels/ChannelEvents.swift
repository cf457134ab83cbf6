import Hummingbird
import NIOCore
import TangorCore
import TangorJSON

/// Channels given out over one response, as server-sent events. The client's pace is its own: who is slow reads on in the history.
struct ChannelEvents: Sendable {
  enum Kind: Sendable {
    /// One channel: its payloads alone.
    case one(ChannelName, ChannelQuery)
    /// Several, as on the live connection.
    case several(ChannelQuery)
  }

  /// The response may never be written, when the client goes before.
  private let handle: ChannelReaderHandle
  private let first: ByteBuffer
  private let isOne: Bool
  private let keepAlive: Duration

  /// Begins to take, so that what is wrong is answered with its status.
  ///
  /// - Parameter maximumAnswer: The most bytes of the first event.
  /// - Throws: `forbidden`, `invalid_parameters`, `too_many_requests`, `payload_too_large`, `shutting_down`.
  init(_ registry: ChannelRegistry, _ kind: Kind, lastEventID: String?, maximumAnswer: Int) throws {
    keepAlive = registry.configuration.keepAliveInterval
    switch kind {
    case .one(let name, let query):
      var after = query.after
      if let id = lastEventID, !id.isEmpty {
        guard let position = ChannelPosition(id) else { throw ChannelQuery.notAPosition("Last-Event-ID", id) }
        after = position
      }
      isOne = true
      handle = ChannelReaderHandle(try ChannelReader(registry, policy: query.policy, isClient: true))
      let start = try handle.reader.subscribe(
        to: ChannelPattern(name), from: after.map { [name: $0] } ?? [:], givesLatest: query.givesLatest
      ).first
      var buffer = ByteBuffer()
      if let start, start.recovered == false {
        buffer.writeEvent("lost", ChannelAnswer.unrecovered(start.newest).bytes)
      } else {
        // Headers go out with the first bytes; a comment tells the client at once that it is connected.
        buffer.writeStaticString(":\n\n")
      }
      first = buffer
    case .several(let query):
      isOne = false
      handle = ChannelReaderHandle(try ChannelReader(registry, policy: query.policy, isClient: true))
      var starts: [ChannelStart] = []
      for pattern in query.patterns { starts += try handle.reader.subscribe(to: pattern, from: query.from) }
      guard !query.givesLatest || starts.reduce(0, { $0 + ($1.latest?.notification.count ?? 0) }) <= maximumAnswer else {
        throw ChannelAnswer.tooLarge
      }
      let answer = ChannelAnswer.subscribed(
        starts.sorted { $0.name < $1.name }, client: Key().description, givesLatest: query.givesLatest)
      var buffer = ByteBuffer()
      buffer.writeEvent("subscribed", answer.bytes)
      first = buffer
    }
  }

  /// Writes until the client goes, the server goes down or the policy ends it.
  func run(_ writer: inout any ResponseBodyWriter, channel: any Channel) async throws {
    let reader = handle.reader
    defer { reader.end() }
    let delay = TimeAmount(keepAlive)
    let timer = channel.eventLoop.scheduleRepeatedTask(initialDelay: delay, delay: delay) { _ in reader.poke() }
    defer { timer.cancel() }
    try await withDisconnectHandler(channel: channel, onGone: { reader.end() }) {
      try await writer.write(first)
      while let deliveries = await reader.next() {
        var buffer = ByteBuffer()
        if deliveries.isEmpty { buffer.writeStaticString(":\n\n") }
        for delivery in deliveries { write(delivery, to: &buffer) }
        try await writer.write(buffer)
      }
    }
    try await writer.finish(nil)
  }

  private func write(_ delivery: ChannelDelivery, to buffer: inout ByteBuffer) {
    switch delivery {
    case .message(let message, _, let epoch):
      guard isOne else { return buffer.writeEvent("message", message.parameters) }
      buffer.writeString("id: \(ChannelPosition(epoch: epoch, offset: message.offset))\n")
      if message.isBinary {
        buffer.writeEvent("binary", message.data.dropFirst().dropLast())
      } else {
        buffer.writeEvent(nil, message.data)
      }
    case .lost(let name, let position, let count):
      let parameters = ChannelAnswer.lostParameters(name, position, count: count)
      buffer.writeEvent("lost", parameters.bytes)
    }
  }
}

extension ByteBuffer {
  /// Writes one event with its data on one line; line breaks in JSON can only stand between its parts, where a space means the same.
  fileprivate mutating func writeEvent(_ name: StaticString?, _ data: some Collection<UInt8>) {
    if let name {
      writeStaticString("event: ")
      writeStaticString(name)
      writeStaticString("\n")
    }
    writeStaticString("data: ")
    if data.contains(where: { $0 == 10 || $0 == 13 }) {
      writeBytes(data.map { $0 == 10 || $0 == 13 ? 32 : $0 })
    } else {
      writeBytes(data)
    }
    writeStaticString("\n\n")
  }
}
