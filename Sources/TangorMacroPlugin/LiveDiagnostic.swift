#if Macros
import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxMacros

/// What the macros say about a program.
struct LiveDiagnostic: DiagnosticMessage, FixItMessage, NoteMessage {
  let message: String
  let id: String
  var severity = DiagnosticSeverity.error

  var diagnosticID: MessageID { MessageID(domain: "Tangor", id: id) }
  var fixItID: MessageID { diagnosticID }
  var noteID: MessageID { diagnosticID }
}

extension FixIt {
  /// Puts a marker before a declaration.
  static func adding(_ marker: String, to declaration: DeclSyntax) -> FixIt? {
    guard let attributed = declaration.asProtocol((any WithAttributesSyntax).self) else { return nil }
    func marked(_ declaration: some WithAttributesSyntax) -> Syntax {
      var copy = declaration
      copy.leadingTrivia = []
      let attribute = AttributeSyntax(
        leadingTrivia: declaration.leadingTrivia, attributeName: IdentifierTypeSyntax(name: .identifier(marker)), trailingTrivia: .space)
      copy.attributes = [.attribute(attribute)] + copy.attributes
      return Syntax(copy)
    }
    return FixIt(
      message: LiveDiagnostic(message: "mark it @\(marker)", id: "mark\(marker)"),
      changes: [.replace(oldNode: Syntax(declaration), newNode: marked(attributed))])
  }

  /// Takes an attribute away.
  static func removing(_ attribute: AttributeSyntax) -> FixIt {
    FixIt(
      message: LiveDiagnostic(message: "remove '\(attribute.trimmedDescription)'", id: "removeMarker"),
      changes: [.replaceText(range: attribute.positionAfterSkippingLeadingTrivia..<attribute.endPosition, with: "", in: attribute.root)])
  }
}

extension MacroExpansionContext {
  func error(_ message: String, id: String, at node: some SyntaxProtocol, fixIts: [FixIt?] = [], notes: [Note] = []) {
    diagnose(
      Diagnostic(
        node: node, message: LiveDiagnostic(message: message, id: id), notes: notes, fixIts: fixIts.compactMap(\.self)))
  }
}
#endif
