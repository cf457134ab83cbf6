/// A way to compress a file ahead of its being asked for, stored beside it.
package enum ContentCoding: String, Sendable, CaseIterable {
  case brotli = "br"
  case gzip

  /// What is added to the file's name.
  package var suffix: String {
    switch self {
    case .brotli: ".br"
    case .gzip: ".gz"
    }
  }

  /// The codings that an `Accept-Encoding` takes at least as gladly as no coding at all, the best first.
  ///
  /// Among equals the smaller result comes first. No field at all takes none: RFC 9110 would allow any, and clients that do not
  /// say so rarely decode.
  package static func accepted(by field: some StringProtocol) -> [ContentCoding] {
    CodingWeights(parsing: field).accepted(allCases, name: \.rawValue)
  }
}

/// The weights that an `Accept-Encoding` gives to codings, in thousandths.
struct CodingWeights {
  private var weights: [String: Int] = [:]

  init(parsing field: some StringProtocol) {
    for item in field.split(separator: ",") {
      let parts = item.split(separator: ";").map { $0.trimmed }
      guard let name = parts.first?.lowercased() else { continue }
      weights[name == "x-gzip" ? "gzip" : name] = QualityValue.thousandths(parts.dropFirst())
    }
  }

  /// Those of some codings that are taken at least as gladly as no coding at all, the best first; among equals the given order holds.
  func accepted<Coding>(_ codings: [Coding], name: (Coding) -> String) -> [Coding] {
    let floor = max(1, weights["identity"] ?? 0)
    // `*` stands for every coding that is not named.
    return codings.map { ($0, weights[name($0)] ?? weights["*"] ?? 0) }
      .filter { $0.1 >= floor }
      .enumerated()
      .sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }
      .map(\.element.0)
  }
}

/// The weight that a client gives to one of several choices.
package enum QualityValue {
  /// The weight in thousandths from an item's parameters: 1,000 when there is none, 0 when it is malformed.
  package static func thousandths(_ parameters: some Sequence<Substring>) -> Int {
    for parameter in parameters {
      let text = parameter.trimmed
      guard text.hasPrefix("q=") || text.hasPrefix("Q=") else { continue }
      guard let value = Double(text.dropFirst(2)), value >= 0, value <= 1 else { return 0 }
      return Int((value * 1_000).rounded())
    }
    return 1_000
  }
}

extension StringProtocol {
  /// The text without spaces and tabs at both ends.
  package var trimmed: Substring {
    var text = Substring(self)
    while let first = text.utf8.first, first == 0x20 || first == 0x09 { text.removeFirst() }
    while let last = text.utf8.last, last == 0x20 || last == 0x09 { text.removeLast() }
    return text
  }
}
