/// Writes a configuration as a file with every key, what it does and its value.
package struct ConfigurationPrinter {
  private var lines: [String] = []

  /// The configuration as a YAML file that loads to the same values. Keys whose default is to have none stand in it as comments.
  package static func text(of configuration: TangorConfiguration) -> String {
    var printer = Self()
    printer.write(configuration, TangorConfiguration.schema, sections: TangorConfiguration.sectionSummaries)
    return printer.lines.joined(separator: "\n") + "\n"
  }

  private mutating func write(
    _ configuration: TangorConfiguration, _ schema: ConfigurationSchema<TangorConfiguration>, sections: [String: String]
  ) {
    let defaults = TangorConfiguration()
    lines = ["# The configuration of Tangor \(tangorVersion), with every key. All of them are optional."]
    var open: [String] = []
    for key in schema.keys {
      let path = key.section.split(separator: ".").map(String.init)
      let shared = zip(open, path).prefix { $0 == $1 }.count
      if path.isEmpty, lines.count == 1 { lines.append("") }
      for level in shared..<max(shared, path.count) {
        let indent = String(repeating: "  ", count: level)
        if level == 0 { lines.append("") }
        if let summary = sections[path[...level].joined(separator: ".")] { lines.append("\(indent)# \(summary).") }
        lines.append("\(indent)\(path[level]):")
      }
      open = path
      write(key, of: configuration, default: key.value(defaults), indent: path.count)
    }
  }

  private mutating func write(
    _ key: ConfigurationKey<TangorConfiguration>, of configuration: TangorConfiguration, default standard: ConfigurationNode.Content?,
    indent: Int
  ) {
    let margin = String(repeating: "  ", count: indent)
    let value = key.value(configuration)
    lines.append("\(margin)# \(key.summary)")
    let isDefault = value == standard
    lines.append("\(margin)# (\(key.label)\(isDefault ? "" : "; default \(standard?.flowText ?? "none")"))")
    guard let value else {
      // None is a value like others where the default is another.
      lines.append(isDefault ? "\(margin)# \(key.leaf):" : "\(margin)\(key.leaf): null")
      return
    }
    if case .map(let entries) = value, !entries.isEmpty {
      lines.append("\(margin)\(key.leaf):")
      for entry in entries { lines.append("\(margin)  \(entry.name.yamlScalar): \(entry.value.content.flowText)") }
    } else {
      lines.append("\(margin)\(key.leaf): \(value.flowText)")
    }
  }
}

extension ConfigurationNode.Content {
  /// The value as YAML on one line.
  package var flowText: String {
    switch self {
    case .scalar(let text, _): text.yamlScalar
    case .list(let nodes): "[" + nodes.map(\.content.flowText).joined(separator: ", ") + "]"
    case .map(let entries):
      "{" + entries.map { "\($0.name.yamlScalar): \($0.value.content.flowText)" }.joined(separator: ", ") + "}"
    }
  }
}

extension String {
  /// The text as a scalar of YAML: plain where no reader could mistake it, in quotation marks otherwise.
  fileprivate var yamlScalar: String {
    let isPlain = utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      default: "_./- ".utf8.contains(byte)
      }
    }
    let isNull = ConfigurationNode(.scalar(self, .plain), .file("")).isNull
    if isPlain, !isNull, first != " ", last != " ", first != "-" || Int(self) != nil, self != "---", self != "..." { return self }
    var quoted = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _
      where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) || scalar.value == 0xFEFF
        || (0x2028...0x2029).contains(scalar.value) || (0xFFFE...0xFFFF).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
