import TangorTesting
import Testing

@testable import TangorPrograms

@Suite struct ReadySignTests {
  @Test func itIsFoundWhereverTheOutputIsCut() {
    let text = Array("wslink: Startwslink: Starting factory\nmore".utf8)
    for first in 0...text.count {
      for second in first...text.count {
        let sign = Box(ReadySign("wslink: Starting factory\n"))
        var isFound = false
        for part in [text[..<first], text[first..<second], text[second...]] { isFound = sign.look(at: part, of: .standardOutput) }
        #expect(isFound)
      }
    }
  }

  @Test func itIsFoundWithItsLastByteAndNotBefore() {
    let sign = Box(ReadySign("aabaaa"))
    #expect(!sign.look(at: "aabaabaa".utf8, of: .standardOutput))
    #expect(!sign.value.isFound)
    #expect(sign.look(at: "a".utf8, of: .standardOutput))
    #expect(sign.value.isFound)
    #expect(sign.look(at: "".utf8, of: .standardError), "found stays found")
  }

  @Test func streamsAreNotMixed() {
    let sign = Box(ReadySign("ready"))
    #expect(!sign.look(at: "rea".utf8, of: .standardOutput))
    #expect(!sign.look(at: "dy".utf8, of: .standardError))
    #expect(sign.look(at: "dy".utf8, of: .standardOutput))
  }

  @Test func anEmptyTextIsThereAtOnce() {
    let sign = Box(ReadySign(""))
    #expect(sign.value.isFound)
  }

  @Test func itAgreesWithASearchInTheWhole() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<2_000 {
      let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in UInt8.random(in: 0...1, using: &random) }
      let pattern = (0..<Int.random(in: 1...6, using: &random)).map { _ in UInt8.random(in: 0...1, using: &random) }
      let sign = Box(ReadySign(String(decoding: pattern, as: UTF8.self)))
      var isFound = false
      var rest = text[...]
      while !rest.isEmpty {
        let part = rest.prefix(Int.random(in: 1...5, using: &random))
        isFound = sign.look(at: part, of: .standardError)
        rest = rest.dropFirst(part.count)
      }
      #expect(isFound == text.indices.contains { text[$0...].starts(with: pattern) })
    }
  }
}

extension Box where Value == ReadySign {
  /// Looks at the next bytes.
  fileprivate func look(at bytes: some Sequence<UInt8>, of stream: OutputStream) -> Bool { value.look(at: bytes, of: stream) }
}
