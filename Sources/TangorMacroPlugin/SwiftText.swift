#if Macros
import SwiftParser
import SwiftSyntax

/// Writes a text as a string literal, as plainly as it allows. The lines of a literal of several lines are indented by one step.
func literal(_ text: String) -> String {
  // Three quotes in a row would begin a literal of several lines.
  let isLong = text.contains("\n") || text.hasPrefix("\"\"") || text == "\""
  let quote = isLong ? "\"\"\"" : "\""
  var hashes = ""
  while text.contains("\\" + hashes) || text.contains(quote + hashes) { hashes += "#" }
  guard isLong else { return "\(hashes)\"\(text)\"\(hashes)" }
  return (["\(hashes)\"\"\""] + indented(text, by: "  ") + ["  \"\"\"\(hashes)"]).joined(separator: "\n")
}

extension TokenSyntax {
  /// A name without the back-ticks that let it be a keyword.
  var plainName: String { identifier?.name ?? text }
}

/// Writes a name where a variable's may stand: keywords get back-ticks.
func variableName(_ name: String) -> String { name.isValidSwiftIdentifier(for: .variableName) ? name : "`\(name)`" }

/// Whether pages can write a member's name in a path.
func isPathName(_ name: String) -> Bool {
  guard let first = name.unicodeScalars.first, first == "_" || first.properties.isXIDStart else { return false }
  return name.unicodeScalars.allSatisfy(\.properties.isXIDContinue)
}

extension SyntaxProtocol {
  /// The source text without what stands around it, its lines moved to the left together.
  var sourceText: String {
    let margin = leadingTrivia.reduce(into: "") { margin, piece in
      switch piece {
      case .newlines, .carriageReturns, .carriageReturnLineFeeds: margin = ""
      case .spaces(let count): margin += String(repeating: " ", count: count)
      case .tabs(let count): margin += String(repeating: "\t", count: count)
      default: break
      }
    }
    let text = trimmedDescription.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.enumerated().map { index, line in
      index > 0 && line.hasPrefix(margin) ? String(line.dropFirst(margin.count)) : String(line)
    }.joined(separator: "\n")
  }

  /// The source text on one line, to be shown. It need not be code any more.
  var lineText: String {
    trimmedDescription.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: \.isWhitespace) }.joined(separator: " ")
  }
}

/// Writes the type's name for `Self`, which a static property's first value may not name, and `T?` for `T!`, which closures may not take.
final class TypeSpelling: SyntaxRewriter {
  private let owner: String

  init(owner: String) {
    self.owner = owner
    super.init()
  }

  override func visit(_ token: TokenSyntax) -> TokenSyntax {
    guard token.tokenKind == .keyword(.Self) else { return token }
    return token.with(\.tokenKind, .identifier(owner))
  }

  override func visit(_ node: ImplicitlyUnwrappedOptionalTypeSyntax) -> TypeSyntax {
    TypeSyntax(OptionalTypeSyntax(wrappedType: visit(node.wrappedType), trailingTrivia: node.trailingTrivia))
  }

  func callAsFunction(_ node: some SyntaxProtocol) -> String { rewrite(node.detached).sourceText }
}
#endif
