public import HTTPTypes
import NIOCore

/// Who sent a request, as limits, logs and access rules know it.
public struct Client: Sendable, Hashable {
  /// The address, without a port: `127.0.0.1`, `::1`, or the path of a socket.
  public let address: String
  /// What the application says that the client may do; nothing unless it identifies its clients.
  public var roles: Set<String> = []

  /// - Parameters:
  ///   - address: The address, without a port.
  ///   - roles: What the client may do.
  public init(address: String, roles: Set<String> = []) {
    self.address = address
    self.roles = roles
  }

  init(channel: any Channel) {
    address = channel.remoteAddress.flatMap { $0.ipAddress ?? $0.pathname } ?? "unknown"
  }
}

/// A request whose client is to be identified.
public struct IdentityRequest: Sendable {
  /// The request's headers.
  public let headers: HTTPFields
  /// The client's address, without a port.
  public let address: String

  package init(headers: HTTPFields, address: String) {
    self.headers = headers
    self.address = address
  }
}

/// Says which roles the client of a request has. An error that it throws refuses the request.
public typealias Identify = @Sendable (IdentityRequest) async throws -> Set<String>
