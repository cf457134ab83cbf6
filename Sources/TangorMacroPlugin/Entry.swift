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
        var lines = [indentation + text]
        lines += modifiers.map { "\(indentation)  \($0)" }
        if let source { lines.append("\(indentation)  .source(\(literal(source, indentation: indentation + "    ")))") }
        return lines
      case .conditional(let clauses):
        return clauses.flatMap { clause in
          [indentation + clause.condition] + clause.entries.flatMap { $0.lines(indentation: indentation + "  ") }
        } + ["\(indentation)#endif"]
      }
    }
  }

  /// What stands behind a name in an entry: nothing where there is no documentation.
  func documentationArgument(_ text: String) -> String { text.isEmpty ? "" : ", doc: \(literal(text, indentation: "      "))" }
#endif
