import Testing

@testable import TangorCore

@Suite struct ChannelPatternTests {
  /// Pattern, name, whether it matches. The first block are the examples of MQTT 5.0, section 4.7.
  private static let table: [(String, String, Bool)] = [
    ("sport/tennis/player1/#", "sport/tennis/player1", true), ("sport/tennis/player1/#", "sport/tennis/player1/ranking", true),
    ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true), ("sport/#", "sport", true), ("#", "a/b/c", true),
    ("sport/tennis/+", "sport/tennis/player1", true), ("sport/tennis/+", "sport/tennis/player1/ranking", false),
    ("sport/+", "sport", false),
    ("sport/+", "sport/", true), ("+/+", "/finance", true), ("/+", "/finance", true), ("+", "/finance", false),
    ("+/tennis/#", "sport/tennis", true), ("#", "$SYS/x", false), ("+/x", "$SYS/x", false), ("+", "$SYS", false),
    ("$SYS/#", "$SYS/x", true), ("$SYS/#", "$SYS", true), ("$SYS/+", "$SYS/x", true), ("a/+/#", "a/$b", true),
    ("a", "a", true), ("a", "ab", false), ("ab", "a", false), ("a/b", "a/b/", false), ("a//b", "a//b", true), ("a/+/b", "a//b", true),
    ("a/#", "ab", false), ("a/#", "a/", true), ("+/#", "a", true), ("a/+/#", "a", false), ("é", "e\u{301}", false), ("/#", "/", true),
    ("/", "/", true), ("+/+/+", "a/b", false),
  ]

  @Test func matchesAsInMQTT() throws {
    for (pattern, name, isMatch) in Self.table {
      #expect(try ChannelPattern(pattern).matches(ChannelName(name)) == isMatch, "\(pattern) \(name)")
    }
  }

  @Test func theTrieFindsTheSame() throws {
    var trie = ChannelPatternTrie<Int>()
    for (index, row) in Self.table.enumerated() { trie.insert(index, for: try ChannelPattern(row.0)) }
    for (_, name, _) in Self.table {
      let name = try ChannelName(name)
      let expected = Set(try Self.table.indices.filter { try ChannelPattern(Self.table[$0].0).matches(name) })
      #expect(trie.values(matching: name) == expected, "\(name)")
    }
    for (index, row) in Self.table.enumerated() { trie.remove(index, for: try ChannelPattern(row.0)) }
    #expect(trie.isEmpty)
  }

  @Test(arguments: ["", "a/+b", "a#", "#/a", "a/#/b", "++", "a\u{0}", "a\u{7F}", "\u{85}", String(repeating: "x", count: 257)])
  func refusesWhatIsNoPattern(text: String) {
    #expect(throws: TangorError.self) { try ChannelPattern(text) }
  }

  @Test(arguments: ["", "+", "a/#", "a\nb", "a\u{9F}", String(repeating: "é", count: 129), String(repeating: "/", count: 32)])
  func refusesWhatIsNoName(text: String) {
    #expect(throws: TangorError.self) { try ChannelName(text) }
  }

  @Test(arguments: ["a", "/", "a//b", "$SYS/x", "grüße/😀", String(repeating: "é", count: 128), String(repeating: "/", count: 31)])
  func takesNames(text: String) throws {
    #expect(try ChannelName(text).text == text)
    #expect(try ChannelPattern(text).isName)
  }

  @Test func positionsTravelAsText() {
    let epoch = ChannelEpoch(bits: 0x0A1B)
    #expect("\(ChannelPosition(epoch: epoch, offset: 17))" == "00000a1b:17")
    #expect(ChannelPosition("00000a1b:17") == ChannelPosition(epoch: epoch, offset: 17))
    for text in ["", ":", "00000a1b", "00000A1B:1", "0000a1b:1", "00000a1b:-1", "00000a1b:+1", "00000a1b:1:2", "00000a1b:"] {
      #expect(ChannelPosition(text) == nil, "\(text)")
    }
  }
}

@Suite struct Base64Tests {
  @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
  func agreesWithTheStandard(plain: String, text: String) {
    #expect(Base64.encode(Array(plain.utf8)) == Array(text.utf8))
    #expect(Base64.decode(text.utf8) == Array(plain.utf8))
  }

  @Test(arguments: ["Zg", "Zg=", "Zg===", "Z===", "Zh==", "Zm9=", "Zm9v=", "Zm=v", "Zm 9", "Zm9-"])
  func refusesOtherForms(text: String) { #expect(Base64.decode(text.utf8) == nil) }
}
