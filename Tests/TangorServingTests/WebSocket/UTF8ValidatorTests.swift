import Testing

@testable import TangorServing

@Suite struct UTF8ValidatorTests {
  /// The standard library is the oracle, for every sequence of up to three bytes out of those at the edges of the rules.
  @Test func agreesWithTheStandardLibrary() {
    let edges: [UInt8] = [
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1,
      0xF3, 0xF4, 0xF5, 0xFF,
    ]
    for first in edges {
      for second in edges {
        for third in edges {
          for bytes in [[first], [first, second], [first, second, third], [first, second, third, 0x80], [first, second, third, 0xBF]] {
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect(bytes.withUnsafeBytes { UTF8Validator.isValid($0) } == isValid, "\(bytes)")
            var inParts = UTF8Validator()
            let isPossible = bytes.allSatisfy { byte in [byte].withUnsafeBytes { inParts.validate($0) } }
            #expect((isPossible && inParts.isComplete) == isValid, "\(bytes) in parts")
          }
        }
      }
    }
  }

  @Test func passesLongPlainText() {
    let text = Array((String(repeating: "plain text ", count: 1_000) + "und ein ü am Ende").utf8)
    #expect(text.withUnsafeBytes { UTF8Validator.isValid($0) })
    for index in stride(from: 0, to: text.count, by: 97) {
      var broken = text
      broken[index] = 0xFF
      #expect(broken.withUnsafeBytes { !UTF8Validator.isValid($0) })
    }
  }
}
