import NIOSSL
import TangorTesting
import Testing

@testable import TangorServing

/// The client's side of a WebSocket over a raw connection.
struct SocketClient {
  let connection: RawConnection

  init(port: Int, tls: NIOSSLContext? = nil) async throws { connection = try await RawConnection(port: port, tls: tls) }

  /// The handshake of RFC 6455, section 1.3; headers of the same name take the place of its own, and an empty value leaves one out.
  static func handshake(_ path: String = "/echo", _ changes: [(String, String)] = []) -> String {
    var headers = [
      ("Host", "server.example"), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
      ("Sec-WebSocket-Version", "13"),
    ]
    headers.removeAll { name, _ in changes.contains { $0.0 == name } }
    let lines = (headers + changes.filter { !$0.1.isEmpty }).map { "\($0.0): \($0.1)" }
    return (["GET \(path) HTTP/1.1"] + lines).joined(separator: "\r\n") + "\r\n\r\n"
  }

  /// Opens a socket.
  static func open(port: Int, _ path: String = "/echo", _ changes: [(String, String)] = []) async throws -> SocketClient {
    let client = try await SocketClient(port: port)
    try await client.connection.send(handshake(path, changes))
    let response = try await client.connection.response()
    try #require(response.status == 101, "\(response)")
    return client
  }

  func send(_ text: String) async throws { try await connection.send(clientFrame(1, Array(text.utf8))) }

  /// The next message; a close frame as its code and reason.
  func next() async throws -> String {
    let header = try await connection.receive(count: 2)
    var length = Int(header[1])
    if length == 126 { length = try await connection.receive(count: 2).reduce(0) { $0 << 8 | Int($1) } }
    if length == 127 { length = try await connection.receive(count: 8).reduce(0) { $0 << 8 | Int($1) } }
    let payload = try await connection.receive(count: length)
    guard header[0] == 0x88 else { return String(decoding: payload, as: UTF8.self) }
    return
      "close \(Int(payload[0]) << 8 | Int(payload[1]))\(payload.count > 2 ? " " : "")\(String(decoding: payload.dropFirst(2), as: UTF8.self))"
  }
}
