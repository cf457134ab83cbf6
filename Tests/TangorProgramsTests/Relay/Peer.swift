import TangorTesting
import Testing

/// One end of a socket, in frames.
struct Peer {
  struct Frame: Equatable, CustomStringConvertible {
    var opcode: UInt8
    var isFinal = true
    var payload: [UInt8]

    init(_ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true) {
      self.opcode = opcode
      self.payload = payload
      self.isFinal = isFinal
    }

    var description: String {
      opcode == 8 && payload.count >= 2
        ? "close \(Int(payload[0]) << 8 | Int(payload[1])) \(String(decoding: payload.dropFirst(2), as: UTF8.self))"
        : "\(isFinal ? "" : "part of ")\(opcode): \(payload.count) \(String(decoding: payload.prefix(60), as: UTF8.self))"
    }
  }

  let connection: RawConnection
  let isPage: Bool

  /// The handshake of RFC 6455, section 1.3.
  static func handshake(_ path: String = "/ws", _ headers: [String] = []) -> String {
    ([
      "GET \(path) HTTP/1.1", "Host: server.example", "Upgrade: websocket", "Connection: Upgrade",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
    ] + headers).joined(separator: "\r\n") + "\r\n\r\n"
  }

  /// A program's answer to a handshake of the relay.
  static func answer(to request: String, _ headers: [String] = []) -> String {
    let key = request.split(separator: "\r\n").first { $0.lowercased().hasPrefix("sec-websocket-key:") }?.split(separator: " ").last ?? ""
    return
      ([
        "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Accept: \(acceptValue(String(key)))",
      ]
      + headers).joined(separator: "\r\n") + "\r\n\r\n"
  }

  func send(_ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true) async throws {
    try await connection.send(isPage ? pageFrame(opcode, payload, isFinal: isFinal) : programFrame(opcode, payload, isFinal: isFinal))
  }

  func send(_ text: String) async throws { try await send(1, Array(text.utf8)) }

  /// The next frame.
  func next() async throws -> Frame {
    let header = try await connection.receive(count: 2)
    let isMasked = header[1] & 0x80 != 0
    #expect(isMasked != isPage, "clients mask, servers do not")
    var length = Int(header[1] & 0x7F)
    if length > 125 {
      length = try await connection.receive(count: length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
    }
    let key = isMasked ? try await connection.receive(count: 4) : [0, 0, 0, 0]
    var payload = try await connection.receive(count: length)
    for index in payload.indices { payload[index] ^= key[index & 3] }
    return Frame(header[0] & 0x0F, payload, isFinal: header[0] & 0x80 != 0)
  }
}

extension RawConnection {
  /// Asks for a socket.
  func upgrade(_ headers: String...) async throws -> RawResponse {
    try await send(Peer.handshake("/ws", headers))
    return try await response()
  }
}
