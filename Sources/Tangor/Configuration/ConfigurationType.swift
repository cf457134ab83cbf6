import TangorCore

/// A type that a key may have: how it is read, how it is written, and what people are told about it.
///
/// Types are values, put together from smaller ones, so that a new kind of setting needs a new declaration and no new reader:
/// `.list(.string)`, `.map(.integer(in: 1...9))`, `.record(schema, initial)`.
package struct ConfigurationType<Value: Sendable>: Sendable {
  /// What is wanted, to go after "must be": `an integer from 1 to 9`.
  let wanted: String
  /// The type's name in a table, shorter than `wanted`.
  let label: String
  /// How a variable's or a flag's text is parted.
  let shape: ConfigurationShape
  /// Reads a value; notes what is wrong and returns nil when it cannot.
  let read: @Sendable (ConfigurationNode, inout ConfigurationReading) -> Value?
  /// The value as it stands in a file; nil where the key is left out.
  let write: @Sendable (Value) -> ConfigurationNode.Content?
}

/// How the text of a variable or flag is parted into values.
package enum ConfigurationShape: Sendable {
  case scalar, list, map
}

extension ConfigurationType {
  /// A type that is one scalar.
  static func scalar(
    _ wanted: String, label: String, read: @escaping @Sendable (String, ConfigurationNode.Style) -> Value?,
    write: @escaping @Sendable (Value) -> String
  ) -> Self {
    Self(
      wanted: wanted, label: label, shape: .scalar,
      read: { node, reading in
        if case .scalar(let text, let style) = node.content, !node.isNull, let value = read(text, style) { return value }
        reading.refuse(node, wanted: wanted)
        return nil
      },
      write: { .scalar(write($0), .plain) })
  }

  /// A type, or nothing: null in a file, an empty text elsewhere.
  static func optional<Wrapped: Sendable>(_ type: ConfigurationType<Wrapped>) -> Self where Value == Wrapped? {
    Self(
      wanted: type.wanted, label: type.label, shape: type.shape,
      read: { node, reading in
        if node.isNull || node.content == .scalar("", .text) { return .some(nil) }
        return type.read(node, &reading).map(Optional.some)
      },
      write: { $0.flatMap(type.write) })
  }

  /// The type with a further condition, which `wanted` describes.
  func restricted(to wanted: String, label: String? = nil, _ change: @escaping @Sendable (Value) -> Value?) -> Self {
    Self(
      wanted: wanted, label: label ?? self.label, shape: shape,
      read: { [read] node, reading in
        var attempt = reading
        guard let value = read(node, &attempt).flatMap(change) else {
          reading.refuse(node, wanted: wanted)
          return nil
        }
        return value
      },
      write: write)
  }
}

extension ConfigurationType<Bool> {
  /// `true` or `false`; `yes`, `no`, `on` and `off` too.
  static let boolean = scalar(
    "true or false", label: "true or false",
    read: { text, style in
      guard style != .quoted else { return nil }
      switch text.lowercased() {
      case "true", "yes", "on": return true
      case "false", "no", "off": return false
      default: return nil
      }
    },
    write: { String($0) })
}

extension ConfigurationType<Int> {
  /// A decimal integer within a range; `_` may part its digits.
  static func integer(in range: ClosedRange<Int>) -> Self {
    let limits = range.upperBound == .max ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
    return scalar(
      "an integer \(limits)", label: "integer, \(range.upperBound == .max ? "\(range.lowerBound) or more" : limits)",
      read: { text, style in
        guard style != .quoted, text.first != "_", text.last != "_" else { return nil }
        let digits = text.filter { $0 != "_" }
        // A leading zero would be octal to some readers of YAML and decimal to others.
        guard digits == "0" || digits.drop(while: { $0 == "-" }).first != "0" else { return nil }
        guard digits.first != "+", let value = Int(digits), range.contains(value) else { return nil }
        return value
      },
      write: { String($0) })
  }
}

extension ConfigurationType<ByteSize> {
  /// A number of bytes within a range, as in `10 MiB`.
  static func size(in range: ClosedRange<ByteSize>) -> Self {
    scalar(
      "a size from \(range.lowerBound) to \(range.upperBound), as in '64 KiB' or '10 MiB'",
      label: "size, \(range.lowerBound) to \(range.upperBound)",
      read: { text, _ in ByteSize(parsing: text).flatMap { range.contains($0) ? $0 : nil } },
      write: { $0.description })
  }
}

extension ConfigurationType<Duration> {
  /// A duration within a range, as in `30s`; a bare number is seconds.
  static func duration(in range: ClosedRange<Duration>) -> Self {
    let (least, most) = (range.lowerBound.unitDescription, range.upperBound.unitDescription)
    return scalar(
      "a duration from \(least) to \(most), as in '250ms', '30s' or '2h'", label: "duration, \(least) to \(most)",
      read: { text, _ in Duration(parsing: text).flatMap { range.contains($0) ? $0 : nil } },
      write: { $0.exactDescription })
  }
}

extension ConfigurationType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of an enumeration's words.
  static var choice: Self {
    let words = Value.allCases.map(\.rawValue)
    let list = words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    return scalar(list, label: list, read: { text, _ in Value(rawValue: text) }, write: { $0.rawValue })
  }
}

extension Duration {
  /// The duration with a unit, without loss down to the microsecond's thousandth.
  fileprivate var exactDescription: String {
    let nanoseconds = components.attoseconds / 1_000_000_000
    guard nanoseconds % 1_000_000 != 0 else { return unitDescription }
    let (whole, rest) = (components.seconds * 1_000_000 + nanoseconds / 1_000, nanoseconds % 1_000)
    return rest == 0 ? "\(whole)us" : "\(whole).\(String(1_000 + rest).dropFirst())us"
  }
}
