#if Macros
import SwiftSyntax

/// The documentation comment before a declaration.
struct Documentation {
  /// What it says, without what it says of parameters.
  var text = ""
  /// What it says of parameters, by their names.
  var parameters: [String: String] = [:]

  init(_ trivia: Trivia) {
    var rest: [Substring] = []
    // The parameter being described, and how far its list item is indented.
    var current: (name: String, indentation: Int)?
    // How far the list `- Parameters:` is indented.
    var list: Int?
    for line in Self.lines(trivia) {
      let content = line.drop(while: \.isWhitespace)
      let indentation = line.count - content.count
      if let start = list, !content.isEmpty, indentation <= start { list = nil }
      if content.wholeMatch(of: /[-*+] Parameters:\s*/.ignoresCase()) != nil {
        (list, current) = (indentation, nil)
      } else if let item = content.wholeMatch(of: /[-*+] Parameter `?([^\s:`]+)`?\s*:\s*(.*)/.ignoresCase()) {
        current = (String(item.1), indentation)
        parameters[String(item.1)] = String(item.2)
      } else if list != nil, current.map({ indentation <= $0.indentation }) ?? true,
        let item = content.wholeMatch(of: /[-*+] `?([^\s:`]+)`?\s*:\s*(.*)/)
      {
        current = (String(item.1), indentation)
        parameters[String(item.1)] = String(item.2)
      } else if let name = current?.name, let indent = current?.indentation, !content.isEmpty, indentation > indent {
        parameters[name, default: ""] += (parameters[name, default: ""].isEmpty ? "" : " ") + content
      } else {
        current = nil
        rest.append(line)
      }
    }
    text = Self.trimmed(rest)
  }

  /// The lines of the last documentation comment, without what marks them.
  private static func lines(_ trivia: Trivia) -> [Substring] {
    var lines: [Substring] = []
    for piece in trivia {
      switch piece {
      case .docLineComment(let text):
        let line = text.dropFirst(3)
        lines.append(line.hasPrefix(" ") ? line.dropFirst() : line)
      case .docBlockComment(let text):
        lines += block(text.dropFirst(3).dropLast(2))
      default: break
      }
    }
    return lines.map { line in
      var line = line
      while let last = line.last, last.isWhitespace { line.removeLast() }
      return line
    }
  }

  /// The lines of a comment between `/**` and `*/`: without the stars before them, if all have them, or the indentation that all have.
  private static func block(_ text: Substring) -> [Substring] {
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard let first = lines.first else { return [] }
    lines.removeFirst()
    func isEmpty(_ line: Substring) -> Bool { line.allSatisfy(\.isWhitespace) }
    let filled = lines.filter { !isEmpty($0) }
    let stars = !filled.isEmpty && filled.allSatisfy { $0.drop(while: \.isWhitespace).hasPrefix("*") }
    if stars { lines = lines.map { isEmpty($0) ? "" : $0.drop(while: \.isWhitespace).dropFirst() } }
    let margin = lines.filter { !isEmpty($0) }.map { $0.prefix(while: \.isWhitespace).count }.min() ?? 0
    return [first.drop(while: \.isWhitespace)] + lines.map { $0.dropFirst(min(margin, $0.prefix(while: \.isWhitespace).count)) }
  }

  /// Puts lines together, with at most one empty line between paragraphs and none around.
  private static func trimmed(_ lines: [Substring]) -> String {
    var result: [Substring] = []
    for line in lines where !(line.isEmpty && (result.last?.isEmpty ?? true)) { result.append(line) }
    if result.last?.isEmpty == true { result.removeLast() }
    return result.joined(separator: "\n")
  }
}
#endif
