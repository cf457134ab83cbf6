#if Macros
import SwiftSyntax
import SwiftSyntaxMacros

/// A marker writes nothing; `@Live` reads it. It says so where it would mean nothing.
protocol MarkerMacro: PeerMacro {
  static var marker: Marker { get }
}

extension MarkerMacro {
  static func expansion(
    of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
  ) throws -> [DeclSyntax] {
    let name = "@\(marker.rawValue)"
    guard context.lexicalContext.first?.isLive == true else {
      context.error(
        "'\(name)' has a meaning only on members that are written in a class or an actor with @Live", id: "markerOutside", at: node,
        fixIts: [.removing(node)])
      return []
    }
    let isMethod = declaration.is(FunctionDeclSyntax.self)
    if isMethod ? !marker.suitsMethods : !declaration.is(VariableDeclSyntax.self) && marker != .hidden {
      context.error(
        "'\(name)' is for \(marker.suitsMethods ? "properties and methods" : "properties")", id: "markerMisplaced", at: node,
        fixIts: [.removing(node)])
    }
    if [.requires, .marked].contains(marker), node.argumentText == "\"\"" {
      context.error("'\(name)' needs a name that is not empty", id: "markerEmpty", at: node)
    }
    return []
  }
}

extension SyntaxProtocol {
  fileprivate var isLive: Bool {
    guard let type = asProtocol((any DeclGroupSyntax).self) else { return false }
    return type.attributes.first("Live") != nil
  }
}

enum HiddenMacro: MarkerMacro { static let marker = Marker.hidden }
enum NestedMacro: MarkerMacro { static let marker = Marker.nested }
enum ReadOnlyMacro: MarkerMacro { static let marker = Marker.readOnly }
enum RequiresMacro: MarkerMacro { static let marker = Marker.requires }
enum MarkedMacro: MarkerMacro { static let marker = Marker.marked }
enum LockingMacro: MarkerMacro { static let marker = Marker.locking }
enum SynchronousMacro: MarkerMacro { static let marker = Marker.synchronous }
enum TimeLimitMacro: MarkerMacro { static let marker = Marker.timeLimit }
enum MaxStartDelayMacro: MarkerMacro { static let marker = Marker.maxStartDelay }

let markerMacros: [any Macro.Type] = [
  HiddenMacro.self, NestedMacro.self, ReadOnlyMacro.self, RequiresMacro.self, MarkedMacro.self, LockingMacro.self, SynchronousMacro.self,
  TimeLimitMacro.self, MaxStartDelayMacro.self,
]
#endif
