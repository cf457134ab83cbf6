import Hummingbird
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import TangorCore
import TangorTesting
import Testing

@testable import TangorServing

/// Connections that own little until a request needs more: what they own, and how they end.
@Suite(.timeLimit(.minutes(1))) struct HTTPChannelTests {
  /// Answers `/quick` with what its connection's pipeline has, `/large` with much, and parks `/park`.
  private final class Responder: QuickResponder {
    final class Wait: QuickWait {
      var connection: (any ParkedConnection)?
      let begun: Signal

      init(_ begun: Signal) { self.begun = begun }

      func begin(_ connection: any ParkedConnection) -> QuickAnswer? {
        self.connection = connection
        begun.fire()
        return nil
      }

      func abandon() { connection = nil }
    }

    let parked = Signal()
    private let wait = NIOLockedValueBox<NIOLoopBound<Wait>?>(nil)

    func answer(_ request: QuickRequest) -> QuickAnswer? {
      switch request.path {
      case "/quick": return .document(QuickDocument(body: ByteBuffer(string: HTTPChannelTests.pipeline(request.channel))))
      case "/large": return .document(QuickDocument(body: ByteBuffer(repeating: 0x61, count: 32 << 20)))
      case "/park":
        let wait = Wait(parked)
        self.wait.withLockedValue { $0 = NIOLoopBound(wait, eventLoop: request.channel.eventLoop) }
        return .later(wait)
      default: return nil
      }
    }

    func answerParked(_ text: String) {
      guard let wait = wait.withLockedValue({ $0 }) else { return }
      wait.eventLoop.execute { wait.value.connection?.answer(.document(QuickDocument(body: ByteBuffer(string: text)))) }
    }
  }

  /// What of the router's way is there.
  private static func pipeline(_ channel: any Channel) -> String {
    let pipeline = channel.pipeline.syncOperations
    var names = [""]
    if (try? pipeline.handler(type: HTTPResponseEncoder.self)) != nil { names.append("encoder") }
    if (try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self)) != nil { names.append("codec") }
    if (try? pipeline.handler(type: WriteTimeoutHandler.self)) != nil { names.append("timeout") }
    return names.joined(separator: " ")
  }

  private static func serve(
    _ responder: Responder = Responder(), hold: Signal = Signal(), begun: Signal = Signal(),
    change: (inout ServingConfiguration) -> Void = { _ in }, _ body: @Sendable @escaping (TestServer) async throws -> Void
  ) async throws {
    try await TestServer.run(
      quick: responder, change: change,
      routes: { router, _ in
        router.get("/hello") { _, _ in "hello" }
        router.get("/held") { _, _ in
          begun.fire()
          await hold.wait()
          return "held"
        }
        router.get("/parts") { _, _ in
          Response(
            status: .ok,
            body: .init { writer in
              try await writer.write(ByteBuffer(string: "one"))
              begun.fire()
              await hold.wait()
              try await writer.write(ByteBuffer(string: "two"))
              try await writer.finish(nil)
            })
        }
      }, body)
  }

  private static let request = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test func theWayToTheRouterComesWithTheFirstRequestThatNeedsIt() async throws {
    try await Self.serve { server in
      let client = try await RawConnection(port: server.port)
      for _ in 0..<2 { #expect(try await client.get("/quick").body == "") }
      #expect(try await client.get("/hello").body == "hello")
      for _ in 0..<2 { #expect(try await client.get("/quick").body == " encoder codec timeout") }
      // Quick ones, one for the router and what comes behind it, in one packet.
      let other = try await RawConnection(port: server.port)
      let quick = Self.request.replacing("/hello", with: "/quick")
      try await other.send(quick + Self.request + Self.request + quick)
      var bodies: [String] = []
      for _ in 0..<3 { bodies.append(try await other.response().body) }
      #expect(bodies == ["", "hello", "hello"])
      _ = try await other.response()
      #expect(server.connections.openCount == 2)
    }
  }

  // MARK: Shutdown

  @Test func shutdownClosesIdleConnections() async throws {
    try await Self.serve { server in
      let (fresh, quick, routed) = (
        try await RawConnection(port: server.port), try await RawConnection(port: server.port), try await RawConnection(port: server.port)
      )
      _ = try await quick.get("/quick")
      _ = try await routed.get("/hello")
      while server.connections.openCount < 3 { await Task.yield() }
      await server.shutDown()
      for client in [fresh, quick, routed] { #expect(try await client.receiveToEnd() == "") }
      while server.connections.openCount > 0 { await Task.yield() }
    }
  }

  @Test func aRequestUnderWayIsAnsweredDuringShutdown() async throws {
    let (hold, begun) = (Signal(), Signal())
    try await Self.serve(hold: hold, begun: begun) { server in
      let client = try await RawConnection(port: server.port)
      let streaming = try await RawConnection(port: server.port)
      let idle = try await RawConnection(port: server.port)
      try await client.send(Self.request.replacing("/hello", with: "/held"))
      try await streaming.send(Self.request.replacing("/hello", with: "/parts"))
      await begun.wait()
      await begun.wait()
      while server.connections.openCount < 3 { await Task.yield() }
      await server.shutDown()
      #expect(try await idle.receiveToEnd() == "", "the shutdown has come to the connections")
      while server.connections.openCount != 2 { await Task.yield() }
      hold.fire()
      hold.fire()
      let response = try await client.response()
      #expect(response.body == "held")
      #expect(try await client.receiveToEnd() == "", "and then the connection is closed")
      #expect(try await streaming.response().body == "onetwo")
      #expect(try await streaming.receiveToEnd() == "")
    }
  }

  @Test(arguments: [false, true]) func aParkedRequestIsAnsweredDuringShutdown(isUsed: Bool) async throws {
    let responder = Responder()
    try await Self.serve(responder) { server in
      let (client, idle) = (try await RawConnection(port: server.port), try await RawConnection(port: server.port))
      if isUsed { _ = try await client.get("/hello") }
      try await client.send(Self.request.replacing("/hello", with: "/park"))
      await responder.parked.wait()
      responder.answerParked("before")
      #expect(try await client.response().body == "before")
      try await client.send(Self.request.replacing("/hello", with: "/park"))
      await responder.parked.wait()
      await server.shutDown()
      #expect(try await idle.receiveToEnd() == "")
      responder.answerParked("now")
      #expect(try await client.response().body == "now")
      #expect(try await client.receiveToEnd() == "")
    }
  }

  // MARK: Clients that end

  @Test func aConnectionWithoutATaskEndsWithItsClientsSide() async throws {
    try await Self.serve { server in
      let fresh = try await RawConnection(port: server.port)
      try await fresh.closeOutput()
      #expect(try await fresh.receiveToEnd() == "")
      let quick = try await RawConnection(port: server.port)
      try await quick.send(Self.request.replacing("/hello", with: "/large"))
      try await quick.closeOutput()
      let answer = try await quick.receiveToEnd()
      #expect(answer.utf8.count > 32 << 20, "what was asked for is there, the whole of it")
      let routed = try await RawConnection(port: server.port)
      try await routed.send(Self.request)
      try await routed.closeOutput()
      #expect(try await routed.receiveToEnd().hasSuffix("hello"))
      while server.connections.openCount > 0 { await Task.yield() }
    }
  }

  @Test func whoDoesNotTakeAQuickAnswerIsCutOff() async throws {
    try await Self.serve(change: { $0.writeTimeout = .milliseconds(100) }) { server in
      let client = try await RawConnection(port: server.port, takesBytes: false)
      try await client.send(Self.request.replacing("/hello", with: "/large"))
      await client.gone()
      while server.connections.openCount > 0 { await Task.yield() }
    }
  }

  @Test func connectionsOverTheLimitWait() async throws {
    try await Self.serve(change: { $0.maximumConnections = 2 }) { server in
      let (one, two) = (try await RawConnection(port: server.port), try await RawConnection(port: server.port))
      while server.connections.openCount < 2 { await Task.yield() }
      let third = try await RawConnection(port: server.port)
      try await third.send(Self.request)
      for _ in 0..<10 { #expect(try await two.get("/hello").body == "hello") }
      #expect(server.connections.openCount == 2)
      await one.close()
      #expect(try await third.response().body == "hello")
    }
  }

  // MARK: Tasks

  @Test func cancellingEndsTheTasks() async {
    let connections = HTTPConnections()
    let (begun, ended) = (Signal(), Signal())
    #expect(connections.enter() == .welcome)
    connections.start {
      begun.fire()
      // Nobody fires it: it is the cancellation that ends the wait.
      await Signal().wait()
      connections.leave()
      ended.fire()
    }
    let running = Task { await connections.run() }
    await begun.wait()
    running.cancel()
    await running.value
    #expect(ended.waitingCount == 1 && connections.openCount == 0)
    #expect(connections.enter() == .refused)
  }
}
