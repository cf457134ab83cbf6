import Testing

@testable import TangorMacroSources

/// Texts of the source within what the macro writes.
struct SourceTextTests {
  @Test func capturesSource() {
    expectExpansion(
      of: """
        @Live final class Sample {
          /// The a.
          var a = "x"
          func twice() -> String {
            // By a loop.
            \"""
            \\(a)\\(a)
            \"""
          }
        }
        """,
      ##"""
      final class Sample {
        /// The a.
        var a = "x"
        func twice() -> String {
          // By a loop.
          """
          \(a)\(a)
          """
        }
      }

      extension Sample: LiveObject {
        static let interface = Interface<Sample> {
          Property("a", \.a, doc: "The a.")
            .source(#"var a = "x""#)
          Method("twice") { (it: Sample) -> String in it.twice() }
            .nonthrowing()
            .source(#"""
              func twice() -> String {
                // By a loop.
                """
                \(a)\(a)
                """
              }
              """#)
        }
      }
      """##)
  }

  @Test(arguments: [
    ("a", #""a""#), ("a\nb", "\"\"\"\n  a\n  b\n  \"\"\""), (#"a"b\"#, ##"#"a"b\"#"##), (##"a"#b"##, ###"##"a"#b"##"###),
    (#""" + a"#, "\"\"\"\n  \"\" + a\n  \"\"\""), ("\"", "\"\"\"\n  \"\n  \"\"\""),
  ])
  func writesTextsAsLiterals(text: String, expected: String) { #expect(literal(text) == expected) }
}
