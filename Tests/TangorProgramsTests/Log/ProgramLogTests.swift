import NIOCore
import Synchronization
import TangorTesting
import Testing

@testable import TangorPrograms

@Suite(.timeLimit(.minutes(1))) struct ProgramLogTests {
  @Test func readersGetWhatIsThereAndWhatComesUntilTheEnd() async {
    let log = ProgramLog()
    log.append(ByteBuffer(string: "1\n2\n"), from: .standardOutput)
    async let all = texts(of: log.lines())
    async let some = texts(of: log.lines(from: 2))
    async let later = texts(of: log.lines(from: 203))
    for number in 3...205 {
      log.append(ByteBuffer(string: "\(number)\n"), from: number % 2 == 0 ? .standardOutput : .standardError)
      await Task.yield()
    }
    log.append(ByteBuffer(string: "begun"), from: .standardError)
    log.finish()
    #expect(await all == (1...205).map { "\($0)" } + ["begun"])
    #expect(await some == (2...205).map { "\($0)" } + ["begun"])
    #expect(await later == ["203", "204", "205", "begun"])
    #expect(await texts(of: log.lines(from: 300)) == [])
  }

  @Test func aSlowReaderMissesLinesAndSeesIt() async {
    let log = ProgramLog(maximumLines: 3)
    var lines = log.lines().makeAsyncIterator()
    log.append(ByteBuffer(string: "1\n"), from: .standardOutput)
    #expect(await lines.next()?.index == 1)
    for number in 2...10 { log.append(ByteBuffer(string: "\(number)\n"), from: .standardOutput) }
    #expect(await lines.next() == ProgramLine(index: 8, stream: .standardOutput, text: "8"))
  }

  @Test func aReaderThatIsCancelledEndsAndLeavesNoWaiter() async {
    let log = ProgramLog()
    for round in 0..<200 {
      let task = Task { await texts(of: log.lines()) }
      if round % 2 == 0 {
        while log.state.withLock({ $0.waiters.isEmpty }) { await Task.yield() }
      }
      task.cancel()
      #expect(await task.value == [])
      #expect(log.state.withLock { $0.waiters.isEmpty })
    }
  }

  @Test func theLastLinesAreThoseForMessages() {
    let log = ProgramLog(maximumLines: 5)
    #expect(log.last(3) == [])
    log.append(ByteBuffer(string: "1\n2\n3\n4\n5\n6\n"), from: .standardError)
    #expect(log.last(2).map(\.text) == ["5", "6"])
    #expect(log.last(50).map(\.text) == ["2", "3", "4", "5", "6"])
    #expect(log.last(-1) == [])
    #expect(log.lines(max: .max).lines.count == 5)
    #expect(log.lines(after: 5).lines.map(\.text) == ["6"])
  }

  private func texts(of lines: ProgramLogLines) async -> [String] { await lines.reduce(into: []) { $0.append($1.text) } }
}
