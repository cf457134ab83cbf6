import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import TangorCore
import TangorTesting
import Testing

@testable import TangorPrograms
@testable import TangorServing

/// A server whose requests are all relayed to one program.
struct RelayFixture {
  let port: Int
  let target: StubTarget
  let sockets: WebSocketRegistry

  /// Serves while the body runs.
  ///
  /// - Parameter programPort: Where the program listens.
  static func run(
    to programPort: Int, change: (inout RelayConfiguration) -> Void = { _ in },
    _ body: @Sendable @escaping (RelayFixture) async throws -> Void
  ) async throws {
    var configuration = RelayConfiguration()
    configuration.closeTimeout = .seconds(20)
    change(&configuration)
    let sockets = WebSocketRegistry()
    let target = StubTarget(port: programPort)
    let relay = WebSocketRelay(configuration: configuration, sockets: sockets)
    try await serve(
      { router in
        router.get("**") { request, context in
          try await relay.response(to: request, channel: context.channel, target: target, path: request.uri.string)
        }
      },
      { port in
        try await body(RelayFixture(port: port, target: target, sockets: sockets))
      })
  }

  /// Serves routes while the body runs.
  static func serve(
    _ routes: (Router<TangorRequestContext>) -> Void, _ body: @Sendable @escaping (_ port: Int) async throws -> Void
  ) async throws {
    let router = Router(context: TangorRequestContext.self)
    router.add(middleware: RequestObserver())
    routes(router)
    // It must keep the request's id, so it is no handler that does nothing.
    var logger = Logger(label: "test") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .critical
    let http = HTTPServing(configuration: ServingConfiguration(), quick: nil, logger: logger, bodyTerms: nil)
    let (ports, listening) = AsyncStream<Int>.makeStream()
    let application = Application(
      responder: router.buildResponder(), server: http.server, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      services: [http.connections], onServerRunning: { listening.yield($0.localAddress?.port ?? 0) }, logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try? await application.run() }
      let port = try #require(await ports.first { _ in true })
      let result: Result<Void, any Error>
      do { result = .success(try await body(port)) } catch { result = .failure(error) }
      tasks.cancelAll()
      try result.get()
    }
  }

  /// Serves an endpoint that sends every message back while the body runs.
  static func echo(_ body: @Sendable @escaping (_ port: Int) async throws -> Void) async throws {
    var configuration = WebSocketConfiguration()
    configuration.maximumMessageSize = .mebibytes(64)
    configuration.subprotocols = ["echo.v1"]
    let upgrade = WebSocketUpgrade(configuration: configuration, sockets: WebSocketRegistry())
    try await serve(
      { router in
        router.get("**") { request, context in
          try await upgrade.response(to: request, channel: context.channel) { _ in WebSocketEcho() }
        }
      }, body)
  }

  /// Opens a socket to a program that leaves all to the test.
  ///
  /// - Returns: The page's connection and the program's, both behind the handshake.
  func open(_ listener: RawListener) async throws -> (page: Peer, program: Peer) {
    let page = try await RawConnection(port: port)
    try await page.send(Peer.handshake())
    let program = try #require(await listener.accept())
    let request = try await program.receive(upTo: "\r\n\r\n")
    try await program.send(Peer.answer(to: request))
    let response = try await page.response()
    try #require(response.status == 101, "\(response)")
    return (Peer(connection: page, isPage: true), Peer(connection: program, isPage: false))
  }

  /// Opens a socket to a program that answers by itself.
  func open(_ path: String = "/ws", _ headers: [String] = []) async throws -> Peer {
    let page = try await RawConnection(port: port)
    try await page.send(Peer.handshake(path, headers))
    let response = try await page.response()
    try #require(response.status == 101, "\(response)")
    return Peer(connection: page, isPage: true)
  }
}
