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

      let declared = arguments.isEmpty ? "" : ", parameters: [\(arguments.map(\.declaration).joined(separator: ", "))]"
      let taking = ["\(owner): \(type.isActor ? "isolated " : "")\(type.name)"] + arguments.map { "\(variableName($0.name)): \($0.type)" }
      let passing = arguments.map { ($0.label.map { "\($0): " } ?? "") + variableName($0.name) }
      let marks = (throwsErrors ? "try " : "") + (isAsynchronous ? "await " : "")
      let name = variableName(function.name.plainName)
      return "\(type.isActor ? "ActorMethod" : "Method")(\"\(function.name.plainName)\"\(declared)\(documentationArgument(documentation.text)))"
        + " { (\(taking.joined(separator: ", "))) in \(marks)\(owner).\(name)(\(passing.joined(separator: ", "))) }"
    }
  }

  extension TypeSyntax {
    fileprivate var isVoid: Bool { self.as(TupleTypeSyntax.self)?.elements.isEmpty ?? false }
  }
#endif
