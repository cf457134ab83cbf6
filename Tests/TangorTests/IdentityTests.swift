import HTTPTypes
import ServiceLifecycle
import Synchronization
import TangorTesting
import Testing

@testable import Tangor

/// What clients may do, as the application says, at both doors of JSON-RPC.
@Suite(.timeLimit(.minutes(1))) struct IdentityTests {
  private final class Safe: LiveObject, Sendable {
    static let interface = Interface<Safe> {
      Method("peep") { (_: Safe) in 1 }.synchronous()
      Method("open") { (_: Safe) in 2 }.synchronous().requires("admin")
      Method("slow") { (_: Safe) in 3 }.requires("admin")
    }
  }

  private struct Running: Service {
    let app: TangorApp
    let listening: AsyncStream<Int>.Continuation
    func run() async throws { try await app.run { listening.yield($0) } }
  }

  /// An application whose clients are told apart by a header, while a body runs.
  private func serving(_ body: (_ port: Int, _ asked: @Sendable () -> Int) async throws -> Void) async throws {
    var configuration = TangorConfiguration()
    configuration.port = 0
    configuration.log.level = .critical
    let app = try TangorApp(configuration)
    try app.objects.expose(Safe(), as: "safe")
    let count = Counter()
    app.identify { request in
      count.add()
      switch request.headers[.authorization] {
      case "Bearer good": return ["admin"]
      case "Bearer bad": throw TangorError(.forbidden, "This token has been withdrawn.")
      default: return []
      }
    }
    let (ports, listening) = AsyncStream<Int>.makeStream()
    let group = ServiceGroup(
      configuration: .init(services: [.init(service: Running(app: app, listening: listening))], logger: app.logger))
    let running = Task { try await group.run() }
    let port = try #require(await ports.first { _ in true })
    let result: Result<Void, any Error>
    do { result = .success(try await body(port) { count.value }) } catch { result = .failure(error) }
    await group.triggerGracefulShutdown()
    try await running.value
    try result.get()
  }

  private final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
  }

  private func call(_ path: String) -> String {
    #"{"jsonrpc":"2.0","id":1,"method":"object.call","params":{"path":"\#(path)"}}"#
  }

  @Test func overHTTPEachRequestIsIdentified() async throws {
    try await serving { port, asked in
      let client = try await RawConnection(port: port)
      func answer(_ path: String, _ header: String) async throws -> RawResponse {
        let body = call(path)
        try await client.send(
          "POST /rpc HTTP/1.1\r\nHost: a\r\n\(header)Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        return try await client.response()
      }
      let token = "Authorization: Bearer good\r\n"
      #expect(try await answer("safe.open", token).body == #"{"jsonrpc":"2.0","id":1,"result":2}"#)
      #expect(try await answer("safe.slow", token).body == #"{"jsonrpc":"2.0","id":1,"result":3}"#)
      #expect(try await answer("safe.open", "").body.contains("object_not_found"), "on the same connection")
      #expect(try await answer("safe.peep", "").body == #"{"jsonrpc":"2.0","id":1,"result":1}"#)
      #expect(asked() == 4)
      let refused = try await answer("safe.peep", "Authorization: Bearer bad\r\n")
      #expect(refused.status == 403)
      #expect(refused.body.contains("This token has been withdrawn."))
    }
  }

  @Test func aLiveConnectionIsIdentifiedOnce() async throws {
    try await serving { port, asked in
      let admin = try await live(port, "Authorization: Bearer good\r\n")
      #expect(try await ask(admin, "safe.open") == #"{"jsonrpc":"2.0","id":1,"result":2}"#)
      #expect(try await ask(admin, "safe.slow") == #"{"jsonrpc":"2.0","id":1,"result":3}"#)
      #expect(asked() == 1)
      let guest = try await live(port, "")
      #expect(try await ask(guest, "safe.open").contains("object_not_found"))
      #expect(try await ask(guest, "safe.peep") == #"{"jsonrpc":"2.0","id":1,"result":1}"#)
      let refused = try await RawConnection(port: port)
      try await refused.send(upgrade("Authorization: Bearer bad\r\n"))
      #expect(try await refused.response().status == 403)
    }
  }

  private func upgrade(_ header: String) -> String {
    "GET /live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(header)\r\n"
  }

  private func live(_ port: Int, _ header: String) async throws -> RawConnection {
    let connection = try await RawConnection(port: port)
    try await connection.send(upgrade(header))
    #expect(try await connection.receive(upTo: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
    return connection
  }

  /// Sends a call in a frame whose mask is zero, and gives the answer's text.
  private func ask(_ connection: RawConnection, _ path: String) async throws -> String {
    let text = Array(call(path).utf8)
    try await connection.send([0x81, 0x80 | UInt8(text.count), 0, 0, 0, 0] + text)
    let head = try await connection.receive(count: 2)
    guard head[1] == 126 else { return String(decoding: try await connection.receive(count: Int(head[1])), as: UTF8.self) }
    let length = try await connection.receive(count: 2)
    return String(decoding: try await connection.receive(count: Int(length[0]) << 8 | Int(length[1])), as: UTF8.self)
  }
}
