#if Macros
import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacros

/// `@Live`: writes the interface of a class or an actor, in an extension.
enum LiveMacro: ExtensionMacro {
  // The code is written as a person would write it already.
  static var formatMode: FormatMode { .disabled }

  static func expansion(
    of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax, providingExtensionsOf type: some TypeSyntaxProtocol,
    conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
  ) throws -> [ExtensionDeclSyntax] {
    let typeName = type.trimmedDescription
    guard let type = LiveType(declaration, name: typeName, attribute: node, in: context),
      let capturesSource = capturesSource(node, in: context)
    else { return [] }
    var collector = MemberCollector(type: type, capturesSource: capturesSource, context: context)
    let entries = collector.entries(of: declaration.memberBlock.members)
    let code = write(type, doc: Documentation(declaration.leadingTrivia).text, entries, protocols)
    return try [ExtensionDeclSyntax("\(raw: code)")]
  }

  private static func write(_ type: LiveType, doc: String, _ entries: [Entry], _ protocols: [TypeSyntax]) -> String {
    let conformance = type.isActor ? "LiveActor" : "LiveObject"
    // The type may have declared it already.
    let conforms = protocols.contains { $0.trimmedDescription.split(separator: ".").last ?? "" == conformance }
    let interface = type.isActor ? "ActorInterface" : "Interface"
    let head = "\(type.access)static let interface = \(interface)<\(type.name)>\(doc.isEmpty ? "" : "(\(literal(doc)))") {"
    let members = entries.flatMap { $0.lines(indentation: "    ") }
    return (["extension \(type.name)\(conforms ? ": \(conformance)" : "") {"] + indented(head, by: "  ") + members + ["  }", "}"])
      .joined(separator: "\n")
  }

  /// - Returns: `nil`, with an error, where it is not written as `true` or `false`.
  private static func capturesSource(_ node: AttributeSyntax, in context: some MacroExpansionContext) -> Bool? {
    guard let argument = node.arguments?.as(LabeledExprListSyntax.self)?.first(where: { $0.label?.text == "capturesSource" }) else {
      return true
    }
    guard let literal = argument.expression.as(BooleanLiteralExprSyntax.self) else {
      context.error("'capturesSource' is written as 'true' or 'false'", id: "capturesSource", at: argument.expression)
      return nil
    }
    return literal.literal.tokenKind == .keyword(.true)
  }
}
#endif
