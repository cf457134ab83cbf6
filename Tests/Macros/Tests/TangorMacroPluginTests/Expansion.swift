import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacroExpansion
import SwiftSyntaxMacros
import SwiftSyntaxMacrosGenericTestSupport
import Testing

@testable import TangorMacroSources

private let macros: [String: MacroSpec] = [
  "Live": MacroSpec(type: LiveMacro.self, conformances: ["LiveObject", "LiveActor"]),
  "Hidden": MacroSpec(type: HiddenMacro.self), "Nested": MacroSpec(type: NestedMacro.self), "ReadOnly": MacroSpec(type: ReadOnlyMacro.self),
  "Requires": MacroSpec(type: RequiresMacro.self), "Marked": MacroSpec(type: MarkedMacro.self),
  "Locking": MacroSpec(type: LockingMacro.self),
  "Synchronous": MacroSpec(type: SynchronousMacro.self), "TimeLimit": MacroSpec(type: TimeLimitMacro.self),
  "MaxStartDelay": MacroSpec(type: MaxStartDelayMacro.self),
]

/// Expects a declaration's code with its macros expanded, what they say of it, and what it is once their suggestions are taken.
func expectExpansion(
  of source: String, _ expected: String, diagnostics: [DiagnosticSpec] = [], applying fixIts: [String]? = nil, fixed: String? = nil,
  fileID: StaticString = #fileID, filePath: StaticString = #filePath, line: UInt = #line, column: UInt = #column
) {
  assertMacroExpansion(
    source, expandedSource: expected, diagnostics: diagnostics, macroSpecs: macros, applyFixIts: fixIts, fixedSource: fixed,
    indentationWidth: .spaces(2),
    failureHandler: { failure in
      let location = SourceLocation(
        fileID: "\(failure.location.fileID)", filePath: "\(failure.location.filePath)", line: Int(failure.location.line),
        column: Int(failure.location.column))
      Issue.record("\(failure.message)", sourceLocation: location)
    }, fileID: fileID, filePath: filePath, line: line, column: column)
}
