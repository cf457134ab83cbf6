import HTTPTypes
import Hummingbird
import NIOCore
import TangorCore
import TangorJSON
import TangorTesting
import Testing

@testable import TangorServing

/// `/signal/<name>` as it travels, both ways in: parked on the event loop, and through the router.
@Suite(.timeLimit(.minutes(1))) struct SignalRoutesTests {
  enum Way: CaseIterable { case parked, routed }

  private func run(
    _ way: Way, _ signals: SignalRegistry, _ body: @Sendable @escaping (TestServer) async throws -> Void
  ) async throws {
    try await TestServer.run(
      quick: way == .parked ? SignalQuickResponder(signals) : nil,
      routes: { router, _ in
        router.addRoutes(SignalRoutes<TangorRequestContext>(signals, basePath: "", origins: OriginPolicy([])).endpoints)
        router.get("/plain") { _, _ in "plain" }
      }, body)
  }

  private func waiting(_ count: Int, _ signals: SignalRegistry) async {
    while signals.statistics.waiting != count { await Task.yield() }
  }

  private static func get(_ uri: String) -> String { "GET \(uri) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" }

  private static func post(_ uri: String, _ body: String, type: String?) -> String {
    "POST \(uri) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(type.map { "Content-Type: \($0)\r\n" } ?? "")Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  @Test(arguments: Way.allCases) func aRequestIsAnsweredWithTheSignal(way: Way) async throws {
    let signals = SignalRegistry()
    try await run(way, signals) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send(Self.get("/signal/a/gr%C3%BCn"))
      await waiting(1, signals)
      #expect(try signals.send("a/grün", ["x": 1]) == 1)
      let response = try await client.response()
      #expect(response.status == 200 && response.body == #"{"name":"a/grün","value":{"x":1}}"#)
      #expect(response.header("content-type") == "application/json" && response.header("cache-control") == "no-store")
      #expect(response.header("x-request-id")?.count == 32 || way == .routed)
      #expect(try await client.get("/plain").body == "plain", "the connection goes on")
    }
  }

  @Test(arguments: Way.allCases) func atTheTimeoutThereIsNothing(way: Way) async throws {
    let clock = ManualClock()
    let signals = SignalRegistry(time: TimeSource(clock))
    try await run(way, signals) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send(Self.get("/signal/a?timeout=5"))
      await clock.sleepers()
      clock.advance(by: .seconds(5))
      let response = try await client.response()
      #expect(response.status == 204 && response.header("cache-control") == "no-store" && response.header("content-length") == nil)
      #expect(try await client.get("/signal/a?timeout=0").status == 204)
      #expect(try await client.get("/plain").body == "plain")
    }
  }

  @Test(arguments: Way.allCases) func aKeptSignalAnswersAtOnce(way: Way) async throws {
    let signals = SignalRegistry()
    try await run(way, signals) { server in
      let client = try await RawConnection(port: server.port)
      try signals.send("a", "x", sticky: .seconds(60))
      #expect(try await client.get("/signal/a").body == #"{"name":"a","value":"x"}"#)
      #expect(signals.statistics.kept == 0)
    }
  }

  @Test(arguments: Way.allCases) func aClientThatGoesFreesItsWait(way: Way) async throws {
    let signals = SignalRegistry()
    try await run(way, signals) { server in
      for leave in [{ await $0.close() }, { try await $0.abort() }, { try await $0.closeOutput() }]
        as [(RawConnection) async throws -> Void]
      {
        let client = try await RawConnection(port: server.port)
        try await client.send(Self.get("/signal/a"))
        await waiting(1, signals)
        try await leave(client)
        await waiting(0, signals)
      }
      #expect(try signals.send("a") == 0)
    }
  }

  @Test(arguments: Way.allCases) func shuttingDownAnswersAllThatWait(way: Way) async throws {
    let signals = SignalRegistry()
    try await run(way, signals) { server in
      var clients: [RawConnection] = []
      for _ in 0..<20 {
        let client = try await RawConnection(port: server.port)
        try await client.send(Self.get("/signal/a"))
        clients.append(client)
      }
      await waiting(20, signals)
      signals.shutdown()
      for client in clients {
        let response = try await client.response()
        #expect(response.status == 503 && response.header("retry-after") == "5")
        #expect(response.body.contains(#""code":"shutting_down""#))
      }
      #expect(try await clients[0].get("/signal/a").status == 503)
    }
  }

  @Test(arguments: Way.allCases) func pipelinedRequestsWaitTheirTurn(way: Way) async throws {
    let signals = SignalRegistry()
    try await run(way, signals) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send(Self.get("/signal/a") + Self.get("/plain") + Self.get("/signal/b") + Self.get("/plain"))
      await waiting(1, signals)
      #expect(try signals.send("b") == 0, "the second wait has not begun")
      try signals.send("a", 1)
      #expect(try await client.response().body == #"{"name":"a","value":1}"#)
      #expect(try await client.response().body == "plain")
      await waiting(1, signals)
      try await client.send(Self.get("/plain"))
      try signals.send("b", 2)
      #expect(try await client.response().body == #"{"name":"b","value":2}"#)
      for _ in 0..<2 { #expect(try await client.response().body == "plain") }
    }
  }

  /// A client that goes on sending behind a request that waits is not read from without end, and loses nothing.
  @Test func whatComesBehindAParkedRequestIsHeldBack() async throws {
    let signals = SignalRegistry()
    try await run(.parked, signals) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send(Self.get("/signal/a"))
      await waiting(1, signals)
      let count = 2_000
      async let sent: Void = client.send(String(repeating: Self.get("/signal/b?timeout=0"), count: count))
      try signals.send("a", 1)
      try await sent
      #expect(try await client.response().body == #"{"name":"a","value":1}"#)
      for _ in 0..<count { #expect(try await client.response().status == 204) }
    }
  }

  @Test(arguments: Way.allCases) func badRequestsAreRefused(way: Way) async throws {
    let signals = SignalRegistry()
    try await run(way, signals) { server in
      let client = try await RawConnection(port: server.port)
      for (uri, code) in [
        ("/signal/a%ff", "invalid_parameters"), ("/signal/\(String(repeating: "x", count: 257))", "invalid_parameters"),
        ("/signal/a?timeout=-1", "invalid_parameters"), ("/signal/a?timeout=301", "invalid_parameters"),
        ("/signal/a?timeout=soon", "invalid_parameters"), ("/signal/a?timeout=1&timeout=1", "invalid_request"),
        ("/signal/a?to=first", "invalid_request"), ("/signal/a?timeout=%zz", "invalid_request"),
      ] {
        let response = try await client.get(uri)
        #expect(response.status == 400 && response.body.contains("\"code\":\"\(code)\""), "\(uri): \(response.body)")
      }
      #expect(signals.statistics.waiting == 0)
    }
  }

  @Test func postSends() async throws {
    var configuration = SignalsConfiguration()
    configuration.maximumValueSize = ByteSize(bytes: 64)
    let signals = SignalRegistry(configuration: configuration)
    try await run(.parked, signals) { server in
      let client = try await RawConnection(port: server.port)
      func post(_ uri: String, _ body: String, type: String? = "application/json") async throws -> RawResponse {
        try await client.send(Self.post(uri, body, type: type))
        return try await client.response()
      }
      #expect(try await post("/signal/a", "1").body == #"{"woken":0,"kept":false}"#)
      #expect(try await post("/signal/a?sticky=60", #" {"b": [1]} "#).body == #"{"woken":0,"kept":true}"#)
      #expect(try await client.get("/signal/a").body == #"{"name":"a","value":{"b": [1]}}"#)
      #expect(try await post("/signal/a?sticky=true", "h\"i", type: nil).status == 200)
      #expect(try await client.get("/signal/a").body == #"{"name":"a","value":"h\"i"}"#)
      #expect(try await post("/signal/a?sticky=1m", "").status == 200)
      #expect(try await client.get("/signal/a").body == #"{"name":"a","value":null}"#)

      let waiters = try await [RawConnection(port: server.port), RawConnection(port: server.port)]
      for (place, waiter) in waiters.enumerated() {
        try await waiter.send(Self.get("/signal/b"))
        await waiting(place + 1, signals)
      }
      #expect(try await post("/signal/b?to=first", "1").body == #"{"woken":1,"kept":false}"#)
      #expect(try await waiters[0].response().body == #"{"name":"b","value":1}"#)
      #expect(try await post("/signal/b", "2").body == #"{"woken":1,"kept":false}"#)
      #expect(try await waiters[1].response().body == #"{"name":"b","value":2}"#)

      for (uri, body, type, code) in [
        ("/signal/a", "{", "application/json", "parse_error"), ("/signal/a?to=some", "1", "application/json", "invalid_parameters"),
        ("/signal/a?sticky=2d", "1", "application/json", "invalid_parameters"), ("/signal/$a", "1", "application/json", "forbidden"),
        ("/signal/a?timeout=1", "1", "application/json", "invalid_request"),
        ("/signal/a", String(repeating: "x", count: 65), "text/plain", "payload_too_large"),
      ] {
        #expect(try await post(uri, body, type: type).body.contains("\"code\":\"\(code)\""), "\(uri)")
      }
      try await client.send("POST /signal/a HTTP/1.1\r\nHost: a\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\n\r\n")
      #expect(try await client.response().status == 403)
      try await client.send("DELETE /signal/a HTTP/1.1\r\nHost: a\r\n\r\n")
      let refused = try await client.response()
      #expect(refused.status == 405 && refused.header("allow") == "GET, POST")
    }
  }

  /// One that waits longer than connections may be idle is no idle connection; afterwards it is one.
  @Test func aParkedRequestIsNotIdle() async throws {
    let signals = SignalRegistry()
    try await TestServer.run(
      quick: SignalQuickResponder(signals), change: { $0.idleTimeout = .seconds(2) }
    ) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send(Self.get("/signal/a"))
      await waiting(1, signals)
      // Others come and are ended for standing idle, one after the other.
      for _ in 0..<2 { #expect(try await RawConnection(port: server.port).receiveToEnd() == "") }
      try signals.send("a", 1)
      #expect(try await client.response().status == 200)
      #expect(try await client.receiveToEnd() == "")
    }
  }

  @Test func manyAreParkedAndWokenAtOnce() async throws {
    let signals = SignalRegistry()
    try await run(.parked, signals) { server in
      var clients: [RawConnection] = []
      for _ in 0..<200 {
        let client = try await RawConnection(port: server.port)
        try await client.send(Self.get("/signal/all"))
        clients.append(client)
      }
      await waiting(200, signals)
      for client in clients[0..<50] { try await client.abort() }
      #expect(try signals.send("all", 1) >= 150)
      for client in clients[50...] { #expect(try await client.response().body == #"{"name":"all","value":1}"#) }
      await waiting(0, signals)
    }
  }
}
