import NIOCore

/// Who sent a request, as limits and logs know it.
public struct Client: Sendable, Hashable {
  /// The address, without a port: `127.0.0.1`, `::1`, or the path of a socket.
  public let address: String

  /// - Parameter address: The address, without a port.
  public init(address: String) { self.address = address }

  init(channel: any Channel) {
    address = channel.remoteAddress.flatMap { $0.ipAddress ?? $0.pathname } ?? "unknown"
  }
}
