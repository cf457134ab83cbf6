import TangorCore
import TangorServing
import TangorTesting
import Testing

@testable import TangorPrograms

/// How relayed sockets come to their ends.
@Suite(.timeLimit(.minutes(1))) struct RelayClosingTests {
  typealias Frame = Peer.Frame

  @Test(arguments: [closing(1000), closing(1001, "away"), closing(3000, "äöü"), closing(4999, String(repeating: "r", count: 123)), []])
  func aCloseFramePassesWithItsReasonAndSoDoesTheAnswer(payload: [UInt8]) async throws {
    for isPageFirst in [true, false] {
      let listener = try await RawListener()
      try await RelayFixture.run(to: listener.port) { fixture in
        let (page, program) = try await fixture.open(listener)
        let (first, second) = isPageFirst ? (page, program) : (program, page)
        try await first.send(8, payload)
        #expect(try await second.next() == Frame(8, payload))
        try await second.send(8, Array(payload.prefix(2)))
        #expect(try await first.next() == Frame(8, Array(payload.prefix(2))))
        #expect(try await page.connection.receiveToEnd() == "")
        #expect(try await program.connection.receiveToEnd() == "")
        try await page.connection.closeOutput()
        try await program.connection.closeOutput()
        await fixture.target.isLeft()
        #expect(fixture.sockets.openCount == 0)
      }
    }
  }

  @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535])
  func codesThatMayNotTravelDoNot(code: UInt16) async throws {
    for isPageFirst in [true, false] {
      let listener = try await RawListener()
      try await RelayFixture.run(to: listener.port) { fixture in
        let (page, program) = try await fixture.open(listener)
        let (first, second) = isPageFirst ? (page, program) : (program, page)
        try await first.send(8, closing(code))
        #expect(try await first.next().payload.starts(with: closing(1002)))
        #expect(try await second.next().payload.starts(with: closing(isPageFirst ? 1001 : 1014)))
      }
    }
  }

  @Test func aProgramThatIsLostIsABadGateway() async throws {
    let listener = try await RawListener()
    try await RelayFixture.run(to: listener.port, change: { $0.settleTime = .milliseconds(1) }) { fixture in
      for isReset in [false, true] {
        let (page, program) = try await fixture.open(listener)
        try await program.send("last")
        #expect(try await page.next() == Frame(1, Array("last".utf8)))
        if isReset { try await program.connection.abort() } else { await program.connection.close() }
        #expect(try await page.next().payload.starts(with: closing(1014)))
        try await page.send(8, closing(1014))
        #expect(try await page.connection.receiveToEnd() == "")
      }
    }
  }

  @Test(arguments: [true, false]) func aProgramsEndIsToldWithItsReason(isDroppedFirst: Bool) async throws {
    let listener = try await RawListener()
    try await RelayFixture.run(to: listener.port, change: { $0.settleTime = .seconds(30) }) { fixture in
      let (page, program) = try await fixture.open(listener)
      let target = fixture.target
      if isDroppedFirst {
        await program.connection.close()
        target.end(.init(rawValue: 4511), "crashed")
      } else {
        target.end(.init(rawValue: 4511), "crashed")
        try await program.send("last words")
        await program.connection.close()
        #expect(try await page.next() == Frame(1, Array("last words".utf8)))
      }
      #expect(try await page.next() == Frame(8, closing(4511, "crashed")))
      try await page.send(8, closing(4511))
      #expect(try await page.connection.receiveToEnd() == "")
      await page.connection.close()
      await target.isLeft()
      #expect(try await RawConnection(port: fixture.port).upgrade().status == 502)
    }
  }

  @Test func aProgramThatIsToEndAndStaysIsLeft() async throws {
    let listener = try await RawListener()
    try await RelayFixture.run(to: listener.port, change: { $0.settleTime = .milliseconds(1) }) { fixture in
      let (page, program) = try await fixture.open(listener)
      fixture.target.end(.init(rawValue: 4504), String(repeating: "é", count: 100))
      #expect(try await page.next() == Frame(8, closing(4504, String(repeating: "é", count: 61))))
      #expect(try await program.next().payload.starts(with: closing(1001)))
    }
  }

  @Test func aProgramThatEndsWithinAFrameEndsThePage() async throws {
    let listener = try await RawListener()
    try await RelayFixture.run(to: listener.port, change: { $0.settleTime = .milliseconds(1) }) { fixture in
      let (page, program) = try await fixture.open(listener)
      try await program.connection.send(Array(programFrame(1, Array("hello world".utf8)).dropLast(5)))
      #expect(try await page.connection.receive(count: 8) == [0x81, 11] + Array("hello ".utf8))
      fixture.target.end(.init(rawValue: 4511), "crashed")
      await program.connection.close()
      #expect(try await page.connection.receiveToEnd() == "", "no close frame in the middle of a message")
      await fixture.target.isLeft()
    }
  }

  @Test(arguments: [true, false]) func aPageThatIsGoneIsTold(isReset: Bool) async throws {
    let listener = try await RawListener()
    try await RelayFixture.run(to: listener.port) { fixture in
      let (page, program) = try await fixture.open(listener)
      try await page.send("hello")
      #expect(try await program.next() == Frame(1, Array("hello".utf8)))
      if isReset { try await page.connection.abort() } else { await page.connection.close() }
      #expect(try await program.next() == Frame(8, closing(1001, "the page has gone")))
      try await program.send(8, closing(1001))
      #expect(try await program.connection.receiveToEnd() == "")
      await program.connection.close()
      await fixture.target.isLeft()
    }
  }

  @Test func aPageThatGoesWithinAFrameEndsTheProgramsConnection() async throws {
    let listener = try await RawListener()
    try await RelayFixture.run(to: listener.port) { fixture in
      let (page, program) = try await fixture.open(listener)
      let frame = pageFrame(1, Array("hello world".utf8))
      try await page.connection.send(Array(frame.dropLast(5)))
      #expect(try await program.connection.receive(count: frame.count - 5) == Array(frame.dropLast(5)))
      await page.connection.close()
      #expect(try await program.connection.receiveToEnd() == "")
      await fixture.target.isLeft()
    }
  }

  @Test func theServersEndReachesBothAndWaitsForTheEndOfAFrame() async throws {
    let listener = try await RawListener()
    try await RelayFixture.run(to: listener.port) { fixture in
      let (page, program) = try await fixture.open(listener)
      let message = programFrame(1, Array("hello world".utf8))
      try await program.connection.send(Array(message.prefix(4)))
      #expect(try await page.connection.receive(count: 4) == Array(message.prefix(4)))
      let shutdown = Task { await fixture.sockets.shutdown() }
      #expect(try await program.next().payload.starts(with: closing(1001)))
      try await program.connection.send(Array(message.dropFirst(4)) + programFrame(1, [66]))
      #expect(try await page.connection.receive(count: message.count - 4) == Array(message.dropFirst(4)))
      #expect(try await page.next() == Frame(8, closing(1001, "the server is going down")))
      await page.connection.close()
      await program.connection.close()
      await shutdown.value
    }
  }

  @Test func whoDoesNotCloseIsCutOff() async throws {
    let listener = try await RawListener()
    try await RelayFixture.run(to: listener.port, change: { $0.closeTimeout = .milliseconds(1) }) { fixture in
      let (page, program) = try await fixture.open(listener)
      try await page.send(8, closing(1000))
      #expect(try await program.next() == Frame(8, closing(1000)))
      #expect(try await page.next() == Frame(8, closing(1000)), "the program does not answer")
      #expect(try await program.connection.receiveToEnd() == "")
      #expect(try await page.connection.receiveToEnd() == "")
      await fixture.target.isLeft()
    }
  }
}
