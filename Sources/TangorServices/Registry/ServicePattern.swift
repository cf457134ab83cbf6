import TangorCore

/// A path with places for elements: `/calc/:operation`, `/files/**`.
struct ServicePattern: Sendable, Hashable, CustomStringConvertible {
  enum Element: Sendable, Hashable {
    case text(String)
    case parameter(String)
    case rest
  }

  let description: String
  let elements: [Element]

  /// Whether it matches one path alone.
  var isPlain: Bool {
    elements.allSatisfy { if case .text = $0 { true } else { false } }
  }

  /// Reads a pattern.
  ///
  /// - Throws: `invalid_request` with a sentence that says what is wrong with it.
  init(_ text: String) throws {
    func wrong(_ why: String) -> TangorError { TangorError(.invalidRequest, "The service path '\(text)' \(why).") }
    guard text.hasPrefix("/") else { throw wrong("must begin with '/'") }
    guard !text.contains("?"), !text.contains("#") else { throw wrong("must have neither a query nor a fragment") }
    var elements: [Element] = []
    var names: Set<String> = []
    let parts = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    for (place, part) in parts.enumerated() where !(parts.count == 1 && part.isEmpty) {
      switch part {
      case "": throw wrong("has an empty element")
      case ".", "..": throw wrong("must not have '.' or '..' as an element")
      case "**":
        guard place == parts.count - 1 else { throw wrong("may have '**' only at its end") }
        elements.append(.rest)
      case _ where part.hasPrefix(":"):
        let name = String(part.dropFirst())
        guard !name.isEmpty, name.utf8.allSatisfy(\.isNameByte) else {
          throw wrong("has a parameter that is not a name of letters, digits and '_': '\(part)'")
        }
        guard names.insert(name).inserted else { throw wrong("has the parameter ':\(name)' twice") }
        elements.append(.parameter(name))
      case _ where part.contains("*"): throw wrong("may have '*' only as '**' at its end")
      default: elements.append(.text(String(part)))
      }
    }
    self.elements = elements
    description = text
  }
}

extension UInt8 {
  fileprivate var isNameByte: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
