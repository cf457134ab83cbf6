import Hummingbird
import NIOCore
import TangorCore
import TangorTesting
import Testing

@testable import TangorServing

/// Bodies that are streamed somewhere: when they are asked for, and how long they may take.
@Suite(.timeLimit(.minutes(1))) struct BodyTermsTests {
  private static func serve(idle: Duration = .seconds(60), _ body: @Sendable @escaping (TestServer) async throws -> Void) async throws {
    try await TestServer.run(
      bodyTerms: { _, uri in uri.hasPrefix("/take") ? BodyTerms(idleTimeout: idle) : nil },
      change: { $0.requestTimeout = .milliseconds(200) },
      routes: { router, _ in
        router.put("/take") { request, context -> String in
          guard request.headers[.contentLength] != "999" else { throw TangorError(.payloadTooLarge) }
          let incoming = await IncomingBody(on: context.channel)
          var count = 0
          for try await buffer in request.body { count += buffer.readableBytes }
          return await incoming.wasCut() ? "cut after \(count)" : "took \(count)"
        }
      }, body)
  }

  @Test func aBodyIsSentOnlyOnceItIsAskedFor() async throws {
    try await Self.serve { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("PUT /take HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
      #expect(try await client.response().status == 100)
      try await client.send("hello")
      #expect(try await client.response().body == "took 5")
      try await client.send("PUT /take HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 999\r\n\r\n")
      let refused = try await client.response()
      #expect(refused.status == 413 && refused.header("connection") == "close")
      #expect(try await client.receiveToEnd() == "", "what the client sends next could be the body or a request")
    }
  }

  @Test func silenceEndsABody() async throws {
    try await Self.serve(idle: .milliseconds(100)) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("PUT /take HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel")
      #expect(try await client.response().status == 408)
    }
  }

  @Test func aBodyThatIsCutDoesNotCountAsWhole() async throws {
    try await Self.serve { server in
      let whole = try await RawConnection(port: server.port)
      try await whole.send("PUT /take HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
      try await whole.closeOutput()
      #expect(try await whole.response().body == "took 5")
    }
  }

  @Test func whoWasAnsweredEarlyIsNotReadForever() async throws {
    try await Self.serve { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("PUT /take HTTP/1.1\r\nHost: a\r\nContent-Length: 999\r\n\r\nx")
      #expect(try await client.response().status == 413)
      #expect(try await client.receiveToEnd() == "", "no second answer, and an end")
    }
  }
}
