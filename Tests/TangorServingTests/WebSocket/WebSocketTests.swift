import Hummingbird
import NIOConcurrencyHelpers
import TangorCore
import TangorTesting
import Testing

@testable import TangorServing

/// Sockets as an application's own endpoints see them.
@Suite(.timeLimit(.minutes(1))) struct WebSocketTests {
  private struct Broken: Error {}

  private func serve(
    bufferSize: ByteSize = .mebibytes(1), _ endpoint: @escaping @Sendable (WebSocket) async throws -> Void,
    _ body: @escaping @Sendable (TestServer) async throws -> Void
  ) async throws {
    var configuration = WebSocketConfiguration()
    configuration.bufferSize = bufferSize
    configuration.compression.isEnabled = false
    try await TestServer.run(
      routes: { router, sockets in
        let upgrade = WebSocketUpgrade(configuration: configuration, sockets: sockets)
        router.get("/echo") { request, context in
          try await upgrade.response(
            to: request, channel: context.channel, client: context.client, parameters: [:], logger: context.logger, perform: endpoint)
        }
      }, body)
  }

  @Test func messagesComeInTheirOrder() async throws {
    try await serve { socket in
      for await message in socket.messages { try await socket.send(message) }
    } _: { server in
      let client = try await SocketClient.open(port: server.port)
      try await client.connection.send((1...300).flatMap { clientFrame(1, Array("\($0)".utf8)) })
      for number in 1...300 { #expect(try await client.next() == "\(number)") }
    }
  }

  @Test func messagesThatWereNotTakenAreReadLater() async throws {
    let release = Signal()
    try await serve { socket in
      await release.wait()
      var texts: [String] = []
      for await message in socket.messages {
        if case .text(let text) = message { texts.append(text) }
        if texts.count == 1_000 { try await socket.send(.text("\(texts.first ?? "") to \(texts.last ?? "")")) }
      }
    } _: { server in
      let client = try await SocketClient.open(port: server.port)
      try await client.connection.send((1...1_000).flatMap { clientFrame(1, Array("\($0)".utf8)) })
      release.fire()
      #expect(try await client.next() == "1 to 1000")
    }
  }

  @Test func aSenderWaitsForASlowReader() async throws {
    let sent = NIOLockedValueBox(0)
    let count = 2_000
    try await serve(bufferSize: .kibibytes(64)) { socket in
      for _ in 0..<count {
        try await socket.send(.binary([UInt8](repeating: 7, count: 65_536)))
        sent.withLockedValue { $0 += 1 }
      }
    } _: { server in
      let client = try await SocketClient.open(port: server.port)
      // The client takes everything and is told all of it, whoever had to wait for whom.
      for _ in 0..<count { #expect(try await client.next().utf8.count == 65_536) }
      #expect(try await client.next() == "close 1000")
    }
    #expect(sent.withLockedValue { $0 } == count)
  }

  @Test func returningClosesWith1000() async throws {
    try await serve { socket in
      try await socket.send(.text("bye"))
    } _: { server in
      let client = try await SocketClient.open(port: server.port)
      #expect(try await client.next() == "bye")
      #expect(try await client.next() == "close 1000")
    }
  }

  @Test func throwingClosesWith1011AndTellsNoMore() async throws {
    try await serve { _ in
      throw Broken()
    } _: { server in
      let client = try await SocketClient.open(port: server.port)
      #expect(try await client.next() == "close 1011 the endpoint failed")
    }
  }

  @Test func anEndpointMayCloseForItsOwnReason() async throws {
    try await serve { socket in
      socket.close(WebSocketCloseCode(rawValue: 4500), reason: "not you")
      for await _ in socket.messages {}
    } _: { server in
      let client = try await SocketClient.open(port: server.port)
      #expect(try await client.next() == "close 4500 not you")
    }
  }

  @Test func theEndpointsTaskIsCancelledWhenTheSocketGoes() async throws {
    let (begun, cancelled) = (Signal(), Signal())
    try await serve { socket in
      begun.fire()
      await Signal().wait()
      #expect(Task.isCancelled)
      #expect(socket.closeCode == .abnormal)
      await #expect(throws: CancellationError.self) { try await socket.send(.text("too late")) }
      cancelled.fire()
    } _: { server in
      let client = try await SocketClient.open(port: server.port)
      await begun.wait()
      try await client.connection.abort()
      await cancelled.wait()
    }
  }

  @Test func theMessagesEndWithTheSocket() async throws {
    let ended = Signal()
    try await serve { socket in
      for await _ in socket.messages {}
      #expect(socket.closeCode == .normal)
      ended.fire()
    } _: { server in
      let client = try await SocketClient.open(port: server.port)
      try await client.connection.send(clientFrame(8, [0x03, 0xE8]))
      #expect(try await client.next() == "close 1000")
      await client.connection.close()
      await ended.wait()
    }
  }
}
