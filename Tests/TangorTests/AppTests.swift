import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import ServiceLifecycle
import TangorGallery
import TangorTesting
import Testing

@testable import Tangor

/// An application that serves on a free port while a body runs, and is then shut down.
private func serving(
  _ app: TangorApp, _ body: @escaping @Sendable (_ port: Int, _ shutDown: @escaping @Sendable () async -> Void) async throws -> Void
) async throws {
  struct Running: Service {
    let app: TangorApp
    let listening: AsyncStream<Int>.Continuation
    func run() async throws { try await app.run { listening.yield($0) } }
  }
  let (ports, listening) = AsyncStream<Int>.makeStream()
  let group = ServiceGroup(
    configuration: .init(services: [.init(service: Running(app: app, listening: listening))], logger: app.logger))
  try await withThrowingTaskGroup(of: Void.self) { tasks in
    tasks.addTask { try await group.run() }
    let port = try #require(await ports.first { _ in true })
    let result: Result<Void, any Error>
    do {
      try await body(port) { await group.triggerGracefulShutdown() }
      result = .success(())
    } catch { result = .failure(error) }
    await group.triggerGracefulShutdown()
    try await tasks.waitForAll()
    try result.get()
  }
}

private func makeApp(_ change: (inout TangorConfiguration) -> Void = { _ in }) throws -> TangorApp {
  var configuration = TangorConfiguration()
  configuration.port = 0
  configuration.log.level = .critical
  change(&configuration)
  let app = try TangorApp(configuration)
  try Gallery.install(in: app)
  return app
}

@Suite(.timeLimit(.minutes(1))) struct AppTests {
  private struct Passing: RouterMiddleware {
    typealias Context = TangorRequestContext
    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
      var response = try await next(request, context)
      response.headers[.server] = "seen"
      return response
    }
  }

  private func key(_ body: String) throws -> String { try #require(try JSONValue(parsing: body).object?["key"]?.string) }

  @Test func streamsArePulledAtEveryDoor() async throws {
    let app = try makeApp()
    try await serving(app) { port, _ in
      let client = try await RawConnection(port: port)
      let key = try key(try await client.get("/primes?from=10").body)
      let first = try await client.get("/stream/\(key)").body
      #expect(first == #"{"finished": false, "data": 11}"#)
      let call = #"{"jsonrpc":"2.0","id":1,"method":"stream.next","params":{"key":"\#(key)","max":2}}"#
      try await client.send(
        "POST /rpc HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: \(call.utf8.count)\r\n\r\n\(call)")
      let answer = try await client.response()
      #expect(answer.status == 200)
      #expect(try JSONValue(parsing: answer.body).object?["result"]?.object?["data"] == [13, 17])
      let again = try await client.get("/stream/\(key)?after=2").body
      #expect(again == #"{"finished": false, "data": 17, "index": 3}"#)
      try await client.send("DELETE /stream/\(key) HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try await client.response().body == #"{"key": "\#(key)"}"#)
      #expect(try await client.get("/stream/\(key)").status == 404)
    }
  }

  /// The way past the router must not be told from the way through it.
  @Test(arguments: ["/hello", "/stream/KEY", "/stream/\(String(repeating: "0", count: 32))", "/none", "/hello?a=%zz"])
  func quickAndSlowAnswersAreTheSame(path: String) async throws {
    let (quick, slow) = (try makeApp(), try makeApp())
    slow.add(middleware: Passing())
    func answer(_ app: TangorApp) async throws -> RawResponse {
      let (answers, continuation) = AsyncStream<RawResponse>.makeStream()
      try await serving(app) { port, _ in
        let client = try await RawConnection(port: port)
        let key = try key(try await client.get("/primes").body)
        continuation.yield(try await client.get(path.replacing("KEY", with: key), "X-Unrelated: 1"))
      }
      return try #require(await answers.first { _ in true })
    }
    let (first, second) = (try await answer(quick), try await answer(slow))
    if first.status == 200 { #expect(second.header("server") == "seen", "middleware sees every request") }
    #expect(first.status == second.status)
    func text(_ response: RawResponse) -> String {
      response.body.replacing(response.header("x-request-id") ?? "-", with: "ID")
    }
    #expect(text(first) == text(second))
    for name in ["content-type", "content-length", "cache-control", "stream-index"] {
      #expect(first.header(name) == second.header(name), "\(name)")
    }
  }

  @Test func healthTellsCounts() async throws {
    let app = try makeApp()
    try await app.buildApplication().test(.router) { client in
      try await client.execute(uri: "/healthz", method: .get) { #expect(String(buffer: $0.body) == #"{"status":"ok"}"#) }
      try await client.execute(uri: "/healthz?verbose", method: .get) { response in
        let health = try JSONValue(parsing: String(buffer: response.body)).object
        #expect(health?["version"]?.string == tangorVersion)
        for part in ["streams", "polls", "webSockets"] { #expect(health?[part]?.object != nil) }
      }
      try await client.execute(uri: "/readyz", method: .get) { #expect($0.status == .ok) }
      app.readiness.end()
      try await client.execute(uri: "/readyz", method: .get) { response in
        #expect(response.status == .serviceUnavailable)
        #expect(response.headers[.retryAfter] == "10")
      }
      try await client.execute(uri: "/healthz", method: .post) { response in
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers[.allow] == "GET, HEAD")
      }
      try await client.execute(uri: "/none", method: .get) { #expect($0.status == .notFound) }
    }
  }

  @Test func allStandsBelowTheBasePath() async throws {
    try await makeApp { $0.basePath = "/app" }.buildApplication().test(.router) { client in
      for (uri, status) in [
        ("/app/healthz", 200), ("/app/hello", 200), ("/app/stream", 200), ("/healthz", 404), ("/hello", 404), ("/apple/hello", 404),
      ] {
        try await client.execute(uri: uri, method: .get) { #expect($0.status.code == status, "\(uri)") }
      }
    }
  }

  @Test func theConfigurationsFileIsNeverServed() async throws {
    let folder = TemporaryFolder()
    folder.write("tangor.yaml", "port: 0\n")
    folder.write("page.html", "page")
    let app = try makeApp {
      $0.site.root = folder.path
      $0.sources = [folder.path + "/tangor.yaml"]
    }
    try await app.buildApplication().test(.router) { client in
      try await client.execute(uri: "/page.html", method: .get) { #expect(String(buffer: $0.body) == "page") }
      try await client.execute(uri: "/tangor.yaml", method: .get) { #expect($0.status == .notFound) }
    }
  }

  @Test func anApplicationRunsOnce() async throws {
    let app = try makeApp()
    try await serving(app) { _, _ in
      await #expect(throws: StartError("an application can run once; make a new one")) { try await app.run() }
    }
  }

  @Test func aPortInUseIsToldInASentence() async throws {
    try await serving(try makeApp()) { port, _ in
      let second = try makeApp { $0.port = port }
      await #expect(throws: StartError("port \(port) on 127.0.0.1 is in use; choose another with --port")) { try await second.run() }
    }
  }

  @Test func shutdownAnswersThePullsThatWait() async throws {
    let app = try makeApp()
    try await serving(app) { port, shutDown in
      let client = try await RawConnection(port: port)
      let key = try key(try await client.get("/ticks?every=1h").body)
      try await client.send("GET /stream/\(key) HTTP/1.1\r\nHost: a\r\n\r\n")
      while app.streams.statistics.waitingPulls == 0 { await Task.yield() }
      await shutDown()
      let response = try await client.response()
      #expect(response.status == 503)
      #expect(response.body.contains(#""code":"shutting_down""#))
      #expect(response.header("retry-after") != nil)
    }
  }

  /// Sockets whose clients vanish must not stay in the registry.
  @Test func abortedSocketsDoNotLeak() async throws {
    let app = try makeApp()
    try await serving(app) { port, _ in
      for _ in 0..<200 {
        let client = try await RawConnection(port: port)
        try await client.send(
          "GET /live HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        #expect(try await client.response().status == 101)
        try await client.abort()
      }
      #expect(app.sockets.totalCount == 200)
      while app.sockets.openCount > 0 { await Task.yield() }
    }
  }

  @Test func shutdownEndsSequencesAndEventsOfChannels() async throws {
    let app = try makeApp()
    try await serving(app) { port, shutDown in
      let client = try await RawConnection(port: port)
      try await client.send("GET /channel/demo/a HTTP/1.1\r\nHost: a\r\n\r\n")
      // Taken from the first moment, not from when the task below begins.
      let messages = try app.channels.messages(in: "demo/#")
      let task = Task {
        var values: [Int] = []
        for await message in messages { values.append(try message.decode(Int.self)) }
        return values
      }
      while app.channels.statistics.readers < 2 { await Task.yield() }
      try app.channels.publish("demo/a", 1)
      _ = try await client.receive { bytes in String(decoding: bytes, as: UTF8.self).contains("data: 1\n\n") ? bytes.count : nil }
      await shutDown()
      _ = try await task.value
      _ = try await client.receive { bytes in String(decoding: bytes, as: UTF8.self).contains("0\r\n\r\n") ? bytes.count : nil }
      #expect(app.channels.statistics.readers == 0)
    }
  }

  @Test func healthCountsChannels() async throws {
    let app = try makeApp()
    let before = app.channels.statistics
    try app.channels.publish("demo/counted", 1)
    try await app.buildApplication().test(.router) { client in
      try await client.execute(uri: "/healthz?verbose", method: .get) { response in
        let channels = try JSONValue(parsing: String(buffer: response.body))["channels"]
        #expect(channels?["active"]?.int == before.channels + 1 && channels?["published"]?.int == before.published + 1)
        #expect(channels?["readers"] == 0)
        #expect(channels?["bytes"]?.int ?? 0 > 0)
      }
    }
  }

  @Test func everyLiveMethodIsDocumented() async throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/wire.md").standardized
    let documentation = try String(contentsOf: file, encoding: .utf8)
    try await makeApp().buildApplication().test(.router) { client in
      let call = ByteBuffer(string: #"{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}"#)
      try await client.execute(uri: "/rpc", method: .post, headers: [.contentType: "application/json"], body: call) { response in
        let result = try JSONValue(parsing: String(buffer: response.body)).object?["result"]?.object
        let names = (result?["methods"]?.array ?? []).compactMap { $0.object?["name"]?.string }
        #expect(names.count > 10)
        for name in names { #expect(documentation.contains("`\(name)"), "docs/wire.md does not tell of \(name)") }
        let rows = documentation.matches(of: /(?m)^\| `((?:rpc|service|stream|channel)\.[a-z]+)` \|/).map { String($0.1) }
        #expect(Set(rows).subtracting(names) == [], "methods of docs/wire.md that are not there")
      }
    }
  }
}
