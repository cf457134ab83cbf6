/// What permessage-deflate was agreed on (RFC 7692).
struct DeflateParameters: Equatable {
  var serverNoContextTakeover = false
  var clientNoContextTakeover = false
  var serverWindowBits = 15
  var clientWindowBits = 15
  /// Whether the answer must name the server's window.
  var namesServerWindow = false
  /// Whether the answer must name the client's window.
  var namesClientWindow = false

  /// The value of `Sec-WebSocket-Extensions` that tells the client.
  var headerValue: String {
    var value = "permessage-deflate"
    if serverNoContextTakeover { value += "; server_no_context_takeover" }
    if clientNoContextTakeover { value += "; client_no_context_takeover" }
    if namesServerWindow { value += "; server_max_window_bits=\(serverWindowBits)" }
    if namesClientWindow { value += "; client_max_window_bits=\(clientWindowBits)" }
    return value
  }

  /// Picks the first offer that can be met.
  ///
  /// - Parameters:
  ///   - offers: The values of the request's `Sec-WebSocket-Extensions`, in order.
  ///   - contextTakeover: Whether messages may refer to earlier ones, as far as the server is concerned.
  /// - Returns: What to agree on, or `nil` when there is no offer that can be met; the connection then goes uncompressed.
  static func negotiate(_ offers: [String], contextTakeover: Bool) -> Self? {
    for offer in offers.flatMap({ $0.split(separator: ",") }) {
      if let parameters = accept(offer, contextTakeover: contextTakeover) { return parameters }
    }
    return nil
  }

  private static func accept(_ offer: Substring, contextTakeover: Bool) -> Self? {
    let parts = offer.split(separator: ";", omittingEmptySubsequences: false).map { $0.trimmed }
    guard parts.first?.lowercased() == "permessage-deflate" else { return nil }
    var result = Self()
    var seen: Set<String> = []
    for part in parts.dropFirst() {
      let pieces = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { $0.trimmed }
      let name = pieces[0].lowercased()
      let value = pieces.count > 1 ? pieces[1].unquoted : nil
      // A parameter given twice, with a wrong value or unknown makes the offer one that must be declined (section 7.1).
      guard seen.insert(name).inserted else { return nil }
      switch (name, value) {
      case ("server_no_context_takeover", nil): result.serverNoContextTakeover = true
      case ("client_no_context_takeover", nil): result.clientNoContextTakeover = true
      case ("server_max_window_bits", let value?):
        // zlib cannot send raw streams with a window of 256 bytes, so an offer that insists on 8 is declined.
        guard let bits = windowBits(value), bits > 8 else { return nil }
        (result.serverWindowBits, result.namesServerWindow) = (bits, true)
      case ("client_max_window_bits", nil): break
      case ("client_max_window_bits", let value?):
        guard let bits = windowBits(value) else { return nil }
        (result.clientWindowBits, result.namesClientWindow) = (bits, true)
      default: return nil
      }
    }
    if !contextTakeover {
      result.serverNoContextTakeover = true
      result.clientNoContextTakeover = true
    }
    return result
  }

  private static func windowBits(_ text: Substring) -> Int? {
    guard let first = text.first, first != "0", first.isNumber, let bits = Int(text), (8...15).contains(bits) else { return nil }
    return bits
  }
}

extension Substring {
  /// Without the white space of HTTP at both ends.
  var trimmed: Substring {
    var text = self.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }

  fileprivate var unquoted: Substring {
    count >= 2 && first == "\"" && last == "\"" ? dropFirst().dropLast() : self
  }
}
