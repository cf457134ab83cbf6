import NIOCore
import TangorCore
import TangorJSON
public import TangorServing

/// The methods `stream.*` of the live connection. The contract stands in `docs/wire.md`.
///
/// `stream.open` is not among them: it needs services, and comes with theirs.
public struct StreamMethods: Sendable {
  private let registry: StreamRegistry

  /// - Parameter registry: The streams.
  public init(_ registry: StreamRegistry) { self.registry = registry }

  /// The methods.
  public var methods: [LiveMethod] { [list, next, subscribe, credit, unsubscribe, cancel] }

  private static let key = LiveParameter.required("key", .string, "The stream's key.")

  private var list: LiveMethod {
    .immediate("stream.list", "Lists the keys of the active streams.", result: "An array of keys.") { [registry] _ in
      StreamAnswer.keys(registry.keys)
    }
  }

  private var next: LiveMethod {
    LiveMethod(
      "stream.next", "Takes the next value or values of a stream.",
      parameters: [
        Self.key, .optional("max", .integer, "Takes up to that many values, as an array."),
        .optional("wait", .any, "How long to wait for the first value: seconds, or a text such as \"2s\"."),
        .optional("after", .integer, "The index after which to read."),
      ],
      result: "finished, and data, index, pending and progress where they apply."
    ) { [registry] call in
      let stream = try registry.stream(call.arguments.key("key"))
      var request = PullRequest()
      let maximum = try call.arguments.optionalInteger("max", in: 1...registry.configuration.maximumBatch)
      request.maximum = maximum ?? 1
      request.wait = try call.arguments.optionalDuration("wait", upTo: registry.configuration.maximumWait)
      request.after = try call.arguments.optionalInteger("after", in: 0...Int.max)
      let buffer =
        switch try await stream.pull(request) {
        case .values(let values):
          StreamAnswer.values(values, asArray: maximum != nil, index: values.lastIndex, progress: values.progress)
        case .finished(let index): StreamAnswer.finished(index: index)
        case .pending(let index, let progress): StreamAnswer.pending(index: index, progress: progress)
        case .progress(let progress): StreamAnswer.pending(index: nil, progress: progress)
        }
      return JSONFragment(unchecked: Array(buffer.readableBytesView))
    }
  }

  private var subscribe: LiveMethod {
    // Immediate, so that the answer is on its way before the first notification can be.
    .immediate(
      "stream.subscribe", "Sends a stream's values as notifications, as many as there is credit for.",
      parameters: [
        Self.key, .required("credit", .integer, "How many values may be sent, 1 to 10,000."),
        .optional("after", .integer, "The index after which to begin."),
      ],
      result: "An empty object; then the notifications stream.value, stream.progress, stream.finished and stream.failed."
    ) { [registry] call in
      let peer = try call.livePeer()
      let key = try call.arguments.key("key")
      let credit = try call.arguments.integer("credit", in: Self.credits)
      let after = try call.arguments.optionalInteger("after", in: 0...Int.max)
      let stream = try registry.stream(key)
      if let after { try stream.check(after: after) }
      guard peer.subscription(named: Self.name(key)) == nil else {
        throw TangorError(.invalidRequest, "This connection is subscribed to that stream already; stream.credit lets it send more.")
      }
      let subscription = StreamSubscription(key: key, stream: stream, peer: peer, credit: credit, after: after)
      try peer.add(subscription, named: Self.name(key))
      subscription.start()
      return Self.done
    }
  }

  private var credit: LiveMethod {
    .immediate(
      "stream.credit", "Lets a subscription send more values.",
      parameters: [Self.key, .required("credit", .integer, "How many more, 1 to 10,000.")], result: "An empty object."
    ) { call in
      let subscription = try Self.subscription(call)
      subscription.add(credit: try call.arguments.integer("credit", in: Self.credits))
      return Self.done
    }
  }

  private var unsubscribe: LiveMethod {
    .immediate(
      "stream.unsubscribe", "Ends a subscription; the stream lives on.", parameters: [Self.key], result: "An empty object."
    ) { call in
      let subscription = try Self.subscription(call)
      try call.livePeer().removeSubscription(named: Self.name(call.arguments.key("key")))
      subscription.end()
      return Self.done
    }
  }

  private var cancel: LiveMethod {
    LiveMethod("stream.cancel", "Cancels a stream.", parameters: [Self.key], result: "The stream's key.") { [registry] call in
      let key = try call.arguments.key("key")
      try registry.cancel(key)
      return StreamAnswer.key(key)
    }
  }

  private static let credits = 1...10_000
  private static let done = JSONFragment(unchecked: Array("{}".utf8))

  static func name(_ key: Key) -> String { "stream:\(key)" }

  private static func subscription(_ call: LiveCall) throws -> StreamSubscription {
    let key = try call.arguments.key("key")
    guard let subscription = try call.livePeer().subscription(named: name(key)) as? StreamSubscription else {
      throw TangorError(.streamNotFound, "This connection is not subscribed to the stream '\(key)'.")
    }
    return subscription
  }
}
