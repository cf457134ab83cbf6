import TangorJSON
import Testing

@Suite struct ReaderTests {
  @Test func readsKnownMembersAndSkipsOthers() throws {
    let text = #" {"na\u006De" : "Ada", "age":36, "junk": {"a":[1,{"b":null}]}, "tags":["x", "y"], "ok":true, "ratio": -2.5e1} "#
    var name = ""
    var age = 0
    var tags: [String] = []
    var ok = false
    var ratio = 0.0
    try JSONReader.read(text) { reader in
      try reader.readObject { reader, key throws(JSONError) in
        switch key {
        case "name": name = try reader.readString()
        case "age": age = try reader.readInt()
        case "tags": try reader.readArray { reader throws(JSONError) in tags.append(try reader.readString()) }
        case "ok": ok = try reader.readBool()
        case "ratio": ratio = try reader.readDouble()
        default: #expect(key.string == "junk")
        }
      }
    }
    #expect(name == "Ada" && age == 36 && tags == ["x", "y"] && ok && ratio == -25)
  }

  @Test func checksWhatItSkips() {
    for text in [#"{"a":[1,]}"#, #"{"a":"\x"}"#, #"{"a":01}"#, #"{"a":nul}"#, #"[{"a" 1}]"#] {
      #expect(throws: JSONError.self) { try JSONReader.read(text) { reader in try reader.skipValue() } }
    }
    #expect(throws: JSONError.self) {
      try JSONReader.read(#"{"a":tru}"#) { reader in try reader.readObject { _, _ throws(JSONError) in } }
    }
  }

  @Test func refusesWhatIsLeftOver() {
    #expect(#expect(throws: JSONError.self) { try JSONReader.read("[1]") { _ in } }?.kind == .trailingCharacters)
    let error = #expect(throws: JSONError.self) {
      try JSONReader.read("[") { reader in try reader.beginArray() }
    }
    #expect(error?.kind == .unexpectedEnd)
  }

  @Test func lendsStringsUnescaped() throws {
    for (text, expected) in [(#""plain""#, "plain"), (#""a\tb\u00e9\uD83D\uDE00""#, "a\tbé😀"), (#""""#, "")] {
      let bytes = try JSONReader.read(text) { reader in try reader.readStringBytes { Array($0) } }
      #expect(bytes == Array(expected.utf8))
    }
  }

  @Test func tellsRawValuesApart() throws {
    let text = #"{"a": {"b":[ 1 , 2 ]} , "c":"x"}"#
    var pieces: [String] = []
    try JSONReader.read(text) { reader in
      try reader.readObject { reader, _ throws(JSONError) in pieces.append(try reader.readFragment().description) }
    }
    #expect(pieces == [#"{"b":[ 1 , 2 ]}"#, #""x""#])
    let range = try JSONReader.read("  [1]  ") { reader in try reader.readRawValue() }
    #expect(range == 2..<5)
  }

  @Test func saysWhichTypeItFound() {
    let error = #expect(throws: JSONError.self) { try Int(json: " \"1\"") }
    #expect(error?.kind == .typeMismatch && error?.offset == 1)
    #expect(error?.detail == "expected an integer, found a string")
    #expect(#expect(throws: JSONError.self) { try String(json: "[]") }?.kind == .typeMismatch)
    #expect(#expect(throws: JSONError.self) { try Bool(json: "1") }?.kind == .typeMismatch)
    #expect(#expect(throws: JSONError.self) { try [Int](json: "{}") }?.kind == .typeMismatch)
    #expect(#expect(throws: JSONError.self) { try [String: Int](json: "null") }?.kind == .typeMismatch)
    #expect(#expect(throws: JSONError.self) { try Double(json: "") }?.kind == .unexpectedEnd)
  }

  @Test func peeksWithoutTaking() throws {
    for (text, kind) in [("null", JSONKind.null), (" true", .bool), ("-1", .number), ("\"\"", .string), ("[]", .array), ("{}", .object)] {
      let found = try JSONReader.read(text) { reader in
        let kind = try reader.peekKind()
        try reader.skipValue()
        return kind
      }
      #expect(found == kind)
    }
  }

  @Test func readsStandardTypes() throws {
    #expect(try [Int?](json: "[1,null,3]") == [1, nil, 3])
    #expect(try [String: [Double]](json: #"{"a":[1,2.5],"b":[]}"#) == ["a": [1, 2.5], "b": []])
    #expect(try [UInt8](json: Array("[0,255]".utf8)) == [0, 255])
    #expect(try [Bool](json: AnySequence(Array("[true,false]".utf8))) == [true, false])
  }
}
