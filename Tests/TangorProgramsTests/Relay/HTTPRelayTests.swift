import HTTPTypes
import Hummingbird
import NIOCore
import TangorTesting
import Testing

@testable import TangorPrograms
@testable import TangorServing

@Suite(.timeLimit(.minutes(1))) struct HTTPRelayTests {
  /// Serves a relay to a program while the body runs.
  private static func run(
    to programPort: Int, change: (inout RelayConfiguration) -> Void = { _ in },
    _ body: @Sendable @escaping (_ port: Int) async throws -> Void
  ) async throws {
    var configuration = RelayConfiguration()
    change(&configuration)
    let relay = HTTPRelay(configuration: configuration)
    let target = StubTarget(port: programPort)
    let result: Result<Void, any Error>
    do {
      try await RelayFixture.serve(
        { router in
          for method in [HTTPRequest.Method.get, .head, .post, .put, .delete] {
            router.on("program/**", method: method) { request, context in
              try await relay.response(
                to: request, channel: context.channel, target: target, path: String(request.uri.string.dropFirst("/program/k".count)),
                prefix: "/program/k")
            }
          }
        }, body)
      result = .success(())
    } catch { result = .failure(error) }
    await relay.shutdown()
    try result.get()
  }

  @Test func aRequestReachesTheProgramAndItsAnswerTheClient() async throws {
    let listener = try await RawListener()
    try await Self.run(to: listener.port) { port in
      let client = try await RawConnection(port: port)
      try await client.send(
        "GET /program/k/a%2Fb/%C3%A4?x=%20&y=a|b[]%zz HTTP/1.1\r\nHost: server.example\r\nCookie: a=b\r\nAuthorization: Basic x\r\n"
          + "Connection: X-Mine\r\nX-Mine: 1\r\nAccept-Encoding: br\r\nX-Forwarded-Proto: gopher\r\n\r\n")
      let program = try #require(await listener.accept())
      let request = try await program.receive(upTo: "\r\n\r\n")
      #expect(request.hasPrefix("GET /a%2Fb/%C3%A4?x=%20&y=a%7Cb%5B%5D%25zz HTTP/1.1\r\n"), "\(request)")
      let lines = request.split(separator: "\r\n").map { $0.lowercased() }
      for line in [
        "host: 127.0.0.1:\(listener.port)", "cookie: a=b", "accept-encoding: br", "x-forwarded-for: 127.0.0.1",
        "x-forwarded-host: server.example", "x-forwarded-proto: http", "x-forwarded-prefix: /program/k",
      ] {
        #expect(lines.count { $0 == line } == 1, "\(line) in \(request)")
      }
      #expect(!lines.contains { $0.hasPrefix("authorization:") || $0.hasPrefix("x-mine:") || $0.hasPrefix("content-length:") })
      try await program.send(
        "HTTP/1.1 302 Found\r\nLocation: /login?a\r\nSet-Cookie: s=1; Path=/\r\nSet-Cookie: t=2; Path=/x; HttpOnly\r\nX-Own: 1\r\n"
          + "Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nContent-Encoding: br\r\nContent-Length: 4\r\n\r\nbody")
      let response = try await client.response()
      #expect(response.status == 302 && response.body == "body")
      #expect(response.header("location") == "/program/k/login?a")
      #expect(response.header("set-cookie") == "s=1; Path=/program/k/, t=2; Path=/program/k/x; HttpOnly")
      #expect(response.header("content-encoding") == "br" && response.header("content-length") == "4")
      #expect(response.header("x-own") == "1" && response.header("x-hop") == nil && response.header("keep-alive") == nil)
    }
  }

  @Test func bodiesStreamBothWays() async throws {
    let listener = try await RawListener()
    try await Self.run(to: listener.port) { port in
      let client = try await RawConnection(port: port)
      try await client.send("POST /program/k/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
      let program = try #require(await listener.accept())
      let request = try await program.receive(upTo: "\r\n\r\n")
      #expect(request.lowercased().contains("transfer-encoding: chunked"))
      #expect(try await program.receive(upTo: "3\r\none\r\n").hasSuffix("one\r\n"), "before the rest has been sent")
      try await client.send("3\r\ntwo\r\n0\r\n\r\n")
      #expect(try await program.receive(upTo: "0\r\n\r\n").hasPrefix("3\r\ntwo"))
      try await program.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfour\r\n")
      let head = try await client.receive(upTo: "\r\n\r\n")
      #expect(head.hasPrefix("HTTP/1.1 200") && head.lowercased().contains("transfer-encoding: chunked"))
      #expect(try await client.receive(upTo: "four\r\n") == "4\r\nfour\r\n", "before the rest has been sent")
      try await program.send("0\r\n\r\n")
      #expect(try await client.receive(upTo: "0\r\n\r\n") == "0\r\n\r\n")
    }
  }

  @Test func aBodyOfKnownLengthKeepsItAndTheConnectionIsKept() async throws {
    let listener = try await RawListener()
    try await Self.run(to: listener.port) { port in
      let client = try await RawConnection(port: port)
      try await client.send("PUT /program/k/x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
      let program = try #require(await listener.accept())
      let request = try await program.receive(upTo: "\r\n\r\n")
      #expect(request.lowercased().contains("content-length: 5"))
      #expect(try await program.receive(count: 5) == Array("hello".utf8))
      try await program.send("HTTP/1.1 204 No Content\r\n\r\n")
      let empty = try await client.response()
      #expect(empty.status == 204 && empty.header("content-length") == nil)
      try await client.send("HEAD /program/k/x HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = try await program.receive(upTo: "\r\n\r\n")
      try await program.send("HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n")
      #expect(try await client.response(isHead: true).header("content-length") == "77")
    }
  }

  @Test func aProgramThatCannotBeReachedOrBreaksOffIsABadGateway() async throws {
    let listener = try await RawListener()
    try await Self.run(to: listener.port) { port in
      let client = try await RawConnection(port: port)
      try await client.send("POST /program/k/ HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
      let program = try #require(await listener.accept())
      _ = try await program.receive(upTo: "\r\n\r\n")
      await program.close()
      let broken = try await client.response()
      #expect(broken.status == 502 && broken.body.contains("\"code\":\"bad_gateway\""))
      await listener.close()
      let refused = try await client.get("/program/k/")
      #expect(refused.status == 502)
    }
  }

  @Test func anAnswerThatBreaksOffBreaksOff() async throws {
    let listener = try await RawListener()
    try await Self.run(to: listener.port) { port in
      let client = try await RawConnection(port: port)
      try await client.send("GET /program/k/ HTTP/1.1\r\nHost: a\r\n\r\n")
      let program = try #require(await listener.accept())
      _ = try await program.receive(upTo: "\r\n\r\n")
      try await program.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")
      _ = try await client.receive(upTo: "short")
      await program.close()
      #expect(try await client.receiveToEnd() == "")
    }
  }

  @Test func aSilentProgramIsTimedOut() async throws {
    let listener = try await RawListener()
    try await Self.run(to: listener.port, change: { $0.responseTimeout = .milliseconds(1) }) { port in
      let response = try await RawConnection(port: port).get("/program/k/")
      #expect(response.status == 504 && response.body.contains("\"code\":\"timeout\""))
    }
  }

  @Test func aClientThatGoesEndsTheRequestToTheProgram() async throws {
    let listener = try await RawListener()
    try await Self.run(to: listener.port) { port in
      let client = try await RawConnection(port: port)
      try await client.send("GET /program/k/ HTTP/1.1\r\nHost: a\r\n\r\n")
      let program = try #require(await listener.accept())
      _ = try await program.receive(upTo: "\r\n\r\n")
      await client.close()
      #expect(try await program.receiveToEnd() == "")
    }
  }

  @Test func foreignPagesMayNotChangeAnything() async throws {
    try await Self.run(to: 1) { port in
      let client = try await RawConnection(port: port)
      try await client.send("POST /program/k/ HTTP/1.1\r\nHost: a\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\n\r\n")
      let response = try await client.response()
      #expect(response.status == 403 && response.body.contains("origin_refused"))
    }
  }
}
