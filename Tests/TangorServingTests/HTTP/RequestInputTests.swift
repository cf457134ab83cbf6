import Hummingbird
import NIOCore
import TangorCore
import TangorTesting
import Testing

@testable import TangorServing

/// Bodies that are read as they arrive, over sockets.
@Suite(.timeLimit(.minutes(1))) struct RequestInputTests {
  private typealias Read = @Sendable (RequestInput) async throws -> String

  /// Serves `POST /read`, which answers with what reading gives or the error's code.
  private static func serve(
    limit: ByteSize? = nil, idle: Duration = .seconds(60), rate: ByteSize? = .kibibytes(1), _ read: @escaping Read,
    _ body: @Sendable @escaping (TestServer) async throws -> Void
  ) async throws {
    try await TestServer.run(
      bodyTerms: { _, _ in BodyTerms(idleTimeout: idle, minimumRate: rate) },
      routes: { router, _ in
        router.post("/read") { request, context -> String in
          let input = RequestInput(request, on: context.channel, limit: limit, isStreamed: true)
          let text = try await read(input)
          await input.close()
          return text
        }
        router.get("/hello") { _, _ in "hello" }
      }, body)
  }

  private static func post(_ server: TestServer, _ body: String) async throws -> RawResponse {
    let client = try await RawConnection(port: server.port)
    try await client.send("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    let response = try await client.response()
    #expect(try await client.get("/hello").body == "hello", "the connection goes on behind the body")
    return response
  }

  @Test func theWaysToReadGoOnFromEachOther() async throws {
    let read: Read = { input in
      #expect(input.announcedLength == 26)
      #expect(try await input.isAtEnd() == false)
      let number = String(buffer: try await input.read(exactly: 2))
      let line = try await input.readLine()
      let crlf = try await input.readLine()
      let field = try await input.read(until: Array("::".utf8)).map { String(buffer: $0) }
      let some = try await input.read(upTo: 3).map { String(buffer: $0) }
      let rest = String(buffer: try await input.readAll(upTo: .kibibytes(1)))
      #expect(try await input.isAtEnd())
      #expect(try await input.readLine() == nil)
      #expect(try await input.read(upTo: 1) == nil)
      #expect(try await input.read(until: [0]) == nil)
      for try await _ in input { Issue.record("the body had ended") }
      return [number, line, crlf, field, some, rest].map { $0 ?? "nil" }.joined(separator: "|")
    }
    try await Self.serve(read) { server in
      let response = try await Self.post(server, "12first\nsecond\r\nkey::abcde")
      #expect(response.body == "12|first|second|key|abc|de")
    }
  }

  @Test func chunksComeWhenTheyAreSent() async throws {
    let came = Signal()
    try await Self.serve({ input in
      var texts: [String] = []
      for try await chunk in input {
        texts.append(String(buffer: chunk))
        came.fire()
      }
      return texts.joined(separator: "|")
    }) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
      for text in ["eins", "zwei", "drei"] {
        try await client.send("4\r\n\(text)\r\n")
        await came.wait()
      }
      try await client.send("0\r\n\r\n")
      #expect(try await client.response().body == "eins|zwei|drei")
    }
  }

  @Test func theLastLineNeedsNoEnd() async throws {
    try await Self.serve({ input in
      var lines: [String] = []
      while let line = try await input.readLine(limit: ByteSize(bytes: 8)) { lines.append(line) }
      return lines.joined(separator: "|")
    }) { server in
      for (body, lines) in [("a\n\nb", "a||b"), ("a\n", "a"), ("", "")] {
        let response = try await Self.post(server, body)
        #expect(response.body == lines)
      }
      for body in ["123456789", "123456789\n"] {
        let response = try await Self.post(server, body)
        #expect(response.status == 413)
      }
    }
  }

  @Test func whatIsMissingIsSaid() async throws {
    try await Self.serve({ try await String(buffer: $0.read(exactly: 10)) }) { server in
      let response = try await Self.post(server, "short")
      #expect(response.status == 400 && response.body.contains(#""code":"incomplete_body""#))
      #expect(response.body.contains("10 bytes were needed; 5 came"))
    }
    try await Self.serve({ try await $0.read(until: [UInt8(ascii: ";")]).map { String(buffer: $0) } ?? "nil" }) { server in
      let response = try await Self.post(server, "no delimiter")
      #expect(response.body.contains("incomplete_body"))
      let empty = try await Self.post(server, "")
      #expect(empty.body == "nil")
    }
  }

  @Test func aLimitHoldsBeforeAndWhileTheBodyComes() async throws {
    try await Self.serve(limit: ByteSize(bytes: 8), { String(buffer: try await $0.readAll(upTo: .kibibytes(1))) }) { server in
      let asked = try await RawConnection(port: server.port)
      try await asked.send("POST /read HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n")
      #expect(try await asked.response().status == 413, "it was not asked for what is too large")
      let chunked = try await RawConnection(port: server.port)
      try await chunked.send("POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n1\r\n9\r\n")
      #expect(try await chunked.response().status == 413)
      try await chunked.send("0\r\n\r\n")
      #expect(try await chunked.get("/hello").body == "hello")
    }
  }

  @Test(arguments: ["Content-Length: 9\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"])
  func aBodyThatBreaksOffIsNoWholeOne(head: String) async throws {
    let (outcome, begun) = (Outcome(), Signal())
    try await Self.serve({ input in
      do {
        for try await _ in input { begun.fire() }
        await outcome.set("whole")
      } catch { await outcome.set((error as? TangorError)?.code.name ?? "\(error)") }
      return ""
    }) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("POST /read HTTP/1.1\r\nHost: a\r\n" + head)
      await begun.wait()
      await client.close()
      #expect(await outcome.value() == "incomplete_body")
    }
  }

  @Test func silenceAndTricklesAreCutOff() async throws {
    let outcome = Outcome()
    try await Self.serve(
      idle: .milliseconds(100),
      { input in
        do { for try await _ in input {} } catch { await outcome.set((error as? TangorError)?.code.name ?? "\(error)") }
        return ""
      }
    ) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nx")
      #expect(try await client.response().status == 408)
      #expect(try await client.receiveToEnd() == "")
      #expect(await outcome.value() == "request_timeout")
    }
  }

  @Test func anAnswerThatHasBegunIsNotWrittenInto() async throws {
    try await TestServer.run(
      bodyTerms: { _, _ in BodyTerms(idleTimeout: .seconds(1)) },
      routes: { router, _ in
        router.post("/echo") { request, context -> Response in
          let input = RequestInput(request, on: context.channel, limit: nil, isStreamed: true)
          return Response(
            status: .ok,
            body: .init { writer in
              for try await chunk in input { try await writer.write(chunk) }
              try await writer.finish(nil)
            })
        }
      }
    ) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello")
      let answer = try await client.receiveToEnd()
      #expect(answer.hasSuffix("\r\n\r\n5\r\nhello\r\n"), "neither a problem nor a clean end: \(answer)")
    }
  }

  @Test func theClientWaitsForWhoReadsSlowly() async throws {
    let (release, began) = (Signal(), Signal())
    try await Self.serve(
      idle: .seconds(3),
      { input in
        began.fire()
        await release.wait()
        var count = 0
        for try await chunk in input { count += chunk.readableBytes }
        return "\(count)"
      }
    ) { server in
      let size = 32 << 20
      let client = try await RawConnection(port: server.port)
      try await client.send("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
      await began.wait()
      let sent = Signal()
      async let sending: Void = {
        try await client.send([UInt8](repeating: 7, count: size))
        sent.fire()
      }()
      // Another comes later and is cut off as silent meanwhile; this one is not read and so not to blame.
      let silent = try await RawConnection(port: server.port)
      try await silent.send("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")
      #expect(try await silent.response().status == 408)
      #expect(sent.waitingCount == 0, "the server holds more of the body than sockets do")
      release.fire()
      release.fire()
      try await sending
      let response = try await client.response()
      #expect(response.body == "\(size)", "\(response)")
    }
  }

  @Test func oneTaskReadsAtATimeAndNoneAfterTheAnswer() async throws {
    let kept = Outcome()
    try await Self.serve({ input in
      async let first = input.read(exactly: 5)
      async let second = input.read(exactly: 5)
      let codes = [try? await first, try? await second].map { $0.map { String(buffer: $0) } ?? "refused" }
      await kept.keep(input)
      return codes.sorted().joined(separator: "|")
    }) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
      try await client.send("hello")
      try await client.send("world")
      let body = try await client.response().body
      // Where the first had ended before the second began, both have their part.
      #expect(body == "hello|refused" || body == "hello|world", "\(body)")
      let input = try #require(await kept.input)
      let error = await #expect(throws: TangorError.self) { try await input.read(upTo: 1) }
      #expect(error?.code == .internalError)
    }
  }

  @Test func bytesThatAreThereAreAnInputToo() async throws {
    let input = RequestInput(ByteBuffer(string: "one\ntwo"))
    #expect(input.announcedLength == 7)
    #expect(try await input.readLine() == "one")
    #expect(String(buffer: try await input.kept(upTo: .kibibytes(1))) == "two")
    #expect(String(buffer: try await input.kept(upTo: .kibibytes(1))) == "two", "what was kept is there for all who ask")
    #expect(try await input.isAtEnd())
    let wrong = RequestInput(ByteBuffer(bytes: [0xFF, 0x0A]))
    await #expect(throws: TangorError.self) { try await wrong.readLine() }
    await #expect(throws: TangorError.self) { try await wrong.read(until: []) }
    let large = RequestInput(ByteBuffer(string: "12345"))
    await #expect(throws: TangorError.self) { try await large.readAll(upTo: ByteSize(bytes: 4)) }
  }
}

/// Something that a route leaves for its test.
private actor Outcome {
  private var text: String?
  private var waiters: [CheckedContinuation<String, Never>] = []
  private(set) var input: RequestInput?

  func keep(_ input: RequestInput) { self.input = input }

  func set(_ text: String) {
    self.text = text
    for waiter in waiters { waiter.resume(returning: text) }
    waiters = []
  }

  func value() async -> String {
    if let text { return text }
    return await withCheckedContinuation { waiters.append($0) }
  }
}
