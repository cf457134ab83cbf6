import HTTPTypes
package import Hummingbird

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The proxies whose word about the client's own request is taken.
public struct TrustedProxies: Sendable, Hashable {
  private struct Network: Sendable, Hashable {
    let bytes: [UInt8]
    let bits: Int
  }

  private let networks: [Network]
  /// The addresses and networks as they were given.
  package let addresses: [String]

  /// - Parameter addresses: Addresses such as `127.0.0.1` or `::1`, and networks such as `10.0.0.0/8`.
  /// - Returns: nil when one of them is neither.
  public init?(_ addresses: [String]) {
    var networks: [Network] = []
    for address in addresses {
      let parts = address.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count <= 2, let bytes = Self.bytes(of: String(parts[0])) else { return nil }
      guard let bits = parts.count == 2 ? Int(parts[1]) : bytes.count * 8, (0...bytes.count * 8).contains(bits) else { return nil }
      networks.append(Network(bytes: bytes, bits: bits))
    }
    self.networks = networks
    self.addresses = addresses
  }

  /// None.
  public init() { (networks, addresses) = ([], []) }

  /// Whether an address, as in ``Client/address``, is one of them.
  func contains(_ address: String) -> Bool {
    guard !networks.isEmpty, let bytes = Self.bytes(of: address) else { return false }
    return networks.contains { network in
      guard network.bytes.count == bytes.count else { return false }
      for bit in 0..<network.bits {
        let difference: UInt8 = network.bytes[bit / 8] ^ bytes[bit / 8]
        if difference & (0x80 >> UInt8(bit % 8)) != 0 { return false }
      }
      return true
    }
  }

  /// The bytes of an address in network order; those of an IPv4 address that is written as an IPv6 one are four.
  private static func bytes(of address: String) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, address, &bytes) == 1 { return Array(bytes.prefix(4)) }
    guard inet_pton(AF_INET6, address, &bytes) == 1 else { return nil }
    return bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] ? Array(bytes.suffix(4)) : bytes
  }
}

/// The scheme and host by which a client reached the server.
package struct PublicAddress: Sendable, Hashable {
  package let isSecure: Bool
  /// The host, with its port where it is not the scheme's own.
  package let host: String

  /// - Parameters:
  ///   - request: The client's request.
  ///   - client: Who sent it; a trusted proxy's `X-Forwarded-Proto` and `X-Forwarded-Host` are read.
  ///   - isSecure: Whether the server itself speaks TLS.
  ///   - proxies: The proxies to trust.
  package init(of request: Request, from client: Client, isSecure: Bool, proxies: TrustedProxies) {
    let isForwarded = proxies.contains(client.address)
    func forwarded(_ name: HTTPField.Name) -> String? {
      guard isForwarded, let first = request.headers[name]?.prefix(while: { $0 != "," }).trimmed, !first.isEmpty else { return nil }
      return String(first)
    }
    let scheme = forwarded(.forwardedProto)?.lowercased()
    self.isSecure = scheme.map { $0 == "https" || $0 == "wss" } ?? isSecure
    host = forwarded(.forwardedHost) ?? request.head.authority ?? "localhost"
  }

  /// The URL of a WebSocket.
  ///
  /// - Parameter path: With a slash at its beginning.
  package func webSocket(_ path: String) -> String { "\(isSecure ? "wss" : "ws")://\(host)\(path)" }
}

extension HTTPField.Name {
  // All are valid names.
  package static let forwardedFor = Self("X-Forwarded-For")!
  package static let forwardedProto = Self("X-Forwarded-Proto")!
  package static let forwardedHost = Self("X-Forwarded-Host")!
}
