import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOSSL
import ServiceLifecycle
import TangorCore
import TangorTesting
import Testing

@testable import TangorServing

/// A server on a free port of the loopback interface, put together as an application puts it together.
struct TestServer {
  let port: Int
  let sockets: WebSocketRegistry
  let connections: HTTPConnections
  private let group: ServiceGroup

  /// Begins the shutdown.
  func shutDown() async { await group.triggerGracefulShutdown() }

  /// Serves while the body runs, and then shuts down.
  static func run(
    quick: (any QuickResponder)? = nil, tls: TLSConfiguration? = nil, bodyTerms: (@Sendable (String, String) -> BodyTerms?)? = nil,
    logger: Logger = .silent, change: (inout ServingConfiguration) -> Void = { _ in },
    routes: (Router<TangorRequestContext>, WebSocketRegistry) -> Void = { _, _ in },
    _ body: @Sendable @escaping (TestServer) async throws -> Void
  ) async throws {
    var configuration = ServingConfiguration()
    change(&configuration)
    let sockets = WebSocketRegistry()
    let router = Router(context: TangorRequestContext.self)
    router.add(middleware: RequestObserver())
    routes(router, sockets)
    let http = HTTPServing(configuration: configuration, quick: quick, logger: logger, bodyTerms: bodyTerms)
    var server = http.server
    if let tls { server = try .tls(server, tlsConfiguration: tls) }
    let (ports, listening) = AsyncStream<Int>.makeStream()
    let application = Application(
      responder: router.buildResponder(), server: server,
      configuration: .init(
        address: .hostname("127.0.0.1", port: 0),
        availableConnectionsDelegate: .maximum(configuration.maximumConnections, logger: logger)),
      services: [http.connections], onServerRunning: { listening.yield($0.localAddress?.port ?? 0) }, logger: logger)
    let group = ServiceGroup(
      configuration: .init(
        services: [.init(service: SocketsOfTest(sockets: sockets)), .init(service: application)], logger: .silent))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      let port = try #require(await ports.first { _ in true })
      let result: Result<Void, any Error>
      do {
        try await body(TestServer(port: port, sockets: sockets, connections: http.connections, group: group))
        result = .success(())
      } catch { result = .failure(error) }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      try result.get()
    }
  }
}

/// Sees sockets off after the server, as an application does.
private struct SocketsOfTest: Service {
  let sockets: WebSocketRegistry

  func run() async throws {
    try? await gracefulShutdown()
    await sockets.shutdown()
  }
}

/// Answers `/quick` with a number that counts its answers.
final class CountingResponder: QuickResponder {
  private let count = NIOLockedValueBox(0)

  var answered: Int { count.withLockedValue { $0 } }

  func answer(_ request: QuickRequest) -> QuickAnswer? {
    guard request.path == "/quick" else { return nil }
    let number = count.withLockedValue { count in
      count += 1
      return count
    }
    if request.query == "fail" { return .failure(TangorError(.tooManyRequests, "no more", retryAfter: .milliseconds(1_500))) }
    return .document(QuickDocument(body: ByteBuffer(string: "\(number)"), extra: ("Stream-Index", "\(number)")))
  }
}
