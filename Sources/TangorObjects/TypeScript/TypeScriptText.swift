/// How names and texts are written in TypeScript, whatever characters they hold.
enum TypeScriptText {
  /// A member's name, quoted where it is no identifier.
  static func name(_ name: String) -> String { isIdentifier(name) ? name : quoted(name) }

  /// A parameter's name: an identifier that is no reserved word.
  static func parameter(_ name: String) -> String {
    var text = String(name.map { isPart($0) ? $0 : "_" })
    if text.isEmpty || text.first?.isNumber == true { text = "_" + text }
    return reserved.contains(text) ? text + "_" : text
  }

  /// A type's name, from the name of an object or of a Swift type.
  static func type(_ name: String) -> String {
    let words = name.split { !isPart($0) }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    guard let first = words.first else { return "Anonymous" }
    return first.isNumber ? "_" + words : words
  }

  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\" + String(scalar)
      case "\u{20}"..."\u{7E}": quoted.unicodeScalars.append(scalar)
      default:
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      }
    }
    return quoted + "\""
  }

  /// Documentation as a comment; a text that would end it early is broken up.
  static func comment(_ lines: [String], indent: String) -> [String] {
    let safe = lines.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
      .map { $0.replacing("*/", with: "*\u{200B}/").trimmingSuffix(while: \.isWhitespace) }
    guard let first = safe.first else { return [] }
    if safe.count == 1 { return ["\(indent)/** \(first) */"] }
    return ["\(indent)/**"] + safe.map { $0.isEmpty ? "\(indent) *" : "\(indent) * \($0)" } + ["\(indent) */"]
  }

  private static func isPart(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || character == "_")
  }

  private static func isIdentifier(_ name: String) -> Bool {
    !name.isEmpty && name.allSatisfy(isPart) && name.first?.isNumber == false
  }

  private static let reserved: Set<String> = [
    "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "enum", "export", "extends",
    "false", "finally", "for", "function", "if", "implements", "import", "in", "instanceof", "interface", "let", "new", "null", "package",
    "private", "protected", "public", "return", "static", "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void",
    "while", "with", "yield", "await", "arguments", "eval",
  ]
}

extension Substring {
  fileprivate func trimmingSuffix(while isDropped: (Character) -> Bool) -> String {
    var end = self
    while let last = end.last, isDropped(last) { end.removeLast() }
    return String(end)
  }
}

extension String {
  fileprivate func trimmingSuffix(while isDropped: (Character) -> Bool) -> String { self[...].trimmingSuffix(while: isDropped) }
}
