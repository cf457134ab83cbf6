import TangorCore
import TangorTesting
import Testing

@testable import TangorPrograms

@Suite struct LineRingTests {
  private func ring(lines: Int = 5, bytes: Int = 1_600) -> LineRing { LineRing(maximumLines: lines, maximumSize: ByteSize(bytes: bytes)) }

  @Test func linesOfBothStreamsAreNumberedAsTheyAreCompleted() {
    let ring = Box(self.ring())
    #expect(!ring.append("a", .standardOutput))
    #expect(ring.append("b\n", .standardError))
    #expect(ring.append("c\n", .standardOutput))
    #expect(
      ring.value.page(after: 0, max: 10).lines == [
        ProgramLine(index: 1, stream: .standardError, text: "b"), ProgramLine(index: 2, stream: .standardOutput, text: "ac"),
      ])
  }

  @Test func theOldestGoWhenThereAreTooMany() {
    let ring = Box(self.ring(lines: 3))
    for number in 1...100 {
      _ = ring.append("\(number)\n", .standardOutput)
      #expect(ring.value.firstIndex == max(number - 2, 1))
      #expect(ring.value.page(after: 0, max: 10).lines.map(\.text) == (max(number - 2, 1)...number).map { "\($0)" })
    }
  }

  @Test func theOldestGoWhenTheyAreTooLarge() {
    let ring = Box(self.ring(lines: 1_000, bytes: 64))
    for _ in 0..<50 { _ = ring.append(String(repeating: "x", count: 100) + "\n", .standardOutput) }
    let texts = ring.value.page(after: 0, max: 1_000).lines.map(\.text)
    #expect(texts.joined().utf8.count <= 64)
    #expect(texts.count == 16, "pieces of four bytes")
  }

  @Test func aFloodIsCountedAndItsEndKept() {
    let ring = Box(self.ring(lines: 3))
    _ = ring.append("old\n", .standardError)
    _ = ring.append((1...100).map { "\($0)\n" }.joined(), .standardOutput)
    #expect(
      ring.value.page(after: 0, max: 10)
        == ProgramLog.Page(
          lines: (98...100).map { ProgramLine(index: $0 + 1, stream: .standardOutput, text: "\($0)") }, next: 101, isFinished: false))
    #expect(ring.drain().lost == 98)
  }

  @Test func pagesFollowEachOther() {
    let ring = Box(self.ring(lines: 10))
    for number in 1...5 { _ = ring.append("\(number)\n", .standardOutput) }
    let first = ring.value.page(after: 0, max: 2)
    #expect(first.lines.map(\.text) == ["1", "2"])
    let second = ring.value.page(after: first.next, max: 2)
    #expect(second.lines.map(\.text) == ["3", "4"])
    ring.value.finish()
    #expect(!ring.value.page(after: first.next, max: 2).isFinished)
    let last = ring.value.page(after: second.next, max: 2)
    #expect(last.lines.map(\.text) == ["5"])
    #expect(last.isFinished)
    #expect(ring.value.page(after: last.next, max: 2) == ProgramLog.Page(lines: [], next: 5, isFinished: true))
    #expect(ring.value.page(after: 99, max: 2) == ProgramLog.Page(lines: [], next: 99, isFinished: true))
    #expect(ring.value.page(after: -5, max: 0).lines.isEmpty)
    #expect(!ring.value.page(after: 0, max: 0).isFinished)
  }

  @Test func eachLineIsDrainedOnceAndLossIsTold() {
    let ring = Box(self.ring(lines: 3))
    #expect(ring.drain() == ProgramLog.Drained())
    _ = ring.append("a\nb\n", .standardOutput)
    _ = ring.append("e\nbegun", .standardError)
    #expect(ring.drain() == ProgramLog.Drained(standardOutput: ["a\n", "b\n"], standardError: ["e\n"]))
    #expect(ring.drain() == ProgramLog.Drained())
    for number in 1...5 { _ = ring.append("\(number)\n", .standardOutput) }
    #expect(ring.drain() == ProgramLog.Drained(standardOutput: ["3\n", "4\n", "5\n"], lost: 2))
    ring.value.finish()
    #expect(ring.drain() == ProgramLog.Drained(standardError: ["begun\n"]))
  }

  @Test func nothingFollowsTheEnd() {
    let ring = Box(self.ring())
    _ = ring.append("a", .standardOutput)
    ring.value.finish()
    ring.value.finish()
    #expect(!ring.append("b\n", .standardOutput))
    #expect(
      ring.value.page(after: 0, max: 10)
        == ProgramLog.Page(lines: [ProgramLine(index: 1, stream: .standardOutput, text: "a")], next: 1, isFinished: true))
  }
}

extension Box where Value == LineRing {
  /// Takes in a text.
  fileprivate func append(_ text: String, _ stream: OutputStream) -> Bool {
    Array(text.utf8).withUnsafeBytes { value.append($0, from: stream) }
  }

  /// Each line once.
  fileprivate func drain() -> ProgramLog.Drained { value.drain() }
}
