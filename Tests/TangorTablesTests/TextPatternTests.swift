import Testing

@testable import TangorTables

@Suite struct TextPatternTests {
  @Test(arguments: [
    ("a", "banana", true), ("^a", "banana", false), ("a$", "banana", true), ("^$", "", true), ("", "x", true), ("^b.n", "banana", true),
    ("(an)+a$", "banana", true), ("^(an){2}", "banana", false), ("x|n", "banana", true), ("[b-d]an", "banana", true),
    ("[^b]an", "banana", true), ("^[^b]an", "banana", false), ("\\d{2,3}-\\w+", "tel 12-ab", true), ("\\d{4}", "123", false),
    ("\\bcat\\b", "a cat!", true), ("\\bcat\\b", "concat", false), ("^.$", "é", true), ("^..$", "é", false), ("[éü]$", "menü", true),
    ("(?i)BAN", "banana", true), ("BAN", "banana", false), ("a{,2}", "a{,2}", true), ("a\\.b", "a.b", true), ("a\\.b", "axb", false),
    ("^\\D+$", "aé", true), ("[\\d.]+", "3.5", true), ("a*?b", "aaab", true), ("(a|)(b|)c", "c", true), ("[]a]", "]", true),
    (".", "\n", false), ("^(a|b)*c$", "ababac", true), ("a{0}b$", "b", true),
  ]) func matches(pattern: String, text: String, expected: Bool) throws {
    let compiled = try #require(TextPattern(pattern))
    let found = Array(text.utf8).withUnsafeBufferPointer { compiled.matches($0) }
    #expect(found == expected)
  }

  @Test(arguments: ["(", ")", "a**", "*", "[a", "[b-a]", "\\", "(?<x>a)", "a{3,2}", "a{9999}", "((a{1000}){1000}){1000}", "\\q", "[^é]"])
  func whatIsNoPattern(pattern: String) {
    #expect(TextPattern(pattern) == nil)
  }

  @Test func noPatternIsSlow() throws {
    let pattern = try #require(TextPattern("^(a+)+$"))
    let text = [UInt8](repeating: 0x61, count: 5000) + [0x62]
    #expect(text.withUnsafeBufferPointer { !pattern.matches($0) })
    #expect(TextPattern(String(repeating: "(", count: 5000)) == nil)
  }

  @Test func noPatternIsTooLong() throws {
    // The first is refused for its size, the second is not too large, and neither is a matter of depth.
    #expect(TextPattern("a" + String(repeating: "|a", count: 200_000)) == nil)
    let pattern = try #require(TextPattern("^(?:" + (0..<1000).map { "\($0)" }.joined(separator: "|") + ")$"))
    for (text, expected) in [("999", true), ("1000", false), ("", false)] {
      #expect(Array(text.utf8).withUnsafeBufferPointer { pattern.matches($0) } == expected)
    }
    #expect(TextPattern("[" + String(repeating: "é", count: 100_000) + "]") == nil)
  }

  @Test func filtersMatchPatterns() throws {
    let table = try TableCore([("s", .string)])
    try table.write(["ab", "Ab", "b", nil].map { ["s": $0.map { .text($0) } ?? .null] })
    func count(_ op: String, _ pattern: String) throws -> Int {
      try table.makeView(ViewConfiguration(filter: [.init("s", op, [.text(pattern)])])).rowCount
    }
    #expect(try count("matches", "^a") == 1 && count("not matches", "^a") == 2 && count("matches", "(") == 0)
  }
}
