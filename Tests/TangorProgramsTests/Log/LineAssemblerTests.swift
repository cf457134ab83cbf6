import TangorTesting
import Testing

@testable import TangorPrograms

@Suite struct LineAssemblerTests {
  private func lines(_ parts: [[UInt8]], longest: Int = 1_000, last: Int = .max) -> (skipped: Int, lines: [String]) {
    var assembler = LineAssembler(longestLine: longest)
    var found: [String] = []
    var skipped = 0
    for part in parts {
      part.withUnsafeBytes { bytes in
        skipped += assembler.append(bytes, keepingLast: last) { found.append($0) }
      }
    }
    assembler.finish { found.append($0) }
    return (skipped, found)
  }

  @Test func everyCutGivesTheSameLines() {
    let text = Array("one\n\ntwo é\r\nthree 🙂\r\r\n\rfour".utf8)
    for first in 0...text.count {
      for second in first...text.count {
        let parts = [Array(text[..<first]), Array(text[first..<second]), Array(text[second...])]
        #expect(lines(parts).lines == ["one", "", "two é", "three 🙂\r", "\rfour"])
      }
    }
  }

  @Test func longLinesAreCutIntoPiecesBetweenCharacters() {
    #expect(lines([Array("123456789\nab".utf8)], longest: 4).lines == ["1234", "5678", "9", "ab"])
    #expect(lines([Array("1234\n5678\n".utf8)], longest: 4).lines == ["1234", "5678"], "one that just fits has no empty piece")
    let text = "aé🙂ée🙂🙂é12é"
    for longest in 4...12 {
      for cut in 0...text.utf8.count {
        let bytes = Array(text.utf8)
        let pieces = lines([Array(bytes[..<cut]), Array(bytes[cut...])], longest: longest).lines
        #expect(pieces.joined() == text)
        #expect(pieces.allSatisfy { $0.utf8.count <= longest })
      }
    }
  }

  @Test func whatIsNoUTF8IsRepaired() {
    #expect(lines([[0x61, 0xFF, 0x62, 0x0A, 0xC3]]).lines == ["a\u{FFFD}b", "\u{FFFD}"])
    // Bytes that only continue characters: nothing to cut between, and nothing that could go round for ever.
    #expect(lines([[UInt8](repeating: 0x80, count: 10)], longest: 4).lines.joined().count == 10)
    #expect(lines([[UInt8](repeating: 0xF0, count: 10)], longest: 4).lines.joined().count == 10)
  }

  @Test func linesThatNobodyCouldReadAreCountedAlone() {
    let text = (1...10).map { "\($0)\n" }.joined() + "begun"
    #expect(lines([Array(text.utf8)], last: 3) == (7, ["8", "9", "10", "begun"]))
    #expect(lines([Array("x".utf8), Array(text.utf8)], last: 3) == (7, ["8", "9", "10", "begun"]), "the begun one is the first of them")
    #expect(lines([Array(text.utf8)], last: 10) == (0, (1...10).map { "\($0)" } + ["begun"]))
  }

  @Test func nothingIsLostOfRandomBytes() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<500 {
      let parts = (0..<6).map { _ in
        (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8([10, 97, 98, 99].randomElement(using: &random)!) }
      }
      let whole = String(decoding: parts.joined(), as: UTF8.self)
      var expected = whole.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      if expected.last == "" { expected.removeLast() }
      #expect(lines(parts).lines == expected)
    }
  }
}
