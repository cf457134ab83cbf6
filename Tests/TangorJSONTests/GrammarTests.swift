import TangorJSON
import Testing

/// What RFC 8259 accepts and rejects, told by examples of each rule.
@Suite struct GrammarTests {
  static let accepted: [String] = [
    "null", "true", "false", "0", "-0", "1", "-1", "10", "1234567890", "0.0", "0.5", "-0.5", "1.0", "1.25", "1e0", "1E0", "1e+0", "1e-0",
    "1e00", "1e05", "1.5e3", "1.5E-3", "0e0", "0E+5", "0.0e-7", "123456789012345678901234567890", "1e308", "-1e308", "1e-400",
    "0e999999999",
    "0.1e1", "100e-2", "9007199254740993", "-9223372036854775808", "18446744073709551615", "\"\"", "\"a\"", "\"\\\"\"", "\"\\\\\"",
    "\"\\/\"",
    "\"/\"", "\"\\b\\f\\n\\r\\t\"", "\"\\u0000\"", "\"\\u0041\"", "\"\\u00e9\"", "\"\\u00E9\"", "\"\\u20AC\"", "\"\\uD834\\uDD1E\"",
    "\"\\ud83d\\ude00\"", "\"\\uDBFF\\uDFFF\"", "\"\\uFFFF\"", "\"\\uFFFE\"", "\"\u{7F}\"", "\"é\"", "\"€\"", "\"😀\"",
    "\"\u{2028}\u{2029}\"",
    "\"\u{10FFFF}\"", "\"\u{E000}\"", "\"[1,2\"", "\"{\"", "\"0123456789abcdef0123456789abcdef\"", "\"01234567é9abcdef\"", "\"a\\u0062c\"",
    "[]", "[ ]", "[1]", "[1,2]", "[ 1 , 2 ]", "[[]]", "[[],[]]", "[null,true,false]", "[\"\"]", "[{}]", "[1e1]", "[\n1\r\n,\t2 ]",
    "{}", "{ }", "{\"a\":1}", "{ \"a\" : 1 }", "{\"a\":1,\"b\":2}", "{\"a\":{}}", "{\"a\":[]}", "{\"\":0}", "{\"a\":1,\"a\":2}",
    "{\"\\u0061\":1}", "{\"a\":null,\"b\":true,\"c\":\"d\"}", " 1", "1 ", "\t1", "1\n", "\r\n1\r\n", " [] ", " {} ", " \"\" ", " null ",
    "[1.0,-0.0,1e5,\"x\",[],{},null]",
  ]

  static let rejected: [String] = [
    "", " ", "\n", "nul", "nulll", "Null", "NULL", "tru", "True", "truee", "fals", "False", "nil", "undefined", "NaN", "Infinity",
    "-Infinity",
    "-", "--1", "+1", "-+1", "01", "-01", "00", "-00", "1.", "-1.", ".5", "-.5", "1.e5", "1e", "1e+", "1e-", "1E", "1ee5", "1e5.5", "1e5e5",
    "0x10", "1_000", "1,000", "0b1", "1f", "1 2", "1a", "１", "1.2.3", "- 1", "1e 5", "1 .5", "\"", "\"a", "\"\\\"", "\"\\", "\"\\x41\"",
    "\"\\a\"", "\"\\0\"", "\"\\'\"", "\"\\U0041\"", "\"\\u\"", "\"\\u0\"", "\"\\u00\"", "\"\\u004\"", "\"\\u004g\"", "\"\\u 041\"",
    "\"\\u-041\"",
    "\"\\uD800\"", "\"\\uDC00\"", "\"\\uD800\\u0041\"", "\"\\uD800\\uD800\"", "\"\\uDC00\\uD800\"", "\"\\uD800a\"", "\"\\uD800\\n\"",
    "\"\\uD834\\uDD1\"", "\"\u{0}\"", "\"\u{1F}\"", "\"\n\"", "\"\t\"", "\"\r\"", "\"0123456\n89abcdef\"", "'a'", "a", "\"a\"b",
    "\"a\"\"b\"",
    "[", "]", "[[", "[]]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1;2]", "[1:2]", "[\"a\" \"b\"]", "[}", "[1}", "[\"a]",
    "{", "}", "{]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,\"a\":1}", "{,}", "{\"a\"}", "{\"a\",1}", "{\"a\" 1}",
    "{a:1}", "{'a':1}", "{1:2}", "{null:1}", "{\"a\":1 \"b\":2}", "{\"a\":1;\"b\":2}", "{\"a\"::1}", "{\"a\":}", "{\"a\":1}}", "{\"a\":1]",
    "{\"a\":1}{}", "[][]", "// c\n1", "/* c */1", "1//", "#1", "\u{FEFF}1", "\u{FEFF}{}", "1\u{0}", "\u{0}1", "\u{A0}1", "1\u{2003}",
    "\u{B}1", "\u{C}1", "[1\u{C}]", "[true false]", "[nulltrue]", "truefalse", "1e400", "-1e400", "1e99999999999999999999",
    "[1e400]", "\\u0031", "@", "$", "<1>", "(1)", "=1",
  ]

  static let brokenUTF8: [[UInt8]] = [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xC2, 0xC2], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xE1, 0x80],
    [0xE1, 0x80, 0x20], [0xE1, 0xC0, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
    [0xF0, 0x90, 0x80], [0xF1, 0x80, 0x80, 0x20], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
    [0xFE], [0xFF],
  ]

  @Test(arguments: accepted) func accepts(_ text: String) throws {
    // Beyond the largest double a number is fine to pass on, but not to read.
    let value = try JSONValue(parsing: text)
    let fragment = try JSONFragment(validating: text.utf8)
    #expect(try fragment.value() == value)
    #expect(try JSONValue(parsing: value.jsonBytes()) == value)
  }

  @Test(arguments: rejected) func rejects(_ text: String) {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    if let error { #expect(0...text.utf8.count ~= error.offset) }
  }

  @Test(arguments: brokenUTF8) func rejectsBrokenUTF8(_ bytes: [UInt8]) {
    for padding in [0, 3, 7, 8, 20] {
      let text = Array("\"".utf8) + Array(repeating: 0x61, count: padding) + bytes
      #expect(throws: JSONError.self) { try JSONValue(parsing: text + Array("\"".utf8)) }
      #expect(throws: JSONError.self) { try JSONValue(parsing: text + Array("0123456789\"".utf8)) }
      #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
      #expect(throws: JSONError.self) { try JSONFragment(validating: Array("{".utf8) + text + Array("\":1}".utf8)) }
    }
  }

  @Test func namesTheTroubleAndItsPlace() {
    let cases: [(String, JSONError.Kind, Int)] = [
      ("[1, x]", .unexpectedCharacter, 4), ("[1, 2", .unexpectedEnd, 6 - 1), ("[01]", .invalidNumber, 2), ("{} x", .trailingCharacters, 3),
      ("\"a\\q\"", .invalidString, 2), ("[1,]", .unexpectedCharacter, 3), ("1e999", .outOfRange, 5), ("\"\\uD800\"", .invalidString, 1),
    ]
    for (text, kind, offset) in cases {
      let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
      #expect(error?.kind == kind, "\(text)")
      #expect(error?.offset == offset, "\(text)")
    }
    #expect(JSONError(.invalidNumber, at: 2, "a leading zero").description == "Invalid number in the JSON at byte 2: a leading zero.")
  }

  @Test func boundsTheNesting() throws {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
      func nested(_ depth: Int) -> String { String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth) }
      #expect(throws: Never.self) { try JSONValue(parsing: nested(64)) }
      #expect(throws: Never.self) { try JSONFragment(validating: nested(64).utf8) }
      #expect(throws: Never.self) { try JSONValue(parsing: nested(512), limits: JSONLimits(maximumDepth: 100_000)) }
      for text in [nested(65), nested(100_000), String(repeating: open, count: 100_000)] {
        #expect(#expect(throws: JSONError.self) { try JSONValue(parsing: text) }?.kind == .depthExceeded)
        #expect(#expect(throws: JSONError.self) { try JSONFragment(validating: text.utf8) }?.kind == .depthExceeded)
      }
    }
    // Siblings do not add up.
    #expect(throws: Never.self) { try JSONValue(parsing: "[" + Array(repeating: "[[]]", count: 500).joined(separator: ",") + "]") }
  }

  @Test func readsHugeStrings() throws {
    for unit in ["a", "é", "\\n", "😀", "\\uD83D\\uDE00"] {
      let text = String(repeating: unit, count: 200_000)
      let value = try JSONValue(parsing: "\"\(text)\"")
      let expected = unit == "\\n" ? "\n" : unit.hasPrefix("\\u") ? "😀" : unit
      #expect(value.string?.utf8.elementsEqual(String(repeating: expected, count: 200_000).utf8) == true)
      #expect(try JSONValue(parsing: value.jsonBytes()) == value)
    }
  }
}
