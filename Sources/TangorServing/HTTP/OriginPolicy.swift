import HTTPTypes
package import Hummingbird
import TangorCore

/// Which pages may use the server: those of its own origin, and those of the origins that the configuration names.
///
/// A request without `Origin` does not come from a page's script on another site and passes.
package struct OriginPolicy: Sendable {
  private let allowed: [String]

  /// - Parameter allowed: Origins as browsers write them, as in `https://example.org`; `*` allows all.
  package init(_ allowed: [String]) { self.allowed = allowed.map { $0.lowercased() } }

  /// - Throws: `origin_refused`.
  package func check(_ request: Request) throws {
    guard let origin = request.headers[.origin]?.lowercased(), !allowed.contains("*"), !allowed.contains(origin) else { return }
    guard let host = request.head.authority?.lowercased(), let own = origin.wholeAuthority, own == host.withoutDefaultPort else {
      throw TangorError(
        .originRefused, "Pages of \(origin) may not connect here. Add the origin to websocket.origins if they should.")
    }
  }
}

extension String {
  /// The host and port of an origin; `nil` for `null` and for what is no origin of the web.
  fileprivate var wholeAuthority: String? {
    // A proxy in front may end TLS, so the scheme of the page need not be the one that the server sees.
    for scheme in ["http://", "https://"] where hasPrefix(scheme) {
      return String(dropFirst(scheme.count)).withoutDefaultPort
    }
    return nil
  }

  fileprivate var withoutDefaultPort: String {
    for port in [":80", ":443"] where hasSuffix(port) { return String(dropLast(port.count)) }
    return self
  }
}
