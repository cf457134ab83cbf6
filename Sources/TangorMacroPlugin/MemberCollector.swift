#if Macros
import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxMacros

/// Goes through the members of a type and writes the entries of those that pages may use.
struct MemberCollector<Context: MacroExpansionContext> {
  let type: LiveType
  let capturesSource: Bool
  let context: Context
  /// Where each name was declared first.
  private var names: [String: TokenSyntax] = [:]

  init(type: LiveType, capturesSource: Bool, context: Context) {
    self.type = type
    self.capturesSource = capturesSource
    self.context = context
  }

  /// Writes the entries of a list of members; members of kinds that an object has none of, as initializers and nested types, have none.
  mutating func entries(of members: MemberBlockItemListSyntax) -> [Entry] {
    members.flatMap { item -> [Entry] in
      if let block = item.decl.as(IfConfigDeclSyntax.self) { return conditional(block) }
      if let variable = item.decl.as(VariableDeclSyntax.self) {
        return isLeftOut(variable.modifiers, variable.attributes) ? [] : properties(variable)
      }
      if let function = item.decl.as(FunctionDeclSyntax.self) {
        return isLeftOut(function.modifiers, function.attributes) ? [] : method(function)
      }
      if let element = item.decl.as(SubscriptDeclSyntax.self), !isLeftOut(element.modifiers, element.attributes) {
        refuse(
          "A subscript is not served to pages; write a method, or mark it @Hidden", id: "subscript", at: element.subscriptKeyword,
          element)
      }
      return []
    }
  }

  private func isLeftOut(_ modifiers: DeclModifierListSyntax, _ attributes: AttributeListSyntax) -> Bool {
    modifiers.isPrivate || modifiers.isStatic || attributes.contains(.hidden)
  }

  /// Writes a block of `#if`. Branches may declare the same names.
  private mutating func conditional(_ block: IfConfigDeclSyntax) -> [Entry] {
    let outer = names
    var all = names
    let clauses = block.clauses.map { clause -> (condition: String, entries: [Entry]) in
      names = outer
      defer { all.merge(names) { first, _ in first } }
      let condition = clause.poundKeyword.text + (clause.condition.map { " \($0.lineText)" } ?? "")
      guard case .decls(let members)? = clause.elements else { return (condition, []) }
      return (condition, entries(of: members))
    }
    names = all
    return clauses.allSatisfy(\.entries.isEmpty) ? [] : [.conditional(clauses: clauses)]
  }

  private mutating func properties(_ variable: VariableDeclSyntax) -> [Entry] {
    guard agree(variable.attributes) else { return [] }
    let doc = Documentation(variable.leadingTrivia).text
    return variable.bindings.compactMap { binding in
      guard let name = binding.pattern.as(IdentifierPatternSyntax.self)?.identifier else {
        refuse("Declare one property for each name, or mark it @Hidden", id: "pattern", at: binding.pattern, variable)
        return nil
      }
      let property = PropertyMember(variable: variable, binding: binding, name: name)
      if let problem = property.problem {
        refuse(problem.message, id: problem.id, at: problem.node, variable)
        return nil
      }
      guard isFree(name, variable) else { return nil }
      return .member(
        property.entry(of: type, doc), modifiers: property.modifiers(in: type) + variable.attributes.modifiers,
        source: source(variable))
    }
  }

  private mutating func method(_ function: FunctionDeclSyntax) -> [Entry] {
    if case .binaryOperator = function.name.tokenKind { return [] }
    guard agree(function.attributes) else { return [] }
    let method = MethodMember(function: function)
    if let problem = method.problem {
      refuse(problem.message, id: problem.id, at: problem.node, function)
      return []
    }
    guard isFree(function.name, function) else { return [] }
    return [
      .member(
        method.entry(of: type), modifiers: (method.throwsErrors ? [] : [".nonthrowing()"]) + function.attributes.modifiers,
        source: source(function))
    ]
  }

  private func source(_ declaration: some DeclSyntaxProtocol) -> String? { capturesSource ? declaration.sourceText : nil }

  /// Whether a member's markers go together; says so where they do not.
  private func agree(_ attributes: AttributeListSyntax) -> Bool {
    var seen: Set<Marker> = []
    var isGood = true
    let isNested = attributes.contains(.nested)
    for attribute in attributes.plain {
      guard let marker = Marker(attribute) else { continue }
      if !seen.insert(marker).inserted, marker != .marked {
        context.error("'@\(marker.rawValue)' stands here twice", id: "markerTwice", at: attribute, fixIts: [.removing(attribute)])
        isGood = false
      }
      if isNested, !marker.suitsNested {
        context.error(
          "'@\(marker.rawValue)' has no meaning for an object within an object; mark the members of that object", id: "markerNested",
          at: attribute, fixIts: [.removing(attribute)])
        isGood = false
      }
    }
    return isGood
  }

  /// Whether a name can be used and is not used yet; says so where it is.
  private mutating func isFree(_ name: TokenSyntax, _ declaration: some DeclSyntaxProtocol) -> Bool {
    guard isPathName(name.plainName) else {
      refuse(
        "Pages cannot write the name '\(name.plainName)' in a path; use letters, digits and '_', or mark it @Hidden", id: "name",
        at: name, declaration)
      return false
    }
    guard let first = names[name.plainName] else {
      names[name.plainName] = name
      return true
    }
    context.error(
      "Pages cannot tell two members apart that are called '\(name.plainName)'; rename one, or mark it @Hidden", id: "overload", at: name,
      fixIts: [.adding("Hidden", to: DeclSyntax(declaration))],
      notes: [Note(node: Syntax(first), message: LiveDiagnostic(message: "the other one is here", id: "overloaded"))])
    return false
  }

  private func refuse(_ message: String, id: String, at node: some SyntaxProtocol, _ declaration: some DeclSyntaxProtocol) {
    context.error(message, id: id, at: node, fixIts: [.adding("Hidden", to: DeclSyntax(declaration))])
  }
}
#endif
