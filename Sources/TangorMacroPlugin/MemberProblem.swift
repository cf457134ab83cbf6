#if Macros
import SwiftSyntax

/// Why a member cannot be served, and where.
struct MemberProblem {
  let message: String
  let id: String
  let node: Syntax

  init(_ message: String, id: String, at node: some SyntaxProtocol) {
    self.message = message
    self.id = id
    self.node = Syntax(node)
  }
}
#endif
