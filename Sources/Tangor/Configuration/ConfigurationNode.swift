/// A value as a file, a variable or a flag gives it, before anybody knows what type is wanted.
package struct ConfigurationNode: Sendable, Hashable {
  /// What was written.
  package var content: Content
  /// Where it was written.
  package var place: ConfigurationPlace

  package init(_ content: Content, _ place: ConfigurationPlace) {
    self.content = content
    self.place = place
  }

  package indirect enum Content: Sendable, Hashable {
    case scalar(String, Style)
    case list([ConfigurationNode])
    case map([Entry])
  }

  /// How a scalar was written, which tells numbers and words from strings.
  package enum Style: Sendable, Hashable {
    /// Without quotation marks, in YAML: may stand for null, a truth value or a number.
    case plain
    /// In quotation marks or as a block, in YAML: a string.
    case quoted
    /// In a variable or a flag, where everything is text.
    case text
  }

  /// A name and its value in a mapping.
  package struct Entry: Sendable, Hashable {
    package var name: String
    package var place: ConfigurationPlace
    package var value: ConfigurationNode
  }

  /// Whether YAML reads it as null: nothing at all, `~` or `null`.
  var isNull: Bool {
    if case .scalar(let text, .plain) = content { return ["", "~", "null", "Null", "NULL"].contains(text) }
    return false
  }

  /// How the node is spoken of in a message.
  var spoken: String {
    switch content {
    case .scalar where isNull: return "nothing"
    case .scalar(let text, let style):
      let short = text.count > 60 ? text.prefix(57) + "..." : text[...]
      return style == .quoted ? "the string '\(short.oneLine)'" : "'\(short.oneLine)'"
    case .list: return "a list"
    case .map: return "a mapping"
    }
  }
}

extension StringProtocol {
  /// The text with its control characters written as escapes, so that a message stays one line.
  var oneLine: String {
    var result = ""
    for scalar in unicodeScalars {
      if scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029 {
        result += scalar.escaped(asASCII: true)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
