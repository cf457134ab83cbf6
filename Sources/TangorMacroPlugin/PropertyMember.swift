#if Macros
import SwiftSyntax

/// A property as its declaration writes it.
struct PropertyMember {
  let variable: VariableDeclSyntax
  let binding: PatternBindingSyntax
  let name: TokenSyntax

  private var key: String { "\"\(name.plainName)\"" }
  private var access: String { variableName(name.plainName) }
  private var isNested: Bool { variable.attributes.contains(.nested) }

  /// What makes the property impossible to serve.
  var problem: MemberProblem? {
    if let actor = variable.attributes.first("MainActor") {
      return MemberProblem(
        "A property on the main actor cannot be read from a connection; write an asynchronous method, or mark it @Hidden", id: "mainActor",
        at: actor)
    }
    if let keyword = getter?.effectSpecifiers?.asyncSpecifier {
      return MemberProblem(
        "A property that is read asynchronously is not served; make it an asynchronous method, or mark it @Hidden", id: "asyncProperty",
        at: keyword)
    }
    if isNested || tracking != nil { return nil }
    return binding.typeAnnotation?.type.problem(of: "The type of '\(name.plainName)'")
  }

  /// The builder code that makes the entry.
  func entry(of type: LiveType, _ doc: String) -> String {
    let doc = documentationArgument(doc)
    return type.isActor ? actorEntry("(it: isolated \(type.name)) in", doc) : classEntry(doc)
  }

  /// What is called on the entry beside what markers say.
  func modifiers(in type: LiveType) -> [String] {
    let setsWithoutFunction = tracking != nil || !type.isActor && !isFunction && variable.bindingSpecifier.text == "var"
    return isReadOnly && !isNested && setsWithoutFunction ? [".readOnly()"] : []
  }

  private func classEntry(_ doc: String) -> String {
    if isNested { return "Object(\(key), \\.\(access)\(doc))" }
    if let tracking { return "Property(\(key), tracked: \\.\(tracking)\(doc))" }
    guard isFunction else { return "Property(\(key), \\.\(access)\(doc))" }
    return "Property(\(key)\(doc), get: { \(reading)$0.\(access) }\(isSettable ? ", set: { $0.\(access) = $1 }" : ""))"
  }

  private func actorEntry(_ owner: String, _ doc: String) -> String {
    if isNested { return "ActorObject(\(key)\(doc)) { \(owner) it.\(access) }" }
    if let tracking { return "ActorProperty(\(key)\(doc), tracked: { \(owner) it.\(tracking) })" }
    guard isSettable else { return "ActorProperty(\(key)\(doc)) { \(owner) \(reading)it.\(access) }" }
    return "ActorProperty(\(key)\(doc), get: { \(owner) \(reading)it.\(access) }, set: { it, value in it.\(access) = value })"
  }

  /// Where the tracked value is: behind the dollar of a wrapped property, or in a property of that type.
  private var tracking: String? {
    if variable.attributes.first("Tracked") != nil { return "$\(name.plainName)" }
    let called = binding.initializer?.value.as(FunctionCallExprSyntax.self)?.calledExpression
    let types = [
      binding.typeAnnotation?.type.as(IdentifierTypeSyntax.self)?.name, called?.as(DeclReferenceExprSyntax.self)?.baseName,
      called?.as(GenericSpecializationExprSyntax.self)?.expression.as(DeclReferenceExprSyntax.self)?.baseName,
    ]
    return types.contains { $0?.text == "TrackedValue" } ? access : nil
  }

  private var accessors: [AccessorDeclSyntax] {
    guard case .accessors(let list)? = binding.accessorBlock?.accessors else { return [] }
    return Array(list)
  }

  private var getter: AccessorDeclSyntax? { accessors.first { $0.accessorSpecifier.text == "get" } }

  private var reading: String { getter?.effectSpecifiers?.throwsClause == nil ? "" : "try " }

  /// Whether code stands behind it. It may take its time, so it is read by a function, off the event loops, and not by a path.
  private var isFunction: Bool {
    variable.modifiers.contains("lazy")
      || binding.accessorBlock != nil && !accessors.contains { ["willSet", "didSet"].contains($0.accessorSpecifier.text) }
  }

  private var isReadOnly: Bool { variable.modifiers.keepsSetting || variable.attributes.contains(.readOnly) }

  private var isSettable: Bool {
    guard variable.bindingSpecifier.text == "var", !isReadOnly else { return false }
    guard binding.accessorBlock != nil else { return true }
    return accessors.contains { ["set", "_modify", "modify", "willSet", "didSet"].contains($0.accessorSpecifier.text) }
  }
}
#endif
