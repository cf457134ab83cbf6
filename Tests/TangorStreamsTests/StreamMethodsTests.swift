import Synchronization
import TangorCore
import TangorJSON
import TangorServing
import Testing

@testable import TangorStreams

/// A live connection that keeps what it is told.
final class FakePeer: LivePeer {
  struct Gone: Error {}
  private struct State {
    var notifications: [String] = []
    var subscriptions: [String: any LiveSubscription] = [:]
    var capacity = Int.max
  }
  private let state = Mutex(State())

  var notifications: [String] { state.withLock { $0.notifications } }
  /// After that many notifications the connection is gone.
  func limit(_ count: Int) { state.withLock { $0.capacity = count } }

  func notify(_ method: String, _ parameters: JSONFragment) async throws {
    try state.withLock { state in
      guard state.notifications.count < state.capacity else { throw Gone() }
      state.notifications.append("\(method) \(parameters)")
    }
  }
  func add(_ subscription: any LiveSubscription, named name: String) throws {
    state.withLock { $0.subscriptions[name] = subscription }
  }
  func subscription(named name: String) -> (any LiveSubscription)? { state.withLock { $0.subscriptions[name] } }
  func removeSubscription(named name: String) { state.withLock { $0.subscriptions[name] = nil } }
}

@Suite struct StreamMethodsTests {
  let registry = StreamRegistry()
  let peer = FakePeer()

  private func call(_ name: String, _ arguments: JSONObject) async throws -> String {
    let method = try #require(StreamMethods(registry).methods.first { $0.name == name })
    let call = LiveCall(arguments: LiveArguments(arguments), client: Client(address: "test"), peer: peer)
    switch method.body {
    case .immediate(let perform): return try perform(call).description
    case .asynchronous(let perform): return try await perform(call).description
    case .direct: preconditionFailure("only methods of objects are direct")
    }
  }

  private func open(_ source: StreamSource) throws -> String { try registry.open(source, client: Client(address: "test")).description }

  @Test func nextGivesValuesWithTheirIndex() async throws {
    let key = try open(StreamSource([5, 6, 7]))
    #expect(try await call("stream.next", ["key": .string(key)]) == #"{"finished": false, "data": 5, "index": 1}"#)
    #expect(try await call("stream.next", ["key": .string(key), "max": 5]) == #"{"finished": false, "data": [6, 7], "index": 3}"#)
    #expect(try await call("stream.next", ["key": .string(key)]) == #"{"finished": true, "index": 3}"#)
    let silent = try open(StreamSource(Silent()))
    #expect(
      try await call("stream.next", ["key": .string(silent), "wait": 0]) == #"{"finished": false, "pending": true, "index": 0}"#)
    #expect(try await call("stream.list", [:]) == "[\"\(silent)\"]")
    #expect(try await call("stream.cancel", ["key": .string(silent)]) == "{\"key\": \"\(silent)\"}")
    await #expect(throws: TangorError.self) { try await call("stream.next", ["key": .string(silent)]) }
  }

  @Test func subscriptionsSendWhatThereIsCreditFor() async throws {
    let key = try open(StreamSource(1...5))
    #expect(try await call("stream.subscribe", ["key": .string(key), "credit": 2]) == "{}")
    await settle { peer.notifications.count == 2 }
    #expect(peer.notifications[1] == #"stream.value {"key":"\#(key)","index":2,"data":2}"#)
    await #expect(throws: TangorError.self) { try await call("stream.subscribe", ["key": .string(key), "credit": 2]) }
    #expect(try registry.stream(try #require(Key(key))).deliveredCount == 2, "nothing is taken without credit")
    #expect(try await call("stream.credit", ["key": .string(key), "credit": 10]) == "{}")
    await settle { peer.notifications.count == 6 }
    #expect(peer.notifications[5] == #"stream.finished {"key":"\#(key)","index":5}"#)
    await settle { registry.statistics.liveTasks == 0 && registry.keys.isEmpty }
  }

  @Test func aStreamOutlivesItsSubscription() async throws {
    let key = try open(StreamSource(Endless()))
    peer.limit(3)
    _ = try await call("stream.subscribe", ["key": .string(key), "credit": 10, "after": 0])
    await settle { registry.statistics.liveTasks == 0 }
    #expect(try await call("stream.next", ["key": .string(key), "after": 3]) == #"{"finished": false, "data": 4, "index": 4}"#)
  }

  @Test func unsubscribingEndsAWait() async throws {
    let key = try open(StreamSource(Silent()))
    _ = try await call("stream.subscribe", ["key": .string(key), "credit": 1])
    let stream = try registry.stream(try #require(Key(key)))
    await settle { stream.waitingCount == 1 }
    #expect(try await call("stream.unsubscribe", ["key": .string(key)]) == "{}")
    await settle { stream.waitingCount == 0 }
    #expect(registry.keys.count == 1)
    await #expect(throws: TangorError.self) { try await call("stream.credit", ["key": .string(key), "credit": 1]) }
    try registry.cancel(try #require(Key(key)))
    await settle { registry.statistics.liveTasks == 0 }
  }

  @Test func aFailureIsNotified() async throws {
    let key = try open(StreamSource(Failing(error: Broken())))
    _ = try await call("stream.subscribe", ["key": .string(key), "credit": 1])
    await settle { peer.notifications.count == 1 }
    #expect(peer.notifications[0].hasPrefix("stream.failed ") && peer.notifications[0].contains("The well is dry."))
    await settle { registry.keys.isEmpty }
  }
}
