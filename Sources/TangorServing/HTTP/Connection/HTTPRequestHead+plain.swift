import NIOHTTP1

extension HTTPRequestHead {
  /// Whether the request may be given a quick answer: a `GET` on HTTP/1.1 whose headers ask for nothing that the whole machinery
  /// sees to: `Connection: close` or an upgrade, a body, `Expect`, an id of the client's own.
  var isPlain: Bool {
    guard method == .GET, version == .http1_1 else { return false }
    for (name, _) in headers {
      switch name.utf8.count {
      case 10 where name.lowercased() == "connection": if !isKeepAlive || headers.contains(name: "upgrade") { return false }
      case 14 where name.lowercased() == "content-length", 17 where name.lowercased() == "transfer-encoding",
        6 where name.lowercased() == "expect", 12 where name.lowercased() == "x-request-id":
        return false
      default: break
      }
    }
    return true
  }
}
