import HTTPTypes
import Hummingbird
import NIOCore
import TangorServing

/// The headers of a request as a program gets them: without those that concern the connection or the server alone, and with those that
/// say where the request came from.
struct ForwardedHeaders {
  /// Headers of one connection (RFC 9110, section 7.6.1), and those that the relay writes itself.
  private static let ownNames: Set<String> = [
    "connection", "keep-alive", "proxy-authenticate", "proxy-authentication-info", "proxy-authorization", "proxy-connection", "te",
    "trailer", "transfer-encoding", "upgrade", "host", "expect", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
    "x-forwarded-prefix", "forwarded",
  ]

  private(set) var fields: [(name: String, value: String)] = []

  /// - Parameters:
  ///   - request: What the client sent.
  ///   - leavingOut: Names in lower case that the program does not get either. `Authorization` is for the server and never passed on.
  ///   - address: How the client reached the server.
  ///   - prefix: The path below which the client sees the program; nil to keep it to oneself.
  init(_ request: Request, channel: any Channel, leavingOut: Set<String>, address: PublicAddress, prefix: String?) {
    let ofConnection = Self.connectionOptions(request.headers)
    for field in request.headers {
      let name = field.name.canonicalName
      if Self.ownNames.contains(name) || name == "authorization" || leavingOut.contains(name) || ofConnection.contains(name) { continue }
      fields.append((field.name.rawName, field.value))
    }
    let earlier = request.headers[values: .forwardedFor]
    let route = (earlier + [channel.remoteAddress?.ipAddress ?? "unknown"]).joined(separator: ", ")
    fields.append(("X-Forwarded-For", route))
    fields.append(("X-Forwarded-Host", address.host))
    fields.append(("X-Forwarded-Proto", address.isSecure ? "https" : "http"))
    if let prefix { fields.append(("X-Forwarded-Prefix", prefix)) }
  }

  /// Whether a response's header is passed back; `ofConnection` are those that its `Connection` names.
  static func isPassedBack(_ name: String, ofConnection: Set<String>) -> Bool {
    switch name {
    case "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix", "forwarded": true
    default: !ownNames.contains(name) && !ofConnection.contains(name)
    }
  }

  /// The headers that a `Connection` header takes along, in lower case.
  private static func connectionOptions(_ headers: HTTPFields) -> Set<String> {
    Set(headers[values: .connection].flatMap { $0.lowercased().split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" } } })
  }
}
