/// The path of a request, decoded once and known to be harmless.
///
/// No spelling leads out of the folder it is resolved in: a path with `.` or `..`, an empty segment, an encoded slash, a
/// backslash, a control character, a broken escape or bytes that are not UTF-8 is no path at all.
package struct ResourcePath: Sendable, Hashable {
  /// The decoded segments, in order.
  package var segments: [String]
  /// Whether the path ends with a slash, and so means a directory.
  package var isDirectory: Bool

  package init(segments: [String], isDirectory: Bool) {
    self.segments = segments
    self.isDirectory = isDirectory
  }

  /// The decoded path, the same for all spellings.
  package var text: String {
    segments.isEmpty ? "/" : "/" + segments.joined(separator: "/") + (isDirectory ? "/" : "")
  }

  /// The longest path that is looked at, in bytes; what the system takes.
  static let maximumLength = 4_095
  /// The longest name of a file, in bytes; what the system takes.
  static let maximumSegmentLength = 255

  /// - Parameter raw: The path as it stands in the request, without its query.
  package init?(raw: String) {
    var segments: [String] = []
    var current: [UInt8] = []
    var isDirectory = false
    let bytes = raw.utf8
    guard bytes.first == UInt8(ascii: "/") else { return nil }
    var index = bytes.index(after: bytes.startIndex)
    func take() -> Bool {
      guard !current.isEmpty, current.count <= Self.maximumSegmentLength, let segment = String(validating: current, as: UTF8.self),
        segment != ".", segment != ".."
      else { return false }
      segments.append(segment)
      current.removeAll(keepingCapacity: true)
      return true
    }
    var length = 0
    while index < bytes.endIndex {
      var byte = bytes[index]
      index = bytes.index(after: index)
      if byte == UInt8(ascii: "/") {
        guard take() else { return nil }
        isDirectory = true
        continue
      }
      if byte == UInt8(ascii: "%") {
        guard index < bytes.endIndex, let high = bytes[index].hexadecimalValue else { return nil }
        index = bytes.index(after: index)
        guard index < bytes.endIndex, let low = bytes[index].hexadecimalValue else { return nil }
        index = bytes.index(after: index)
        byte = high << 4 | low
        if byte == UInt8(ascii: "/") { return nil }
      }
      guard byte >= 0x20, byte != 0x7F, byte != UInt8(ascii: "\\") else { return nil }
      current.append(byte)
      isDirectory = false
      length += 1
      guard length <= Self.maximumLength else { return nil }
    }
    if !current.isEmpty {
      guard take() else { return nil }
    }
    self.init(segments: segments, isDirectory: isDirectory || segments.isEmpty)
  }

  /// A segment as it is written in a URL.
  package static func encoded(_ segment: String) -> String {
    var result = ""
    for byte in segment.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        result += byte < 16 ? "%0" : "%"
        result += String(byte, radix: 16, uppercase: true)
      }
    }
    return result
  }
}

extension UInt8 {
  fileprivate var hexadecimalValue: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
