import Testing

@testable import TangorCore

@Suite struct KeyTests {
  @Test(arguments: [
    (UInt64(0), UInt64(0), "00000000000000000000000000000000"),
    (UInt64.max, UInt64.max, "ffffffffffffffffffffffffffffffff"),
    (0x3dff_ee9e_03ce_f232, 0x2a29_6126_6ebf_f104, "3dffee9e03cef2322a2961266ebff104"),
  ])
  func isWrittenAsItIsRead(high: UInt64, low: UInt64, text: String) {
    let key = Key(high: high, low: low)
    #expect(key.description == text)
    #expect(Key(text) == key)
    #expect(Key(Substring(text)) == key)
  }

  @Test(arguments: [
    "", "0", "3dffee9e03cef2322a2961266ebff10", "3dffee9e03cef2322a2961266ebff1040", "3DFFEE9E03CEF2322A2961266EBFF104",
    "3dffee9e03cef2322a2961266ebff10g", " 3dffee9e03cef2322a2961266ebff10", "3dffee9e-03cef232-2a296126-6ebff1",
    "٣dffee9e03cef2322a2961266ebff104", "3dffee9e03cef2322a2961266ebff10\0",
  ])
  func refusesAllElse(text: String) {
    #expect(Key(text) == nil)
  }

  @Test func freshKeysDiffer() {
    let keys = Set((0..<1_000).map { _ in Key() })
    #expect(keys.count == 1_000)
    #expect(Set(keys.map(\.description)).count == 1_000)
    #expect(keys.allSatisfy { Key($0.description) == $0 })
  }
}
