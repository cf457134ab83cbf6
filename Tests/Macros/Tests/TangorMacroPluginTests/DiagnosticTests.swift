import SwiftSyntaxMacrosGenericTestSupport
import Testing

/// What the macro says of types and members, where, and what its suggestions make of them.
struct DiagnosticTests {
  /// Expects one error at a member on line 2, which `@Hidden` or another suggestion takes away.
  private func expectRefusal(
    of member: String, _ message: String, column: Int, fixIt: String? = "mark it @Hidden", fixed: String? = nil,
    type: String = "final class",
    entry: String = "", stays: String? = nil, notes: [NoteSpec] = [], line: UInt = #line
  ) {
    let kind = type == "actor" ? ("LiveActor", "ActorInterface") : ("LiveObject", "Interface")
    let source = { (member: String) in "@Live(capturesSource: false) \(type) A {\n  \(member)\n}" }
    let expanded = """
      \(type) A {
        \(stays ?? member)
      }

      extension A: \(kind.0) {
        static let interface = \(kind.1)<A> {
      \(entry.isEmpty ? "" : "    \(entry)\n")  }
      }
      """
    expectExpansion(
      of: source(member), expanded,
      diagnostics: [
        DiagnosticSpec(message: message, line: 2, column: column, notes: notes, fixIts: fixIt.map { [FixItSpec(message: $0)] } ?? [])
      ], applying: fixIt.map { [$0] }, fixed: fixIt == nil ? nil : source(fixed ?? "@Hidden \(member)"), line: line)
  }

  @Test func refusesPropertiesThatPagesCannotUse() {
    let end = ", which pages know nothing of; use a Codable type, or mark the member @Hidden"
    expectRefusal(of: "var a: (Int) -> Void = { _ in }", "The type of 'a' is a closure\(end)", column: 10)
    expectRefusal(of: "var a: (() -> Void)?", "The type of 'a' is a closure\(end)", column: 11)
    expectRefusal(of: "var a: [(Int, Int)] = []", "The type of 'a' is a tuple\(end)", column: 11)
    expectRefusal(of: "public let a: any Error", "The type of 'a' is an existential\(end)", column: 17)
    expectRefusal(of: "var a: [String: Any] = [:]", "The type of 'a' is 'Any'\(end)", column: 19)
    expectRefusal(of: "var a: Int.Type = Int.self", "The type of 'a' is a metatype\(end)", column: 10)
    expectRefusal(of: "var a: some Equatable { 1 }", "The type of 'a' is an opaque type\(end)", column: 10)
    expectRefusal(
      of: "var a: Int { get async { 1 } }",
      "A property that is read asynchronously is not served; make it an asynchronous method, or mark it @Hidden", column: 20, type: "actor")
    expectRefusal(
      of: "@MainActor var a = 1",
      "A property on the main actor cannot be read from a connection; write an asynchronous method, or mark it @Hidden", column: 3)
    expectRefusal(of: "var (a, b) = (1, 2)", "Declare one property for each name, or mark it @Hidden", column: 7)
    expectRefusal(
      of: "var `a b` = 1", "Pages cannot write the name 'a b' in a path; use letters, digits and '_', or mark it @Hidden", column: 7)
    expectRefusal(
      of: "subscript(a: Int) -> Int { 1 }", "A subscript is not served to pages; write a method, or mark it @Hidden", column: 3)
  }

  @Test func refusesMethodsThatPagesCannotCall() {
    let end = ", which pages know nothing of; use a Codable type, or mark the member @Hidden"
    expectRefusal(
      of: "func a<T>(_ b: T) {}",
      "A generic method cannot be called by pages, which have no types; write one for the types that it is called with, or mark it @Hidden",
      column: 9)
    expectRefusal(of: "func a(b: some Equatable) {}", "'b' is an opaque type\(end)", column: 13)
    expectRefusal(of: "func a(b: any Error) {}", "'b' is an existential\(end)", column: 13)
    expectRefusal(of: "func a(b: @escaping () -> Void) {}", "'b' is a closure\(end)", column: 23)
    expectRefusal(
      of: "func a(b c: inout Int) {}", "'c' is 'inout', which pages cannot pass; return the value, or mark the method @Hidden", column: 15)
    expectRefusal(
      of: "func a(b: Int...) {}", "'b' takes any number of values, which pages cannot pass; take an array, or mark the method @Hidden",
      column: 16)
    expectRefusal(of: "func a() -> any Error { b }", "The result of 'a' is an existential\(end)", column: 15)
    expectRefusal(of: "func a() throws -> (Int, Int) { b }", "The result of 'a' is a tuple\(end)", column: 22)
  }

  @Test func refusesTwoMembersOfOneName() {
    expectRefusal(
      of: "func a() {}; func a(b: Int) {}", "Pages cannot tell two members apart that are called 'a'; rename one, or mark it @Hidden",
      column: 21, fixed: "func a() {}; @Hidden func a(b: Int) {}", entry: "Method(\"a\") { (it: A) in it.a() }\n      .nonthrowing()",
      notes: [NoteSpec(message: "the other one is here", line: 2, column: 8)])
  }

  @Test func refusesMarkersThatMeanNothing() {
    expectRefusal(
      of: "@ReadOnly func a() throws {}", "'@ReadOnly' is for properties", column: 3, fixIt: "remove '@ReadOnly'",
      fixed: "func a() throws {}", entry: "Method(\"a\") { (it: A) in try it.a() }", stays: "func a() throws {}")
    expectRefusal(
      of: "@Nested @Locking let a = B()",
      "'@Locking' has no meaning for an object within an object; mark the members of that object", column: 11, fixIt: "remove '@Locking'",
      fixed: "@Nested let a = B()", stays: "let a = B()")
    expectRefusal(
      of: "@Requires(\"a\") @Requires(\"b\") let a = 1", "'@Requires' stands here twice", column: 18, fixIt: "remove '@Requires(\"b\")'",
      fixed: "@Requires(\"a\") let a = 1", stays: "let a = 1")
    expectRefusal(
      of: "@Requires(\"\") let a = 1", "'@Requires' needs a name that is not empty", column: 3, fixIt: nil,
      entry: "Property(\"a\", \\.a)\n      .requires(\"\")", stays: "let a = 1")
    expectExpansion(
      of: "struct B {\n  @Hidden var a = 1\n}", "struct B {\n  var a = 1\n}",
      diagnostics: [
        DiagnosticSpec(
          message: "'@Hidden' has a meaning only on members that are written in a class or an actor with @Live", line: 2, column: 3,
          fixIts: [FixItSpec(message: "remove '@Hidden'")])
      ], applying: ["remove '@Hidden'"], fixed: "struct B {\n  var a = 1\n}")
  }

  /// Expects one error at a type, which stays without an interface.
  private func expectRefusedType(
    _ type: String, _ message: String, column: Int, at line: Int = 1, fixIts: [String] = [], applying fixIt: String? = nil,
    fixed: String? = nil, stays: String, sourceLine: UInt = #line
  ) {
    expectExpansion(
      of: type, stays,
      diagnostics: [DiagnosticSpec(message: message, line: line, column: column, fixIts: fixIts.map { FixItSpec(message: $0) })],
      applying: fixIt.map { [$0] }, fixed: fixed, line: sourceLine)
  }

  @Test func refusesTypesWithoutAnInterface() {
    expectRefusedType(
      "@Live struct A {}", "'@Live' is for classes and actors", column: 1, fixIts: ["make it a final class", "remove '@Live'"],
      applying: "make it a final class", fixed: "@Live final class A {}", stays: "struct A {}")
    expectRefusedType(
      "@Live enum A {}", "'@Live' is for classes and actors", column: 1, fixIts: ["remove '@Live'"], applying: "remove '@Live'",
      fixed: "enum A {}", stays: "enum A {}")
    let final = "A class with '@Live' is 'final', because its interface holds for no subclass"
    expectRefusedType(
      "@Live public class A {}", final, column: 20, fixIts: ["make it 'final'"], applying: "make it 'final'",
      fixed: "@Live public final class A {}", stays: "public class A {}")
    expectRefusedType(
      "@Live open class A {}", final, column: 18, fixIts: ["make it 'final'"], applying: "make it 'final'",
      fixed: "@Live public final class A {}", stays: "open class A {}")
    let generic = "A generic type cannot have an interface, nor can a type within one; use '@Live' on a type that has no parameters"
    expectRefusedType("@Live final class A<T> {}", generic, column: 20, stays: "final class A<T> {}")
    expectRefusedType(
      "struct B<T> {\n  @Live actor A {}\n}", generic, column: 3, at: 2, stays: "struct B<T> {\n  actor A {}\n}")
    expectRefusedType(
      "@MainActor @Live final class A {}",
      "The members of a class on the main actor cannot be used from a connection; make it an actor, or a class without '@MainActor'",
      column: 1, stays: "@MainActor final class A {}")
    expectRefusedType(
      "@Live distributed actor A {}", "A distributed actor cannot have an interface; make it an actor", column: 7,
      stays: "distributed actor A {}")
    expectRefusedType(
      "struct B {\n  @Live private actor A {}\n}", "The interface of a private type within another type cannot be written outside of it",
      column: 9, at: 2, fixIts: ["make it 'fileprivate'"], applying: "make it 'fileprivate'",
      fixed: "struct B {\n  @Live fileprivate actor A {}\n}", stays: "struct B {\n  private actor A {}\n}")
    expectRefusedType(
      "@Live actor A {\n  static let interface = 1\n}", "'A' has an interface of its own; remove it, or '@Live'", column: 14, at: 2,
      fixIts: ["remove '@Live'"], applying: "remove '@Live'", fixed: "actor A {\n  static let interface = 1\n}",
      stays: "actor A {\n  static let interface = 1\n}")
    expectRefusedType(
      "@Live(capturesSource: isOn) actor A {}", "'capturesSource' is written as 'true' or 'false'", column: 23, stays: "actor A {}")
  }
}
