import NIOCore
import TangorCore
import TangorServing
import TangorTesting
import Testing

@testable import TangorStreams

@Suite struct PollTests {
  let clock = ManualClock()
  let client = Client(address: "test")

  private func poll(
    _ registry: PollRegistry, _ key: String, path: String = "/prime", options: PollOptions = .init(), _ source: StreamSource
  ) async throws -> String {
    let ticket = try await registry.poll(path: path, key: key, client: client, options: options) { source }
    return String(buffer: try await ticket.answer(channel: nil))
  }

  @Test func valuesThenDoneThenAnew() async throws {
    let registry = PollRegistry(time: TimeSource(clock))
    let first = StreamSource([2, 3])
    #expect(try await poll(registry, "1", first) == #"{"state": "ready", "content": 2}"#)
    #expect(try await poll(registry, "2", StreamSource([7])) == #"{"state": "ready", "content": 7}"#)
    #expect(try await poll(registry, "1", path: "/other", StreamSource([9])) == #"{"state": "ready", "content": 9}"#)
    #expect(try await poll(registry, "1", StreamSource([100])) == #"{"state": "ready", "content": 3}"#, "later sources are ignored")
    #expect(try await poll(registry, "1", first) == #"{"state": "done", "content": null}"#)
    #expect(try await poll(registry, "1", StreamSource([5])) == #"{"state": "ready", "content": 5}"#)
  }

  @Test func countsAndWindows() async throws {
    let registry = PollRegistry(time: TimeSource(clock))
    let options = PollOptions(count: true, window: 2)
    let answers = [
      #"{"state": "ready", "content": [1], "count": 1}"#, #"{"state": "ready", "content": [1, 2], "count": 2}"#,
      #"{"state": "ready", "content": [2, 3], "count": 3}"#, #"{"state": "done", "content": null, "count": 3}"#,
    ]
    for answer in answers { #expect(try await poll(registry, "k", options: options, StreamSource(1...3)) == answer) }
  }

  @Test func overlappingPollsWaitTheirTurn() async throws {
    let registry = PollRegistry(time: TimeSource(clock))
    let answers = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<30 { group.addTask { try await poll(registry, "k", StreamSource(EndlessAsync())) } }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(answers == Set((1...30).map { #"{"state": "ready", "content": \#($0)}"# }))
  }

  @Test func failuresEndTheGeneratorAndKeysAreChecked() async throws {
    let registry = PollRegistry(time: TimeSource(clock))
    let error = await #expect(throws: TangorError.self) { try await poll(registry, "k", StreamSource(Failing(error: Broken()))) }
    #expect(error?.code == .streamFailed)
    #expect(try await poll(registry, "k", StreamSource([1])) == #"{"state": "ready", "content": 1}"#)
    for key in ["", String(repeating: "x", count: 129)] {
      let error = await #expect(throws: TangorError.self) { try await poll(registry, key, StreamSource([1])) }
      #expect(error?.code == .invalidParameters)
    }
    clock.advance(by: .seconds(60))
    registry.sweep()
    #expect(registry.statistics.streams == 0)
  }
}
