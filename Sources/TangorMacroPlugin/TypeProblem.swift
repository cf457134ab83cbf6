#if Macros
import SwiftSyntax

extension TypeSyntax {
  /// What in a type can neither come from a page nor go to one.
  ///
  /// - Parameter allowsOpaque: Whether the type itself may be `some`, as a result's may.
  func problem(of what: String, allowsOpaque: Bool = false) -> MemberProblem? {
    if let opaque = self.as(SomeOrAnyTypeSyntax.self), allowsOpaque, opaque.someOrAnySpecifier.tokenKind == .keyword(.some) { return nil }
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
