/// The fields of a query or of a form body (`application/x-www-form-urlencoded`), in their order, decoded.
package struct FormFields: Sendable {
  package let fields: [(name: String, value: String)]

  /// Reads fields; a name without `=` has the empty value, `+` is a space.
  ///
  /// - Returns: nil when a field is not valid percent-encoding or not UTF-8.
  package init?(parsing text: some StringProtocol) {
    var fields: [(name: String, value: String)] = []
    for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = String(percentDecoding: parts[0], plusIsSpace: true),
        let value = parts.count == 2 ? String(percentDecoding: parts[1], plusIsSpace: true) : ""
      else { return nil }
      fields.append((name, value))
    }
    self.fields = fields
  }

  /// The values of a name.
  package func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}

extension String {
  /// Decodes percent-encoded UTF-8.
  ///
  /// - Parameters:
  ///   - bytes: The text as it travels.
  ///   - plusIsSpace: Whether `+` stands for a space, as in queries and forms.
  /// - Returns: nil when an escape is broken or the bytes are not UTF-8.
  package init?(percentDecoding bytes: some Collection<UInt8>, plusIsSpace: Bool = false) {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var rest = bytes.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(\.hexadecimalDigit), let low = rest.next().flatMap(\.hexadecimalDigit) else { return nil }
        decoded.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace: decoded.append(UInt8(ascii: " "))
      default: decoded.append(byte)
      }
    }
    self.init(validating: decoded, as: UTF8.self)
  }
}

extension UInt8 {
  fileprivate var hexadecimalDigit: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
