#if Macros
import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxMacros

/// The class or actor that gets an interface.
struct LiveType {
  /// Its name as an extension writes it.
  let name: String
  let isActor: Bool
  /// What stands before the interface's declaration, with a space behind.
  let access: String

  /// - Returns: `nil`, with an error, where it cannot have an interface.
  init?(_ declaration: some DeclGroupSyntax, name: String, attribute: AttributeSyntax, in context: some MacroExpansionContext) {
    let modifiers = declaration.modifiers
    self.name = name
    isActor = declaration.is(ActorDeclSyntax.self)
    access = ["public", "package"].first { modifiers.contains($0) }.map { $0 + " " } ?? ""

    guard let generics = Self.generics(declaration) else {
      context.error(
        "'@Live' is for classes and actors", id: "notAClass", at: attribute, fixIts: [Self.makingClass(declaration), .removing(attribute)])
      return nil
    }
    var isGood = true
    func refuse(_ message: String, id: String, at node: some SyntaxProtocol, _ fixIt: FixIt? = nil) {
      context.error(message, id: id, at: node, fixIts: [fixIt])
      isGood = false
    }
    if let clause = generics.own ?? Self.enclosingGenerics(context) {
      refuse(
        "A generic type cannot have an interface, nor can a type within one; use '@Live' on a type that has no parameters", id: "generic",
        at: generics.own == nil ? Syntax(attribute) : Syntax(clause))
    }
    if !isActor, !modifiers.contains("final") {
      refuse(
        "A class with '@Live' is 'final', because its interface holds for no subclass", id: "notFinal", at: generics.name,
        Self.makingFinal(declaration))
    }
    if let actor = declaration.attributes.first("MainActor") {
      refuse(
        "The members of a class on the main actor cannot be used from a connection; make it an actor, or a class without '@MainActor'",
        id: "mainActor", at: actor)
    }
    if let distributed = modifiers.first(where: { $0.name.text == "distributed" }) {
      refuse("A distributed actor cannot have an interface; make it an actor", id: "distributed", at: distributed)
    }
    if let restricted = modifiers.first(where: { $0.name.text == "private" }), !context.lexicalContext.isEmpty {
      let wider = restricted.with(\.name, restricted.name.with(\.tokenKind, .keyword(.fileprivate)))
      refuse(
        "The interface of a private type within another type cannot be written outside of it", id: "private", at: restricted,
        FixIt(
          message: LiveDiagnostic(message: "make it 'fileprivate'", id: "makeFileprivate"),
          changes: [.replace(oldNode: Syntax(restricted), newNode: Syntax(wider))]))
    }
    if let interface = Self.interface(declaration) {
      refuse("'\(name)' has an interface of its own; remove it, or '@Live'", id: "ownInterface", at: interface, .removing(attribute))
    }
    guard isGood else { return nil }
  }

  private static func generics(_ type: some DeclGroupSyntax) -> (name: TokenSyntax, own: GenericParameterClauseSyntax?)? {
    if let type = type.as(ClassDeclSyntax.self) { return (type.name, type.genericParameterClause) }
    if let type = type.as(ActorDeclSyntax.self) { return (type.name, type.genericParameterClause) }
    return nil
  }

  private static func enclosingGenerics(_ context: some MacroExpansionContext) -> GenericParameterClauseSyntax? {
    context.lexicalContext.lazy.compactMap { $0.asProtocol((any WithGenericParametersSyntax).self)?.genericParameterClause }.first
  }

  /// A static member that the macro would write again.
  private static func interface(_ type: some DeclGroupSyntax) -> TokenSyntax? {
    for item in type.memberBlock.members {
      guard let variable = item.decl.as(VariableDeclSyntax.self), variable.modifiers.isStatic else { continue }
      for binding in variable.bindings {
        if let name = binding.pattern.as(IdentifierPatternSyntax.self)?.identifier, name.plainName == "interface" { return name }
      }
    }
    return nil
  }

  private static func makingClass(_ declaration: some DeclGroupSyntax) -> FixIt? {
    guard let keyword = declaration.as(StructDeclSyntax.self)?.structKeyword else { return nil }
    return FixIt(
      message: LiveDiagnostic(message: "make it a final class", id: "makeClass"),
      changes: [
        .replace(
          oldNode: Syntax(keyword), newNode: Syntax(keyword.with(\.tokenKind, .identifier("final class"))))
      ])
  }

  private static func makingFinal(_ declaration: some DeclGroupSyntax) -> FixIt? {
    guard let type = declaration.as(ClassDeclSyntax.self) else { return nil }
    let message = LiveDiagnostic(message: "make it 'final'", id: "makeFinal")
    if let open = type.modifiers.first(where: { $0.name.text == "open" }) {
      let name = open.name.with(\.tokenKind, .identifier("public final"))
      return FixIt(message: message, changes: [.replace(oldNode: Syntax(open.name), newNode: Syntax(name))])
    }
    let keyword = type.classKeyword.with(\.tokenKind, .identifier("final class"))
    return FixIt(message: message, changes: [.replace(oldNode: Syntax(type.classKeyword), newNode: Syntax(keyword))])
  }
}

extension DeclModifierListSyntax {
  func contains(_ name: String) -> Bool { contains { $0.name.text == name && $0.detail == nil } }

  var isStatic: Bool { contains("static") || contains("class") }

  /// Whether the extension that holds the interface may not, or should not, know the member.
  var isPrivate: Bool { contains("private") || contains("fileprivate") }

  /// Whether setting is kept to the type or its file, though reading is not.
  var keepsSetting: Bool {
    contains { ["private", "fileprivate"].contains($0.name.text) && $0.detail?.detail.text == "set" }
  }
}
#endif
