import Hummingbird
import NIOCore
import TangorCore
import TangorTesting
import Testing

@testable import TangorServing

/// What one HTTP connection does with requests that are slow, broken or too large, and with clients that go.
@Suite(.timeLimit(.minutes(1))) struct HTTPConnectionTests {
  private static func echo(_ router: Router<TangorRequestContext>, _ sockets: WebSocketRegistry) {
    router.post("/echo") { request, _ in
      ByteBuffer(buffer: try await request.collectBody(upTo: .kibibytes(64)))
    }
    router.get("/hello") { _, _ in "hello" }
  }

  // MARK: Broken requests

  @Test(arguments: ["garbage\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}"])
  func whatIsNotHTTPIsAnswered400(bytes: String) async throws {
    try await TestServer.run(routes: Self.echo) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send(bytes)
      let response = try await client.response()
      #expect(response.status == 400)
      #expect(response.header("content-type") == "application/problem+json")
      #expect(response.header("connection") == "close")
      let id = try #require(response.header("x-request-id"))
      #expect(response.body.contains(#""code":"invalid_request""#) && response.body.contains(#""requestId":"\#(id)""#))
      #expect(try await client.receiveToEnd() == "", "the connection is closed")
    }
  }

  @Test func headersOverTheLimitAreAnswered431() async throws {
    try await TestServer.run(change: { $0.maximumHeaderSize = .kibibytes(4) }, routes: Self.echo) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\nX-Large: \(String(repeating: "x", count: 5_000))\r\n\r\n")
      let response = try await client.response()
      #expect(response.status == 431)
      #expect(response.body.contains(#""code":"headers_too_large""#))
      #expect(try await client.receiveToEnd() == "")
      let other = try await RawConnection(port: server.port)
      #expect(try await other.get("/hello", "X-Large: \(String(repeating: "x", count: 3_000))").body == "hello")
    }
  }

  @Test func aBodyOverTheLimitIsAnswered413() async throws {
    try await TestServer.run(routes: Self.echo) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n")
      let response = try await client.response()
      #expect(response.status == 413)
      #expect(response.body.contains(#""code":"payload_too_large""#))
    }
  }

  @Test func brokenBytesAfterAnAnswerEndTheConnection() async throws {
    try await TestServer.run(routes: Self.echo) { server in
      let client = try await RawConnection(port: server.port)
      #expect(try await client.get("/hello").body == "hello")
      try await client.send("garbage\r\n\r\n")
      #expect(try await client.response().status == 400)
      #expect(try await client.receiveToEnd() == "")
    }
  }

  // MARK: Time

  @Test func aBodyThatComesTooSlowlyIsAnswered408() async throws {
    try await TestServer.run(change: { $0.requestTimeout = .milliseconds(50) }, routes: Self.echo) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
      let response = try await client.response()
      #expect(response.status == 408)
      #expect(response.body.contains(#""code":"request_timeout","retry":true"#))
      #expect(try await client.receiveToEnd() == "")
    }
  }

  @Test func idleConnectionsAreClosedWithoutAWord() async throws {
    try await TestServer.run(change: { $0.idleTimeout = .seconds(2) }, routes: Self.echo) { server in
      let silent = try await RawConnection(port: server.port)
      #expect(try await silent.receiveToEnd() == "")
      let used = try await RawConnection(port: server.port)
      #expect(try await used.get("/hello").body == "hello")
      #expect(try await used.receiveToEnd() == "")
    }
  }

  @Test func aRequestThatIsWorkedOnIsNotIdle() async throws {
    let release = Signal()
    try await TestServer.run(
      change: { $0.idleTimeout = .seconds(2) },
      routes: { router, _ in
        router.get("/wait") { _, _ in
          await release.wait()
          return "done"
        }
      }
    ) { server in
      let waiting = try await RawConnection(port: server.port)
      try await waiting.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
      // Others come and are closed as idle meanwhile.
      for _ in 0..<3 { #expect(try await RawConnection(port: server.port).receiveToEnd() == "") }
      release.fire()
      #expect(try await waiting.response().body == "done")
    }
  }

  // MARK: Keeping and closing

  @Test func expectContinueIsAnswered() async throws {
    try await TestServer.run(routes: Self.echo) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
      #expect(try await client.receive(upTo: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
      try await client.send("hello")
      #expect(try await client.response().body == "hello")
      #expect(try await client.get("/hello").body == "hello")
    }
  }

  @Test func connectionCloseIsObeyed() async throws {
    try await TestServer.run(routes: Self.echo) { server in
      let client = try await RawConnection(port: server.port)
      #expect(try await client.get("/hello", "Connection: close").body == "hello")
      #expect(try await client.receiveToEnd() == "")
      let old = try await RawConnection(port: server.port)
      try await old.send("GET /hello HTTP/1.0\r\n\r\n")
      let answer = try await old.receiveToEnd()
      #expect(answer.hasPrefix("HTTP/1.0 200 OK\r\n") && answer.hasSuffix("\r\n\r\nhello"), "\(answer)")
    }
  }

  /// HTTP/1.0 knows no chunks: the end of the connection is the end of a body whose length was not known.
  @Test func anOldClientGetsABodyWithoutChunks() async throws {
    try await TestServer.run(
      routes: { router, _ in
        router.get("/pieces") { _, _ in
          Response(
            status: .ok,
            body: .init { writer in
              for piece in ["a", "b", "c"] { try await writer.write(ByteBuffer(string: piece)) }
              try await writer.finish(nil)
            })
        }
      }
    ) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("GET /pieces HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      #expect(try await client.receiveToEnd().hasSuffix("\r\n\r\nabc"))
      #expect(try await RawConnection(port: server.port).get("/pieces").header("transfer-encoding") == "chunked")
    }
  }

  // MARK: Gone clients

  private static func watched(gone: Signal, begun: Signal, release: Signal) -> (Router<TangorRequestContext>, WebSocketRegistry) -> Void {
    { router, _ in
      router.get("/watched") { _, context in
        await withDisconnectHandler(
          channel: context.channel, onGone: { gone.fire() },
          operation: {
            begun.fire()
            await release.wait()
          })
        return "done"
      }
      router.get("/hello") { _, _ in "hello" }
    }
  }

  @Test func aWaitingRequestHearsThatItsClientHasGone() async throws {
    let (gone, begun, release) = (Signal(), Signal(), Signal())
    try await TestServer.run(routes: Self.watched(gone: gone, begun: begun, release: release)) { server in
      for abruptly in [false, true] {
        let client = try await RawConnection(port: server.port)
        try await client.send("GET /watched HTTP/1.1\r\nHost: a\r\n\r\n")
        await begun.wait()
        if abruptly { try await client.abort() } else { try await client.closeOutput() }
        await gone.wait()
        release.fire()
      }
    }
  }

  @Test func oneThatEndedHearsNothing() async throws {
    let (gone, begun, release) = (Signal(), Signal(), Signal())
    try await TestServer.run(routes: Self.watched(gone: gone, begun: begun, release: release)) { server in
      let client = try await RawConnection(port: server.port)
      release.fire()
      #expect(try await client.get("/watched").body == "done")
      #expect(try await client.get("/hello").body == "hello")
      await client.close()
      // Another client's leaving is heard; had the first been too, two calls would have come.
      let other = try await RawConnection(port: server.port)
      try await other.send("GET /watched HTTP/1.1\r\nHost: a\r\n\r\n")
      await begun.wait()
      await begun.wait()
      await other.close()
      await gone.wait()
      release.fire()
    }
    #expect(gone.waitingCount == 0)
  }
}
