#if Macros
import SwiftSyntax

extension TypeSyntax {
  /// Protocols whose values go to a page.
  private static let sentProtocols: Set = ["Sequence", "AsyncSequence", "Collection", "Encodable", "Codable"]

  /// What in a type can neither come from a page nor go to one.
  ///
  /// - Parameter allowsOpaque: Whether the type itself may be `some`, as that of a result may whose constraint makes it fit to be sent.
  func problem(of what: String, allowsOpaque: Bool = false) -> MemberProblem? {
    // Any other opaque value would be dropped: a closure cannot say that it returns `some`.
    if allowsOpaque, let opaque = self.as(SomeOrAnyTypeSyntax.self), opaque.someOrAnySpecifier.tokenKind == .keyword(.some),
      opaque.constraint.tokens(viewMode: .sourceAccurate).contains(where: { Self.sentProtocols.contains($0.text) })
    {
      return nil
    }
    let finder = UnservedTypes(viewMode: .sourceAccurate)
    finder.walk(self)
    return finder.found.map { kind, node in
      MemberProblem("\(what) is \(kind), which pages know nothing of; use a Codable type, or mark the member @Hidden", id: "type", at: node)
    }
  }
}

/// Finds types that are never `Codable`.
private final class UnservedTypes: SyntaxVisitor {
  var found: (kind: String, node: Syntax)?

  private func find(_ kind: String, _ node: some SyntaxProtocol) -> SyntaxVisitorContinueKind {
    if found == nil { found = (kind, Syntax(node)) }
    return .skipChildren
  }

  override func visit(_ node: FunctionTypeSyntax) -> SyntaxVisitorContinueKind { find("a closure", node) }
  override func visit(_ node: MetatypeTypeSyntax) -> SyntaxVisitorContinueKind { find("a metatype", node) }

  override func visit(_ node: TupleTypeSyntax) -> SyntaxVisitorContinueKind {
    node.elements.count == 1 ? .visitChildren : find("a tuple", node)
  }

  override func visit(_ node: SomeOrAnyTypeSyntax) -> SyntaxVisitorContinueKind {
    find(node.someOrAnySpecifier.tokenKind == .keyword(.some) ? "an opaque type" : "an existential", node)
  }

  override func visit(_ node: IdentifierTypeSyntax) -> SyntaxVisitorContinueKind {
    ["Any", "AnyObject", "AnyHashable"].contains(node.name.text) ? find("'\(node.name.text)'", node) : .visitChildren
  }
}
#endif
