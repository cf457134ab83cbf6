#if Macros
import SwiftSyntax

/// A method as its declaration writes it.
struct MethodMember {
  let function: FunctionDeclSyntax

  private var parameters: [FunctionParameterSyntax] { Array(function.signature.parameterClause.parameters) }
  private var effects: FunctionEffectSpecifiersSyntax? { function.signature.effectSpecifiers }

  /// Whether it says that it may throw.
  var throwsErrors: Bool { effects?.throwsClause != nil }

  /// Whether callers wait for it.
  var isAsynchronous: Bool { effects?.asyncSpecifier != nil || function.attributes.first("MainActor") != nil }

  /// What makes the method impossible to serve.
  var problem: MemberProblem? {
    if let clause = function.genericParameterClause {
      return MemberProblem(
        "A generic method cannot be called by pages, which have no types; write one for the types that it is called with, or mark it @Hidden",
        id: "genericMethod", at: clause)
    }
    for parameter in parameters {
      if let problem = Self.problem(parameter) { return problem }
    }
    return function.signature.returnClause.flatMap {
      $0.type.isVoid ? nil : $0.type.problem(of: "The result of '\(function.name.plainName)'", allowsOpaque: true)
    }
  }

  private static func problem(_ parameter: FunctionParameterSyntax) -> MemberProblem? {
    let name = (parameter.secondName ?? parameter.firstName).plainName
    if let ellipsis = parameter.ellipsis {
      return MemberProblem(
        "'\(name)' takes any number of values, which pages cannot pass; take an array, or mark the method @Hidden", id: "variadic",
        at: ellipsis)
    }
    for case .simpleTypeSpecifier(let specifier)? in parameter.type.as(AttributedTypeSyntax.self)?.specifiers.map(Optional.init) ?? [] {
      if ["inout", "isolated"].contains(specifier.specifier.text) {
        return MemberProblem(
          "'\(name)' is '\(specifier.specifier.text)', which pages cannot pass; return the value, or mark the method @Hidden", id: "inout",
          at: specifier)
      }
    }
    return parameter.type.problem(of: "'\(name)'")
  }

  /// The builder code that makes the entry.
  func entry(of type: LiveType) -> String {
    let documentation = Documentation(function.leadingTrivia)
    let spelling = TypeSpelling(owner: type.name)
    let arguments = parameters.enumerated().map { MethodArgument($1, at: $0, documentation.parameters, spelling) }
    let taken = Set(arguments.map(\.name))
    let owner = ["it", "me", "object"].first { !taken.contains($0) } ?? "_it"

    let taking = ["\(owner): \(type.isActor ? "isolated " : "")\(type.name)"] + arguments.map { "\(variableName($0.name)): \($0.type)" }
    let passing = arguments.map { ($0.label.map { "\($0): " } ?? "") + variableName($0.name) }
    let marks = (throwsErrors ? "try " : "") + (isAsynchronous ? "await " : "")
    let head = "(\(taking.joined(separator: ", "))) in"
    let body = "\(marks)\(owner).\(variableName(function.name.plainName))(\(passing.joined(separator: ", ")))"

    let call = "\(type.isActor ? "ActorMethod" : "Method")("
    let key = "\"\(function.name.plainName)\""
    let doc = documentationArgument(documentation.text)
    let declared = arguments.isEmpty ? "" : ", parameters: [\(arguments.map(\.declaration).joined(separator: ", "))]"
    let line = "\(call)\(key)\(declared)\(doc)) { \(head) \(body) }"
    if line.count <= 130, !line.contains("\n") { return line }

    // As one would break a line that is too long.
    var lines = [call, "  \(key)" + (arguments.isEmpty ? "" : ",")]
    if !arguments.isEmpty {
      lines += ["  parameters: ["] + arguments.flatMap { indented($0.declaration + ",", by: "    ") } + ["  ]"]
    }
    if !doc.isEmpty { lines += [lines.removeLast() + ","] + indented("doc: \(literal(documentation.text))", by: "  ") }
    return (lines + [") { \(head)", "  \(body)", "}"]).joined(separator: "\n")
  }
}

extension TypeSyntax {
  fileprivate var isVoid: Bool { self.as(TupleTypeSyntax.self)?.elements.isEmpty ?? false }
}
#endif
