package import TangorCore
import TangorJSON

/// The methods `channel.*` of the live connection. The contract stands in `docs/wire.md`.
package struct ChannelMethods: Sendable {
  private let registry: ChannelRegistry
  private let loops: ChannelLoops

  /// - Parameter registry: The channels.
  package init(_ registry: ChannelRegistry) {
    self.registry = registry
    loops = ChannelLoops(registry)
  }

  /// The methods.
  package var methods: [LiveMethod] { [list, subscribe, unsubscribe, publish, history, presence] }

  private static let channel = LiveParameter.required("channel", .string, "The channel's name.")

  private var list: LiveMethod {
    LiveMethod(
      "channel.list", "Lists the channels that have messages and may be read.",
      parameters: [.optional("pattern", .string, "A name, or a pattern with + and #; all by default.")], result: "An array of names."
    ) { [registry] call in
      ChannelAnswer.names(registry.namesForClients(matching: try ChannelPattern(call.arguments.optionalString("pattern") ?? "#")))
    }
  }

  private var subscribe: LiveMethod {
    // Immediate, because sessions belong to their connection's event loop.
    .immediate(
      "channel.subscribe", "Sends the messages of channels as notifications.",
      parameters: [
        .required("channels", .array, "Names, and patterns with + and #."),
        .optional("from", .object, "What the client has already: epoch and offset by channel."),
        .optional("policy", .string, "For a client that reads too slowly: all, latest, dropOldest or close."),
        .optional("latest", .boolean, "Whether the retained messages are given; true by default."),
        .optional("presence", .boolean, "Whether to tell who joins and leaves."),
        .optional("info", .any, "What others are told about this client; at most 1 KiB."),
      ],
      result: "channels: epoch, offset, recovered and latest by name; client: this client's id. Then notifications channel.message, …."
    ) { [loops] call in
      let arguments = call.arguments
      let patterns = try arguments.patterns("channels")
      let from = try arguments.positions("from")
      let givesLatest = try arguments.optionalBoolean("latest") ?? true
      let options = SubscriptionOptions(
        policy: try arguments.policy("policy"), wantsPresence: try arguments.optionalBoolean("presence") ?? false)
      let info = try arguments.info("info")
      let session = try loops.session(of: try Self.connection(call))
      if let info { session.client = ChannelClient(id: session.client.id, info: info) }
      let starts = try session.rooms.subscribe(session, to: patterns, from: from, options: options, givesLatest: givesLatest)
      return ChannelAnswer.subscribed(starts, client: session.client.id, givesLatest: givesLatest)
    }
  }

  private var unsubscribe: LiveMethod {
    .immediate(
      "channel.unsubscribe", "Ends subscriptions.",
      parameters: [.required("channels", .array, "The same names and patterns as when subscribing.")], result: "An empty object."
    ) { [loops] call in
      let patterns = try call.arguments.patterns("channels")
      let session = try loops.session(of: try Self.connection(call))
      session.rooms.unsubscribe(session, from: patterns)
      return ChannelAnswer.empty
    }
  }

  private var publish: LiveMethod {
    let name = "channel.publish"
    let summary = "Publishes a message."
    let result = "channel, epoch and offset of the message."
    let parameters: [LiveParameter] = [
      Self.channel, .required("data", .any, "The payload."), .optional("encoding", .string, "\"base64\" for a binary payload."),
    ]
    // The same method with a tree of its parameters, which says what is wrong with them.
    let strict = LiveMethod.immediate(name, summary, parameters: parameters, result: result) { _ in .null }
    return .direct(name, summary, parameters: parameters, result: result) { [registry] bytes, _, out in
      if let (channel, data) = try ChannelPublication.plain(bytes) {
        out.write(ChannelAnswer.published(channel, try registry.publish(.json(data), to: channel, byClient: true)))
        return nil
      }
      let arguments = try strict.check(JSONReader.read(bytes) { try $0.read(JSONObject.self) })
      let channel = try ChannelName(arguments.string("channel"))
      let payload: ChannelPayload
      switch try arguments.optionalString("encoding") {
      case nil: payload = .json(JSONFragment(arguments["data"] ?? .null))
      case "base64": payload = try ChannelPayload(base64: arguments.string("data"))
      case let other?: throw TangorError(.invalidParameters, "'encoding' is \"base64\" or left out; \"\(other.prefix(32))\" came.")
      }
      out.write(ChannelAnswer.published(channel, try registry.publish(payload, to: channel, byClient: true)))
      return nil
    }
  }

  private var history: LiveMethod {
    LiveMethod(
      "channel.history", "Gives the messages that a channel keeps.",
      parameters: [
        Self.channel, .optional("after", .object, "The position after which to read: epoch and offset."),
        .optional("limit", .integer, "How many messages at the most, 1 to 100,000."),
      ],
      result: "epoch and offset of the channel, messages, and recovered: whether none between 'after' and the first of them is missing."
    ) { [registry] call in
      let name = try registry.readable(call)
      let after = try call.arguments["after"].map { try ChannelPosition($0, of: "after") }
      let limit = try call.arguments.optionalInteger("limit", in: 1...100_000) ?? 100_000
      guard let channel = registry.find(name), channel.hasMessages else { throw TangorError.channelNotFound(name) }
      let (position, messages, recovered) = channel.history(after: after, limit: limit)
      return ChannelAnswer.history(position, messages, recovered: recovered)
    }
  }

  private var presence: LiveMethod {
    LiveMethod("channel.presence", "Tells who is in a channel.", parameters: [Self.channel], result: "clients: id and info of each.") {
      [registry] call in
      let name = try registry.readable(call)
      guard registry.settings(for: name).hasPresence else {
        throw TangorError(.forbidden, "The channel '\(name)' does not tell who is there.")
      }
      return ChannelAnswer.clients(registry.find(name)?.clients ?? [])
    }
  }

  private static func connection(_ call: LiveCall) throws -> LiveConnection {
    guard let connection = try call.livePeer() as? LiveConnection else {
      throw TangorError(.invalidRequest, "This needs a live connection.")
    }
    return connection
  }
}

/// A publication as it is sent mostly.
private enum ChannelPublication {
  /// The channel and the JSON payload, found in one pass; `nil` where anything else was given.
  static func plain(_ bytes: UnsafeRawBufferPointer) throws -> (channel: ChannelName, data: JSONFragment)? {
    var name: String?
    var data: JSONFragment?
    var isPlain = true
    try JSONReader.read(bytes) { reader in
      try reader.readObject { reader, key throws(JSONError) in
        if key == "channel", name == nil, try reader.peekKind() == .string {
          name = try reader.readString()
        } else if key == "data", data == nil {
          data = try reader.readFragment()
        } else {
          isPlain = false
        }
      }
    }
    guard isPlain, let name, let data else { return nil }
    return (try ChannelName(name), data)
  }
}

extension ChannelRegistry {
  /// The channel that a call names and may read.
  fileprivate func readable(_ call: LiveCall) throws -> ChannelName {
    let name = try ChannelName(call.arguments.string("channel"))
    guard settings(for: name).clientsMaySubscribe else { throw TangorError.mayNotSubscribe(name) }
    return name
  }
}
