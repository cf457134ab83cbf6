import Foundation
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import NIOSSL
import TangorCore
import TangorTesting
import Testing

@testable import TangorServing

/// Handshakes over real connections: the handlers of HTTP leave the pipeline while it carries bytes.
@Suite(.timeLimit(.minutes(1))) struct WebSocketUpgradeTests {
  private static func echo(_ configuration: WebSocketConfiguration = .init()) -> (Router<TangorRequestContext>, WebSocketRegistry) -> Void {
    { router, sockets in
      let upgrade = WebSocketUpgrade(configuration: configuration, sockets: sockets)
      router.methods(at: "/echo", [(.get, { try await upgrade.response(to: $0, channel: $1.channel) { _ in WebSocketEcho() } })])
      router.get("/hello") { _, _ in "hello" }
      router.get("/pipeline") { _, context in
        let names = context.channel.eventLoop.submit { () -> [String] in
          let pipeline = context.channel.pipeline.syncOperations
          var missing: [String] = []
          if (try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)) == nil { missing.append("HTTPRequestDecoder") }
          if (try? pipeline.handler(type: HTTPResponseEncoder.self)) == nil { missing.append("HTTPResponseEncoder") }
          if (try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self)) == nil { missing.append("HTTP1ToHTTPServerCodec") }
          if (try? pipeline.handler(type: HTTPConnectionHandler.self)) == nil { missing.append("HTTPConnectionHandler") }
          return missing
        }
        return try await names.get().joined(separator: " ")
      }
    }
  }

  /// What `WebSocketUpgrade.handOver` takes out of the pipeline must be there under these types.
  @Test func thePipelineIsTheOneThatTheUpgradeKnows() async throws {
    try await TestServer.run(routes: Self.echo()) { server in
      let missing = try await RawConnection(port: server.port).get("/pipeline").body
      #expect(
        missing == "", "HTTPChannel builds the pipeline without \(missing): WebSocketUpgrade.handOver must follow")
    }
  }

  @Test func aFrameInThePacketOfTheHandshakeIsNotLost() async throws {
    try await TestServer.run(routes: Self.echo()) { server in
      let client = try await SocketClient(port: server.port)
      try await client.connection.send(
        Array(SocketClient.handshake().utf8) + clientFrame(1, Array("early".utf8)) + clientFrame(1, Array("bird".utf8)))
      let response = try await client.connection.response()
      #expect(response.status == 101)
      #expect(response.header("upgrade") == "websocket")
      #expect(response.header("connection") == "upgrade")
      #expect(response.header("sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "the example of RFC 6455")
      #expect(response.header("sec-websocket-protocol") == nil && response.header("sec-websocket-extensions") == nil)
      #expect(response.header("transfer-encoding") == nil && response.header("content-length") == nil)
      #expect(try await client.next() == "early")
      #expect(try await client.next() == "bird")
      try await client.send("later")
      #expect(try await client.next() == "later")
      try await client.connection.send(clientFrame(8, [0x03, 0xE8]))
      #expect(try await client.next() == "close 1000")
      #expect(try await client.connection.receiveToEnd() == "")
    }
  }

  @Test func aConnectionThatWasUsedCanBeUpgraded() async throws {
    try await TestServer.run(routes: Self.echo()) { server in
      let client = try await SocketClient(port: server.port)
      #expect(try await client.connection.get("/hello").body == "hello")
      try await client.connection.send(SocketClient.handshake())
      #expect(try await client.connection.response().status == 101)
      try await client.send("hi")
      #expect(try await client.next() == "hi")
      #expect(server.sockets.openCount == 1)
    }
  }

  @Test(arguments: [
    ([("Sec-WebSocket-Version", "8")], 426, "upgrade_required"), ([("Sec-WebSocket-Version", "")], 426, "upgrade_required"),
    ([("Upgrade", "")], 426, "upgrade_required"),
    ([("Sec-WebSocket-Key", "")], 400, "invalid_request"), ([("Origin", "http://evil.example")], 403, "origin_refused"),
    ([("Origin", "null")], 403, "origin_refused"),
  ])
  func refusesWithAProblem(changes: [(String, String)], status: Int, code: String) async throws {
    try await TestServer.run(routes: Self.echo()) { server in
      let client = try await SocketClient(port: server.port)
      try await client.connection.send(SocketClient.handshake("/echo", changes))
      let response = try await client.connection.response()
      #expect(response.status == status)
      #expect(response.body.contains("\"code\":\"\(code)\""))
      if status == 426 { #expect(response.header("sec-websocket-version") == "13") }
      if changes[0].0 == "Upgrade" { return }
      // HTTP's parser stops behind a request for an upgrade, so a client that went on would wait for ever.
      #expect(response.header("connection") == "close")
      #expect(try await client.connection.receiveToEnd() == "")
    }
  }

  @Test(arguments: ["http://server.example", "https://server.example", "https://page.example"])
  func takesItsOwnOriginAndThoseAllowed(origin: String) async throws {
    var configuration = WebSocketConfiguration()
    configuration.origins = ["https://page.example"]
    try await TestServer.run(routes: Self.echo(configuration)) { server in
      _ = try await SocketClient.open(port: server.port, "/echo", [("Origin", origin)])
    }
  }

  @Test func choosesASubprotocolByItsOwnPreference() async throws {
    var configuration = WebSocketConfiguration()
    configuration.subprotocols = ["b.v2", "b.v1"]
    try await TestServer.run(routes: Self.echo(configuration)) { server in
      for (offer, chosen) in [("a, b.v1 ,b.v2", "b.v2"), ("b.v1", "b.v1"), ("c", nil)] {
        let connection = try await RawConnection(port: server.port)
        try await connection.send(SocketClient.handshake("/echo", [("Sec-WebSocket-Protocol", offer)]))
        let response = try await connection.response()
        #expect(response.status == 101)
        #expect(response.header("sec-websocket-protocol") == chosen)
      }
    }
  }

  @Test func negotiatesCompression() async throws {
    try await TestServer.run(routes: Self.echo()) { server in
      let connection = try await RawConnection(port: server.port)
      try await connection.send(
        SocketClient.handshake("/echo", [("Sec-WebSocket-Extensions", "x-other, permessage-deflate; client_max_window_bits")]))
      #expect(try await connection.response().header("sec-websocket-extensions")?.hasPrefix("permessage-deflate") == true)
    }
    var configuration = WebSocketConfiguration()
    configuration.compression.isEnabled = false
    try await TestServer.run(routes: Self.echo(configuration)) { server in
      let connection = try await RawConnection(port: server.port)
      try await connection.send(SocketClient.handshake("/echo", [("Sec-WebSocket-Extensions", "permessage-deflate")]))
      #expect(try await connection.response().header("sec-websocket-extensions") == nil)
    }
  }

  @Test func overTLS() async throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures").standardized
    let certificates = try NIOSSLCertificate.fromPEMFile(folder.appending(path: "localhost.pem").path)
    let key = try NIOSSLPrivateKey(file: folder.appending(path: "localhost.key").path, format: .pem)
    let tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
    var trusting = TLSConfiguration.makeClientConfiguration()
    trusting.certificateVerification = .none
    let client = try NIOSSLContext(configuration: trusting)
    try await TestServer.run(tls: tls, routes: Self.echo()) { server in
      let socket = try await SocketClient(port: server.port, tls: client)
      #expect(try await socket.connection.get("/hello").body == "hello")
      try await socket.connection.send(Array(SocketClient.handshake().utf8) + clientFrame(1, Array("early".utf8)))
      #expect(try await socket.connection.response().status == 101)
      #expect(try await socket.next() == "early")
      try await socket.connection.send(clientFrame(8, [0x03, 0xE8]))
      #expect(try await socket.next() == "close 1000")
      #expect(try await socket.connection.receiveToEnd() == "")
    }
  }

  @Test func shutdownSaysThatTheServerGoesAway() async throws {
    try await TestServer.run(routes: Self.echo()) { server in
      let client = try await SocketClient.open(port: server.port)
      try await client.send("hi")
      #expect(try await client.next() == "hi")
      await server.shutDown()
      #expect(try await client.next() == "close 1001 the server is going down")
      try await client.connection.send(clientFrame(8, [0x03, 0xE9]))
      #expect(try await client.connection.receiveToEnd() == "")
    }
  }
}
