import TangorCore

/// The form in which a client wants a stream.
enum StreamFormat: String, CaseIterable, Sendable {
  case json = "application/json"
  case lines = "application/x-ndjson"
  case events = "text/event-stream"

  /// The form that fits an `Accept` best: the highest quality, then what is named rather than covered by a wildcard, then JSON first.
  ///
  /// - Throws: `not_acceptable` when it allows none of them.
  init(accept: String?) throws {
    guard let accept, accept != "*/*", accept != Self.json.rawValue else {
      self = .json
      return
    }
    let ranges = accept.split(separator: ",").map(MediaRange.init)
    var best: (format: Self, quality: Double, rank: Int)?
    for format in Self.allCases {
      guard let range = ranges.filter({ $0.covers(format.rawValue) }).max(by: { $0.rank < $1.rank }), range.quality > 0 else { continue }
      if let best, (best.quality, best.rank) >= (range.quality, range.rank) { continue }
      best = (format, range.quality, range.rank)
    }
    guard let best else {
      let types = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw TangorError(.notAcceptable, "A stream is given as \(types); the request's Accept allows none of them.")
    }
    self = best.format
  }
}

/// One range of an `Accept`: a media type, perhaps with wildcards, and its quality.
private struct MediaRange {
  let type: String
  let quality: Double

  init(_ text: Substring) {
    let parts = text.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
    type = parts.first ?? ""
    quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
  }

  /// How narrow the range is.
  var rank: Int { type == "*/*" ? 0 : type.hasSuffix("/*") ? 1 : 2 }

  func covers(_ name: String) -> Bool {
    type == name || type == "*/*" || (type.hasSuffix("/*") && name.hasPrefix(type.dropLast()))
  }
}
