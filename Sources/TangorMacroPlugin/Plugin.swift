#if Macros
import SwiftCompilerPlugin
import SwiftSyntaxMacros

@main struct Plugin: CompilerPlugin {
  let providingMacros: [any Macro.Type] = [LiveMacro.self] + markerMacros
}
#else
/// The program without the trait `Macros`: nothing asks it for anything.
@main struct Plugin {
  static func main() {}
}
#endif
