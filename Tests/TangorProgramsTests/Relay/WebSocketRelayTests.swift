import TangorCore
import TangorServing
import TangorTesting
import Testing

@testable import TangorPrograms

@Suite(.timeLimit(.minutes(1))) struct WebSocketRelayTests {
  typealias Frame = Peer.Frame

  @Test func messagesOfAllKindsPassBothWaysInOrder() async throws {
    let listener = try await RawListener()
    try await RelayFixture.run(to: listener.port) { fixture in
      let (page, program) = try await fixture.open(listener)
      let frames: [Frame] = [
        Frame(1, Array("text".utf8)), Frame(2, [0, 1, 2, 255]), Frame(1), Frame(2), Frame(9, Array("ping".utf8)), Frame(10, [7]),
        Frame(2, Array(repeating: 5, count: 125)), Frame(2, Array(repeating: 6, count: 126)), Frame(2, Array(repeating: 7, count: 65_536)),
        Frame(1, Array("begin".utf8), isFinal: false), Frame(9, [1]), Frame(0, [], isFinal: false), Frame(0, Array("end".utf8)),
      ]
      for (sender, receiver) in [(page, program), (program, page)] {
        for frame in frames { try await sender.send(frame.opcode, frame.payload, isFinal: frame.isFinal) }
        for frame in frames { #expect(try await receiver.next() == frame) }
      }
      #expect(fixture.target.socketCount == 1 && fixture.sockets.openCount == 1)
    }
  }

  @Test func theHandshakeReachesTheProgramWithoutWhatConcernsTheServer() async throws {
    let listener = try await RawListener()
    try await RelayFixture.run(to: listener.port, change: { $0.origins = ["https://page.example"] }) { fixture in
      let page = try await RawConnection(port: fixture.port)
      try await page.send(
        Peer.handshake(
          "/ws?a=b%20c",
          [
            "Cookie: session=secret", "Authorization: Basic secret", "Origin: https://page.example",
            "Sec-WebSocket-Extensions: permessage-deflate",
            "Sec-WebSocket-Protocol: one, two", "Accept-Language: eo", "X-Forwarded-For: 203.0.113.9", "Keep-Alive: 5", "TE: trailers",
          ]))
      let program = try #require(await listener.accept())
      let request = try await program.receive(upTo: "\r\n\r\n")
      let lines = request.lowercased().split(separator: "\r\n").map(String.init)
      #expect(lines[0] == "get /ws?a=b%20c http/1.1")
      for line in [
        "host: 127.0.0.1:\(listener.port)", "upgrade: websocket", "connection: upgrade", "sec-websocket-version: 13",
        "sec-websocket-protocol: one, two", "accept-language: eo", "x-forwarded-for: 203.0.113.9, 127.0.0.1",
        "x-forwarded-host: server.example", "x-forwarded-proto: http",
      ] {
        #expect(lines.count { $0 == line } == 1, "\(line) in \(request)")
      }
      for name in ["cookie", "authorization", "origin", "sec-websocket-extensions", "keep-alive", "te"] {
        #expect(!lines.contains { $0.hasPrefix("\(name):") }, "\(name) in \(request)")
      }
      #expect(!request.contains("dGhlIHNhbXBsZSBub25jZQ=="), "the relay has a key of its own")
      try await program.send(Peer.answer(to: request, ["Sec-WebSocket-Protocol: two"]))
      let response = try await page.response()
      #expect(response.status == 101)
      #expect(response.header("sec-websocket-protocol") == "two")
      #expect(response.header("sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
      #expect(response.header("sec-websocket-extensions") == nil)
    }
  }

  @Test func whatComesBehindEitherHandshakeIsKept() async throws {
    let listener = try await RawListener()
    try await RelayFixture.run(to: listener.port) { fixture in
      let connection = try await RawConnection(port: fixture.port)
      try await connection.send(Array(Peer.handshake().utf8) + pageFrame(1, Array("early".utf8)))
      let accepted = try #require(await listener.accept())
      let request = try await accepted.receive(upTo: "\r\n\r\n")
      try await connection.send(pageFrame(1, Array("bird".utf8)))
      try await accepted.send(Array(Peer.answer(to: request).utf8) + programFrame(1, Array("first".utf8)) + programFrame(2, [1])[..<2])
      try await accepted.send([1])
      #expect(try await connection.response().status == 101)
      let (page, program) = (Peer(connection: connection, isPage: true), Peer(connection: accepted, isPage: false))
      #expect(try await program.next() == Frame(1, Array("early".utf8)))
      #expect(try await program.next() == Frame(1, Array("bird".utf8)))
      #expect(try await page.next() == Frame(1, Array("first".utf8)))
      #expect(try await page.next() == Frame(2, [1]))
    }
  }

  @Test func aProgramThatEndsRightBehindItsHandshakeIsHeard() async throws {
    let listener = try await RawListener()
    try await RelayFixture.run(to: listener.port) { fixture in
      let connection = try await RawConnection(port: fixture.port)
      try await connection.send(Peer.handshake())
      let program = try #require(await listener.accept())
      let request = try await program.receive(upTo: "\r\n\r\n")
      try await program.send(Array(Peer.answer(to: request).utf8) + programFrame(1, [65]) + programFrame(8, closing(4001, "bye")))
      try await program.closeOutput()
      #expect(try await connection.response().status == 101)
      let page = Peer(connection: connection, isPage: true)
      let message = try await page.next()
      #expect(message == Frame(1, [65]))
      let close = try await page.next()
      #expect(close == Frame(8, closing(4001, "bye")))
    }
  }

  @Test func messagesOfAllSizesComeBack() async throws {
    try await RelayFixture.echo { echo in
      try await RelayFixture.run(to: echo) { fixture in
        let page = try await fixture.open("/ws", ["Sec-WebSocket-Protocol: other, echo.v1"])
        for size in [0, 1, 125, 126, 65_535, 65_536, (4 << 20) + 1, 20 << 20] {
          let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
          let sending = Task { try await page.send(2, payload) }
          var received: [UInt8] = []
          var isFirst = true
          while true {
            let frame = try await page.next()
            #expect(frame.opcode == (isFirst ? 2 : 0))
            isFirst = false
            received += frame.payload
            if frame.isFinal { break }
          }
          #expect(received == payload, "\(size)")
          try await sending.value
        }
      }
    }
  }

  @Test func manyMessagesInFlightKeepTheirOrder() async throws {
    try await RelayFixture.echo { echo in
      try await RelayFixture.run(to: echo) { fixture in
        let page = try await fixture.open()
        let frames = (0..<2_000).map { Frame($0 % 2 == 0 ? 1 : 2, Array("message \($0) \(String(repeating: "x", count: $0 % 700))".utf8)) }
        try await page.connection.send(frames.flatMap { pageFrame($0.opcode, $0.payload) })
        for frame in frames { #expect(try await page.next() == frame) }
      }
    }
  }

  // MARK: Limits

  @Test func aMessageOverTheLimitEndsTheSocketBeforeItPasses() async throws {
    for isPageFirst in [true, false] {
      let listener = try await RawListener()
      try await RelayFixture.run(to: listener.port, change: { $0.maximumMessageSize = .init(bytes: 1_000) }) { fixture in
        let (page, program) = try await fixture.open(listener)
        let (first, second) = isPageFirst ? (page, program) : (program, page)
        try await first.send(2, Array(repeating: 1, count: 1_000))
        #expect(try await second.next().payload.count == 1_000)
        try await first.send(2, Array(repeating: 1, count: 600), isFinal: false)
        #expect(try await second.next().payload.count == 600)
        try await first.send(0, Array(repeating: 1, count: 401))
        #expect(try await first.next().payload.starts(with: closing(1009)))
        #expect(try await second.next().payload.starts(with: closing(isPageFirst ? 1001 : 1009)))
      }
    }
  }

  @Test func framesThatBreakTheProtocolDoNotPass() async throws {
    for isPageFirst in [true, false] {
      for bytes in [[0xC1, 0x80, 0, 0, 0, 0], [0x83, 0x80, 0, 0, 0, 0], [0x80, 0x80, 0, 0, 0, 0], [0x81, 0x00]] as [[UInt8]] {
        let listener = try await RawListener()
        try await RelayFixture.run(to: listener.port) { fixture in
          let (page, program) = try await fixture.open(listener)
          let (first, second) = isPageFirst ? (page, program) : (program, page)
          // A mask is wrong of a program, and its lack of a page.
          let sent = bytes.count > 2 ? (isPageFirst ? bytes : [bytes[0], 0]) : (isPageFirst ? bytes : [0x81, 0x80, 0, 0, 0, 0])
          try await first.connection.send(frame(1, [65], key: isPageFirst ? [1, 2, 3, 4] : nil) + sent)
          #expect(try await second.next() == Frame(1, [65]))
          #expect(try await first.next().payload.starts(with: closing(1002)))
          #expect(try await second.next().payload.starts(with: closing(isPageFirst ? 1001 : 1014)))
        }
      }
    }
  }

  // MARK: Refusals

  @Test func aProgramThatRefusesIsABadGateway() async throws {
    let listener = try await RawListener()
    try await RelayFixture.run(to: listener.port) { fixture in
      for answer in [
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
        "nonsense\r\n\r\n", "",
        "protocol", "extension",
      ] {
        let page = try await RawConnection(port: fixture.port)
        try await page.send(Peer.handshake("/ws", ["Sec-WebSocket-Protocol: one"]))
        let program = try #require(await listener.accept())
        let request = try await program.receive(upTo: "\r\n\r\n")
        switch answer {
        case "protocol": try await program.send(Peer.answer(to: request, ["Sec-WebSocket-Protocol: two"]))
        case "extension": try await program.send(Peer.answer(to: request, ["Sec-WebSocket-Extensions: permessage-deflate"]))
        default: try await program.send(answer)
        }
        if answer.isEmpty { await program.close() }
        let response = try await page.response()
        #expect(response.status == 502, "\(answer)")
        #expect(response.body.contains("\"code\":\"bad_gateway\""))
        #expect(try await program.receiveToEnd() == "")
        #expect(fixture.target.socketCount == 0)
      }
      await listener.close()
      #expect(try await RawConnection(port: fixture.port).upgrade().status == 502)
      #expect(fixture.target.socketCount == 0)
    }
  }

  @Test func aProgramThatIsSilentIsTimedOut() async throws {
    let listener = try await RawListener()
    try await RelayFixture.run(to: listener.port, change: { $0.connectTimeout = .milliseconds(1) }) { fixture in
      let response = try await RawConnection(port: fixture.port).upgrade()
      #expect(response.status == 504 || response.status == 502, "the connection itself may take too long too")
      #expect(fixture.target.socketCount == 0)
    }
  }

  @Test func aPlainRequestAndAForeignPageAreRefusedWithoutAskingTheProgram() async throws {
    try await RelayFixture.run(to: 1) { fixture in
      let plain = try await RawConnection(port: fixture.port).get("/ws")
      #expect(plain.status == 426)
      let foreign = try await RawConnection(port: fixture.port).upgrade("Origin: http://evil.example")
      #expect(foreign.status == 403)
    }
  }

  @Test func aPageThatGoesBeforeTheProgramAnswersLeavesNothing() async throws {
    let listener = try await RawListener()
    try await RelayFixture.run(to: listener.port) { fixture in
      let page = try await RawConnection(port: fixture.port)
      try await page.send(Peer.handshake())
      let program = try #require(await listener.accept())
      let request = try await program.receive(upTo: "\r\n\r\n")
      await page.close()
      try await program.send(Peer.answer(to: request))
      _ = try await program.receiveToEnd()
      await program.close()
      await fixture.target.isLeft()
      #expect(fixture.sockets.openCount == 0)
    }
  }

  // MARK: Pings

  @Test func aSilentPageIsPingedAndItsPongIsTheRelaysOwn() async throws {
    let listener = try await RawListener()
    try await RelayFixture.run(to: listener.port, change: { $0.pingInterval = .milliseconds(1) }) { fixture in
      let (page, program) = try await fixture.open(listener)
      let ping = try await page.next()
      #expect(ping.opcode == 9)
      try await page.send(10, ping.payload)
      try await page.send(10, Array("unasked".utf8))
      #expect(try await program.next() == Frame(10, Array("unasked".utf8)))
    }
  }

  @Test func aPageThatDoesNotAnswerIsGivenUp() async throws {
    let listener = try await RawListener()
    let change: (inout RelayConfiguration) -> Void = { ($0.pingInterval, $0.pingTimeout) = (.milliseconds(1), .milliseconds(1)) }
    try await RelayFixture.run(to: listener.port, change: change) { fixture in
      let (page, program) = try await fixture.open(listener)
      #expect(try await page.next().opcode == 9)
      #expect(try await page.next().payload.starts(with: closing(4408)))
      #expect(try await program.next().payload.starts(with: closing(1001)))
    }
  }
}
