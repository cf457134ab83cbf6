#if Macros
/// One entry of an interface as builder code, and the `#if` blocks around entries.
enum Entry {
  /// What makes it, and what is called on that.
  case member(String, modifiers: [String], source: String?)
  /// Lines of `#if` with what stands between them.
  case conditional(clauses: [(condition: String, entries: [Entry])])

  /// The lines of the code.
  func lines(indentation: String) -> [String] {
    switch self {
    case .member(let text, let modifiers, let source):
      let calls = modifiers + (source.map { [".source(\(literal($0)))"] } ?? [])
      // Behind a brace of several lines' closure they stand where it does.
      let margin = text.hasSuffix("\n}") ? indentation : indentation + "  "
      return indented(text, by: indentation) + calls.flatMap { indented($0, by: margin) }
    case .conditional(let clauses):
      return clauses.flatMap { clause in
        [indentation + clause.condition] + clause.entries.flatMap { $0.lines(indentation: indentation + "  ") }
      } + ["\(indentation)#endif"]
    }
  }
}

/// The lines of a text with their indentation; literals of several lines move as a whole, and keep their value.
func indented(_ text: String, by indentation: String) -> [String] {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : indentation + $0 }
}

/// The argument of an entry that says what a member is: nothing where there is no documentation.
func documentationArgument(_ text: String) -> String { text.isEmpty ? "" : ", doc: \(literal(text))" }
#endif
