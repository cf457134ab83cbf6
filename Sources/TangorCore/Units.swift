/// A number of bytes, as people write it: `10 MiB`, `64k`, `1500`.
public struct ByteSize: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The size in bytes.
  public var bytes: Int

  /// - Parameter bytes: The size in bytes.
  public init(bytes: Int) { self.bytes = bytes }

  /// A size in units of 1,024 bytes.
  public static func kibibytes(_ count: Int) -> Self { Self(bytes: count << 10) }
  /// A size in units of 1,048,576 bytes.
  public static func mebibytes(_ count: Int) -> Self { Self(bytes: count << 20) }

  /// Reads a size with its unit: none or `B`, `kB`/`MB`/`GB` (powers of 1000), `k`/`KiB`/`M`/`MiB`/`G`/`GiB` (powers of 1024).
  public init?(parsing text: some StringProtocol) {
    guard let (number, unit) = splitQuantity(text) else { return nil }
    let factor: Double
    switch unit.lowercased() {
    case "", "b": factor = 1
    case "kb": factor = 1e3
    case "mb": factor = 1e6
    case "gb": factor = 1e9
    case "k", "kib": factor = 1_024
    case "m", "mib": factor = 1_048_576
    case "g", "gib": factor = 1_073_741_824
    default: return nil
    }
    guard let bytes = Int(exactly: (number * factor).rounded()) else { return nil }
    self.bytes = bytes
  }

  public static func < (left: Self, right: Self) -> Bool { left.bytes < right.bytes }

  /// The size as it would be written in a configuration, with the largest unit that keeps it whole.
  public var description: String {
    for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] where bytes != 0 && bytes % (1 << shift) == 0 {
      return "\(bytes >> shift) \(unit)"
    }
    return "\(bytes) B"
  }
}

extension Duration {
  /// Reads a duration with its unit: `250ms`, `30s`, `1.5m`, `2h`, `1d`; a bare number is seconds.
  public init?(parsing text: some StringProtocol) {
    guard let (number, unit) = splitQuantity(text) else { return nil }
    let factor: Double
    switch unit.lowercased() {
    case "us", "µs": factor = 1e-6
    case "ms": factor = 1e-3
    case "", "s": factor = 1
    case "m", "min": factor = 60
    case "h": factor = 3_600
    case "d": factor = 86_400
    default: return nil
    }
    let seconds = number * factor
    guard seconds <= 1e9 else { return nil }
    self = .nanoseconds(Int64((seconds * 1e9).rounded()))
  }

  /// The duration as it would be written in a configuration, with the largest unit that keeps it whole.
  public var unitDescription: String {
    let (seconds, attoseconds) = components
    let nanoseconds = attoseconds / 1_000_000_000
    if nanoseconds % 1_000 != 0 {
      let thousandths = "\(1_000 + nanoseconds % 1_000)".dropFirst()
      return "\(seconds * 1_000_000 + nanoseconds / 1_000).\(thousandths)us"
    }
    if nanoseconds % 1_000_000 != 0 { return "\(seconds * 1_000_000 + nanoseconds / 1_000)us" }
    if nanoseconds != 0 { return "\(seconds * 1_000 + nanoseconds / 1_000_000)ms" }
    if seconds == 0 { return "0s" }
    for (length, unit) in [(86_400, "d"), (3_600, "h"), (60, "m")] where seconds % Int64(length) == 0 {
      return "\(seconds / Int64(length))\(unit)"
    }
    return "\(seconds)s"
  }

  /// The duration in seconds.
  package var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// Parts a non-negative number from the unit behind it.
private func splitQuantity(_ text: some StringProtocol) -> (Double, String)? {
  let trimmed = String(text.drop { $0 == " " })
  let digits = trimmed.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") }
  guard let number = Double(String(digits.filter { $0 != "_" })), number.isFinite else { return nil }
  let unit = trimmed.dropFirst(digits.count).filter { $0 != " " }
  return (number, String(unit))
}
