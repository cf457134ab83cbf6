import Hummingbird
import NIOCore
import NIOEmbedded
import NIOHTTP1
import TangorCore
import TangorTesting
import Testing

@testable import TangorServing

/// Answers that go out before the router, as they travel.
@Suite(.timeLimit(.minutes(1))) struct QuickAnswerTests {
  private static func slow(_ router: Router<TangorRequestContext>, _ sockets: WebSocketRegistry) {
    router.get("/quick") { _, _ in "by the router" }
    router.post("/quick") { request, _ in
      let body = try await request.collectBody(upTo: .kibibytes(1))
      return "posted \(String(buffer: body))"
    }
    router.get("/slow") { _, _ in
      await Task.yield()
      return "slow"
    }
  }

  @Test func theBytesAreExact() async throws {
    try await TestServer.run(quick: CountingResponder()) { server in
      let client = try await RawConnection(port: server.port)
      let response = try await client.get("/quick")
      let date = try #require(response.header("date"))
      #expect(HTTPDate(parsing: date, currentYear: 2026) != nil)
      let id = try #require(response.header("x-request-id"))
      #expect(id.wholeMatch(of: /[0-9a-f]{32}/) != nil)
      #expect(
        response.head == """
          HTTP/1.1 200 OK\r
          Content-Type: application/json\r
          Content-Length: 1\r
          Cache-Control: no-store\r
          Stream-Index: 1\r
          X-Request-Id: \(id)\r
          Date: \(date)
          """)
      #expect(response.body == "1")
      let second = try await client.get("/quick")
      #expect(second.body == "2")
      #expect(second.header("x-request-id") != id)
    }
  }

  @Test func failuresAreProblems() async throws {
    try await TestServer.run(quick: CountingResponder()) { server in
      let response = try await RawConnection(port: server.port).get("/quick?fail")
      #expect(response.head.split(separator: "\r\n").first == "HTTP/1.1 429 Too Many Requests")
      #expect(response.header("content-type") == "application/problem+json")
      #expect(response.header("retry-after") == "2")
      let id = try #require(response.header("x-request-id"))
      #expect(response.body.contains(#""code":"too_many_requests","retry":true,"requestId":"\#(id)","error":"no more""#))
    }
  }

  @Test func pipelinedRequestsAreAnsweredInTheirOrder() async throws {
    let quick = CountingResponder()
    try await TestServer.run(quick: quick, routes: Self.slow) { server in
      let client = try await RawConnection(port: server.port)
      func request(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n" }
      try await client.send(request("/quick") + request("/quick") + request("/slow") + request("/quick") + request("/slow"))
      var bodies: [String] = []
      for _ in 0..<5 { bodies.append(try await client.response().body) }
      #expect(bodies == ["1", "2", "slow", "by the router", "slow"])
      #expect(try await client.get("/quick").body == "3", "once all is answered, the quick way is open again")
    }
  }

  @Test(arguments: [
    "GET /quick HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET /quick HTTP/1.0\r\nHost: a\r\n\r\n",
    "GET /quick HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
    "GET /quick HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
    "GET /quick HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "GET /quick HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\n\r\n",
    "GET /quick HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
  ])
  func whatIsNotPlainGoesToTheRouter(request: String) async throws {
    let quick = CountingResponder()
    try await TestServer.run(quick: quick, routes: Self.slow) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send(request)
      let response = try await client.response()
      #expect(response.body == "by the router")
      #expect(quick.answered == 0)
      if request.contains("mine") { #expect(response.header("x-request-id") == "mine") }
      if request.contains("close") { #expect(try await client.receiveToEnd() == "") }
    }
  }

  @Test func otherMethodsGoToTheRouter() async throws {
    let quick = CountingResponder()
    try await TestServer.run(quick: quick, routes: Self.slow) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
      #expect(try await client.response().body == "posted hi")
      #expect(quick.answered == 0)
      #expect(try await client.get("/quick").body == "1")
    }
  }

  @Test func theHostsCaseAndKeepAliveAreNoHindrance() async throws {
    try await TestServer.run(quick: CountingResponder(), routes: Self.slow) { server in
      let client = try await RawConnection(port: server.port)
      #expect(try await client.get("/quick", "connection: Keep-Alive", "Accept: */*").body == "1")
    }
  }

  /// Quick answers pass by the server's back-pressure, so they must not be given to a client that lets them pile up.
  @Test func aClientThatDoesNotReadGoesToTheRouter() throws {
    let channel = EmbeddedChannel()
    let quick = CountingResponder()
    try channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).wait()
    try channel.pipeline.syncOperations.addHandlers(
      [
        HTTPResponseEncoder(),
        HTTPConnectionHandler(
          shared: HTTPServing(configuration: ServingConfiguration(), quick: quick, logger: .silent),
          eventLoop: channel.eventLoop),
      ] as [any ChannelHandler])
    func request() throws {
      try channel.writeInbound(HTTPServerRequestPart.head(.init(version: .http1_1, method: .GET, uri: "/quick")))
      try channel.writeInbound(HTTPServerRequestPart.end(nil))
    }
    try request()
    #expect(quick.answered == 1)
    #expect(try channel.readInbound(as: HTTPServerRequestPart.self) == nil)
    channel.isWritable = false
    try request()
    #expect(quick.answered == 1)
    #expect(try channel.readInbound(as: HTTPServerRequestPart.self) == .head(.init(version: .http1_1, method: .GET, uri: "/quick")))
  }

  @Test func aTableAsksInTurnBelowItsBasePath() {
    struct Fixed: QuickResponder {
      let path: String
      let body: String
      func answer(_ request: QuickRequest) -> QuickAnswer? {
        request.path == path ? .document(QuickDocument(body: ByteBuffer(string: body))) : nil
      }
    }
    let channel = EmbeddedChannel()
    func body(_ path: String, _ table: QuickTable) -> String? {
      let answer = table.answer(QuickRequest(path: path[...], query: "", headers: [:], channel: channel))
      guard case .document(let document) = answer else { return nil }
      return String(buffer: document.body)
    }
    let responders = [Fixed(path: "/a", body: "1"), Fixed(path: "/a", body: "2"), Fixed(path: "/b", body: "3")]
    #expect(body("/a", QuickTable(basePath: "", responders)) == "1")
    #expect(body("/b", QuickTable(basePath: "", responders)) == "3")
    #expect(body("/c", QuickTable(basePath: "", responders)) == nil)
    #expect(body("/app/b", QuickTable(basePath: "/app", responders)) == "3")
    #expect(body("/b", QuickTable(basePath: "/app", responders)) == nil)
    #expect(body("/apple/b", QuickTable(basePath: "/app", responders)) == nil)
  }
}
