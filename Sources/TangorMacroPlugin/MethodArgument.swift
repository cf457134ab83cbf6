#if Macros
import SwiftSyntax

/// A parameter of a method as builder code.
struct MethodArgument {
  /// Its name for pages and in the closure.
  let name: String
  /// What a call writes before it; `nil` for nothing.
  let label: String?
  /// Its type as a closure may write it.
  let type: String
  /// What describes it.
  let declaration: String

  init(_ parameter: FunctionParameterSyntax, at index: Int, _ documentation: [String: String], _ spelling: TypeSpelling) {
    let inner = (parameter.secondName ?? parameter.firstName).plainName
    name = inner == "_" ? "arg\(index)" : inner
    let isLabelled = parameter.firstName.tokenKind != .wildcard
    label = isLabelled ? parameter.firstName.text : nil
    // Specifiers such as `sending` are of no use to a value that was just read.
    type = spelling(parameter.type.as(AttributedTypeSyntax.self)?.baseType ?? parameter.type)

    let outer = isLabelled ? parameter.firstName.plainName : "_"
    var text = ".init(\"\(name)\""
    if outer != name { text += ", label: \"\(outer)\"" }
    if let value = parameter.defaultValue?.value { text += Self.defaultArgument(value, type, spelling) }
    text += documentationArgument(documentation[inner] ?? "") + ")"
    declaration = text
  }

  /// Writes a default value, with its type where it does not say that itself, and its source where that is not its JSON.
  private static func defaultArgument(_ value: ExprSyntax, _ type: String, _ spelling: TypeSpelling) -> String {
    let source = value.lineText
    let text = spelling(value)
    let says = naturalType(value).map { $0 == type } ?? false
    let isSimple =
      !["as", "is", "?", "=", "try", "await"].contains { mark in
        value.tokens(viewMode: .sourceAccurate).contains { $0.text == mark }
      } && !value.is(SequenceExprSyntax.self) && !value.is(ClosureExprSyntax.self)
    let typed = says ? text : "\(isSimple ? text : "(\(text))") as \(type)"
    let isJSON = says && source.wholeMatch(of: /-?[1-9][0-9]*|0|true|false|"[^"\\]*"/) != nil
    return ", default: \(typed)" + (isJSON ? "" : ", source: \(literal(source))")
  }

  /// The type that an expression has by itself, where it is plain to see.
  private static func naturalType(_ value: ExprSyntax) -> String? {
    if value.is(IntegerLiteralExprSyntax.self) { return "Int" }
    if value.is(FloatLiteralExprSyntax.self) { return "Double" }
    if value.is(BooleanLiteralExprSyntax.self) { return "Bool" }
    if value.is(StringLiteralExprSyntax.self) { return "String" }
    if let negative = value.as(PrefixOperatorExprSyntax.self) { return naturalType(negative.expression) }
    if let call = value.as(FunctionCallExprSyntax.self) { return call.calledExpression.lineText }
    return value.as(MemberAccessExprSyntax.self)?.base?.lineText
  }
}
#endif
