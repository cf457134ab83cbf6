import TangorServing

/// Turns addresses that a program gives out into those under which clients see it.
struct ProgramAddress {
  private let authorities: [String]
  private let prefix: String

  /// - Parameters:
  ///   - port: The program's port.
  ///   - authority: Host and port as the client wrote them.
  ///   - prefix: The path below which the client sees the program, without a slash at its end.
  init(port: Int, authority: String?, prefix: String) {
    authorities = ["127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)"] + (authority.map { [$0.lowercased()] } ?? [])
    self.prefix = prefix
  }

  /// A `Location` as the client can use it: absolute paths of the program get the prefix, and so do its own addresses; what is relative
  /// or lies elsewhere stays as it is.
  func rewritten(location: String) -> String {
    if location.hasPrefix("/"), !location.hasPrefix("//") { return prefixed(location) }
    for scheme in ["http://", "https://", "//"] where location.lowercased().hasPrefix(scheme) {
      let rest = location.dropFirst(scheme.count)
      let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
      guard authorities.contains(rest[..<end].lowercased()) else { return location }
      let path = rest[end...]
      return prefixed(path.hasPrefix("/") ? String(path) : "/\(path)")
    }
    return location
  }

  /// A `Set-Cookie` whose path lies below the prefix, and which is for this host alone.
  func rewritten(cookie: String) -> String {
    var parts = cookie.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
    parts = parts.enumerated().compactMap { index, part in
      guard index > 0 else { return part }
      let pair = part.split(separator: "=", maxSplits: 1).map { String($0.trimmed) }
      switch pair.first?.lowercased() {
      case "domain": return nil
      case "path" where pair.count == 2 && pair[1].hasPrefix("/"): return " Path=\(prefixed(pair[1]))"
      default: return part
      }
    }
    return parts.joined(separator: ";")
  }

  private func prefixed(_ path: String) -> String {
    // A program that heeds X-Forwarded-Prefix has done it itself.
    if path == prefix || ["/", "?", "#"].contains(where: { path.hasPrefix(prefix + $0) }) { return path }
    return prefix + path
  }
}
