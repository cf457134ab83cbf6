/// Which bytes of a representation a `Range` field asks for.
package enum ByteRanges: Sendable, Equatable {
  /// The field is to be ignored: malformed, of another unit, or of too many parts.
  case whole
  /// No byte lies in any of the ranges.
  case unsatisfiable
  /// The parts in the order asked for; those that overlapped or touched are one.
  case parts([Range<Int>])

  /// - Parameters:
  ///   - field: The value of `Range`.
  ///   - size: The representation's length in bytes.
  ///   - maximum: How many ranges one request may name; a request for more is answered as a whole, which costs the server less
  ///     than what such a request is usually meant to cost.
  package init(parsing field: some StringProtocol, size: Int, maximum: Int) {
    guard let equals = field.firstIndex(of: "="), field[..<equals].lowercased() == "bytes" else {
      self = .whole
      return
    }
    var parts: [Range<Int>] = []
    var count = 0
    for item in field[field.index(after: equals)...].split(separator: ",") {
      let text = item.trimmingSpaces
      if text.isEmpty { continue }
      count += 1
      guard count <= maximum, let bounds = Self.bounds(text, size: size) else {
        self = .whole
        return
      }
      if !bounds.isEmpty { parts.append(bounds) }
    }
    if count == 0 {
      self = .whole
    } else if parts.isEmpty {
      // An empty file has no byte to give; asking for its last bytes is no mistake.
      self = size == 0 && field.contains("=-") ? .whole : .unsatisfiable
    } else {
      self = .parts(Self.coalesced(parts))
    }
  }

  /// The bytes that one range names: empty when it lies beyond the end, nil when it is malformed.
  private static func bounds(_ text: Substring.UTF8View.SubSequence, size: Int) -> Range<Int>? {
    guard let dash = text.firstIndex(of: UInt8(ascii: "-")) else { return nil }
    let first = text[..<dash]
    let last = text[text.index(after: dash)...]
    if first.isEmpty {
      guard let suffix = number(last) else { return nil }
      return max(0, size - min(suffix, size))..<size
    }
    guard let start = number(first) else { return nil }
    if last.isEmpty { return start < size ? start..<size : 0..<0 }
    guard let end = number(last), start <= end else { return nil }
    return start < size ? start..<(min(end, size - 1) + 1) : 0..<0
  }

  /// A number of decimal digits alone; one too large for the machine is as good as the largest.
  private static func number(_ digits: Substring.UTF8View.SubSequence) -> Int? {
    guard !digits.isEmpty else { return nil }
    var value = 0
    for byte in digits {
      let digit = byte &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      value = overflow || product > Int.max - 9 ? Int.max - 9 : product + Int(digit)
    }
    return value
  }

  private static func coalesced(_ parts: [Range<Int>]) -> [Range<Int>] {
    var result: [Range<Int>] = []
    for part in parts {
      var merged = part
      var place: Int?
      var index = 0
      while index < result.count {
        let other = result[index]
        if other.lowerBound <= merged.upperBound, merged.lowerBound <= other.upperBound {
          merged = min(other.lowerBound, merged.lowerBound)..<max(other.upperBound, merged.upperBound)
          result.remove(at: index)
          place = min(place ?? index, index)
          // What has grown may now touch a part that stood before.
          index = 0
        } else {
          index += 1
        }
      }
      result.insert(merged, at: place ?? result.count)
    }
    return result
  }
}

extension StringProtocol {
  /// The bytes without spaces and tabs at both ends.
  fileprivate var trimmingSpaces: Substring.UTF8View.SubSequence {
    let bytes = Substring(self).utf8
    guard let first = bytes.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }),
      let last = bytes.lastIndex(where: { $0 != 0x20 && $0 != 0x09 })
    else { return bytes[bytes.startIndex..<bytes.startIndex] }
    return bytes[first...last]
  }
}
