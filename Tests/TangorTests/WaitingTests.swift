import HTTPTypes
import TangorGallery
import TangorTesting
import Testing

@testable import Tangor

/// The gallery's response that pauses, over real connections.
@Suite(.timeLimit(.minutes(1))) struct WaitingTests {
  private func running(_ body: (_ app: TangorApp, _ port: Int) async throws -> Void) async throws {
    var configuration = TangorConfiguration()
    configuration.port = 0
    configuration.log.level = .critical
    let app = try TangorApp(configuration)
    try Gallery.install(in: app)
    let (ports, listening) = AsyncStream<Int>.makeStream()
    let task = Task {
      defer { listening.finish() }
      try await app.run { listening.yield($0) }
    }
    let port = try #require(await ports.first { _ in true })
    let result: Result<Void, any Error>
    do { result = .success(try await body(app, port)) } catch { result = .failure(error) }
    task.cancel()
    _ = await task.result
    try result.get()
  }

  private static let first = "I'm waiting for some signal<br>"

  /// Asks for `/wait`, and returns once its first part is here and it waits.
  private func wait(_ app: TangorApp, _ port: Int, waiting: Int = 1) async throws -> RawConnection {
    let client = try await RawConnection(port: port)
    try await client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
    let head = try await client.receive { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      return text.contains(Self.first + "\r\n") ? bytes.count : nil
    }
    let text = String(decoding: head, as: UTF8.self)
    #expect(text.hasPrefix("HTTP/1.1 200") && text.lowercased().contains("content-type: text/html; charset=utf-8\r\n"))
    while app.signals.statistics.waiting < waiting { await Task.yield() }
    return client
  }

  private func rest(_ client: RawConnection) async throws -> String {
    let bytes = try await client.receive { bytes in
      String(decoding: bytes, as: UTF8.self).hasSuffix("0\r\n\r\n") ? bytes.count : nil
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Before its answer has begun, and within it.
  @Test(arguments: ["/park", "/parkedDocument", "/parkedBody", "/parkedOperations"]) func aClientThatLeavesFreesItsWaiter(
    path: String
  ) async throws {
    try await running { app, port in
      try app.services.add("/park") { [signals = app.signals] _ in .json(try await signals.wait(for: "never")) }
      try app.services.add("/parkedBody") { [signals = app.signals] _ in
        .body(type: "text/plain") { writer in
          try await writer.write("part")
          _ = try await signals.wait(for: "never")
        }
      }
      try app.services.add("/parkedDocument", json: { [signals = app.signals] _ in try await signals.wait(for: "never", as: Int.self) })
      try app.services.add("/parkedOperations") { _ in .operations(type: "text/plain") { Parked() } }
      let client = try await RawConnection(port: port)
      try await client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
      while app.signals.statistics.waiting != 1 { await Task.yield() }
      await client.close()
      while app.signals.statistics.waiting != 0 { await Task.yield() }
    }
  }

  /// A service that answers with a document, on its way without the router and on the usual one.
  @Test(arguments: ["", "X-Request-Id: mine\r\n"]) func documentsAreAnsweredAlikeOnBothWays(header: String) async throws {
    try await running { app, port in
      let seen = Signal()
      try app.services.add(
        "/document",
        json: { [signals = app.signals] request in
          let id = request.requestID
          #expect(request.headers[.userAgent] == "test" && request.headers[.cookie] == "a=1; b=2" && request.method == "GET")
          seen.fire()
          return [id, try request.query("name"), try await signals.wait(for: "go", as: String.self)]
        })
      try app.services.add("/failing", json: { _ -> Int in throw TangorError(.notFound, "There is no such thing.") })
      try app.services.add("/broken", json: { _ -> Int in throw CancellationError() })
      let client = try await RawConnection(port: port)
      let headers = "Host: a\r\nUser-Agent: test\r\nCookie: a=1; b=2\r\n\(header)\r\n"
      // The second comes while the first waits, and has its turn behind it.
      try await client.send("GET /document?name=%C3%A9 HTTP/1.1\r\n\(headers)GET /hello HTTP/1.1\r\n\(headers)")
      await seen.wait()
      while app.signals.statistics.waiting != 1 { await Task.yield() }
      #expect(try app.signals.send("go", "on") == 1)
      let first = try await client.response()
      let id = try #require(first.header("x-request-id"))
      #expect(first.status == 200 && first.body == "[\"\(id)\",\"é\",\"on\"]" && first.header("content-type") == "application/json")
      #expect(first.header("cache-control") == "no-store")
      #expect(header.isEmpty || id == "mine")
      #expect(try await client.response().body.contains("Hello"))
      for (path, status, words) in [("/failing", 404, "There is no such thing."), ("/broken", 500, "service_failed")] {
        try await client.send("GET \(path) HTTP/1.1\r\n\(headers)")
        let answer = try await client.response()
        #expect(answer.status == status && answer.body.contains(words), "\(path): \(answer.body)")
      }
    }
  }

  private struct Parked: Coroutine {
    mutating func next(_ result: OperationResult?) -> ServiceOperation? { result == nil ? .wait(signal: "never") : nil }
  }

  @Test func theFirstPartIsThereBeforeTheSignalIsSent() async throws {
    try await running { app, port in
      let (one, two) = (try await wait(app, port), try await wait(app, port, waiting: 2))
      let sender = try await RawConnection(port: port)
      let answer = try await sender.get("/send/hello%20%3Cb%3E/%22you%22")
      #expect(answer.status == 200 && answer.body == "Done." && answer.header("content-type") == "text/html; charset=utf-8")
      for client in [one, two] {
        let text = try await rest(client)
        #expect(text.contains("Someone signaled me with this message: hello &lt;b&gt;/&quot;you&quot;\r\n"))
      }
      #expect(app.signals.statistics.waiting == 0)
      // A signal that nobody waits for is forgotten.
      #expect(try await sender.get("/send/early").body == "Done.")
      let late = try await wait(app, port)
      _ = try await sender.get("/send/late")
      #expect(try await rest(late).contains("message: late\r\n"))
    }
  }

  @Test func theMessageIsAnsweredByItself() async throws {
    try await running { app, port in
      let client = try await RawConnection(port: port)
      async let answer = client.get("/wait/message?timeout=1m")
      while app.signals.statistics.waiting == 0 { await Task.yield() }
      #expect(try app.signals.send("abc", "hello") == 1)
      #expect(try await answer.status == 200)
      #expect(try await answer.body == #"{"message":"hello"}"#)
      #expect(try await answer.header("cache-control") == "no-store")
    }
  }

  @Test func theTimeToWaitIsTheClients() async throws {
    try await running { _, port in
      let client = try await RawConnection(port: port)
      #expect(try await client.get("/wait?timeout=0s").body == Self.first + "Your time is up !")
      let late = try await client.get("/wait/message?timeout=0s")
      #expect(late.status == 504 && late.body.contains("signal_timeout"))
      for path in ["/wait", "/wait/message"] {
        for timeout in ["1h", "soon", "-1s"] {
          let refused = try await client.get("\(path)?timeout=\(timeout)")
          #expect(refused.status == 400 && refused.body.contains("'timeout' is a duration from 0s to 5m"))
        }
      }
    }
  }

  @Test func aCoroutineWaitsForTheSameSignals() async throws {
    try await running { app, port in
      try app.services.add("/steps") { _ in .operations(type: "text/plain") { Steps() } }
      let client = try await RawConnection(port: port)
      try await client.send("GET /steps HTTP/1.1\r\nHost: a\r\n\r\n")
      while app.signals.statistics.waiting == 0 { await Task.yield() }
      _ = try await client.receive { bytes in String(decoding: bytes, as: UTF8.self).contains("first\r\n") ? bytes.count : nil }
      #expect(try app.signals.send("steps", 7) == 1)
      #expect(try await rest(client).contains("steps=7\r\n"))
    }
  }

  private struct Steps: Coroutine {
    var step = 0

    mutating func next(_ result: OperationResult?) throws -> ServiceOperation? {
      step += 1
      switch (step, result) {
      case (1, _): return .write("first")
      case (2, _): return .wait(signals: ["none", "steps"], timeout: nil)
      case (3, .signal(let name, let value)): return .write("\(name)=\(value)")
      default: return nil
      }
    }
  }
}
