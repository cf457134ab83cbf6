import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import TangorCore
import TangorServing
import Testing

@testable import TangorStreams

/// A response that breaks after some writes.
private struct BreakingWriter: ResponseBodyWriter {
  struct Broken: Error {}
  let written: Locked<[String]>
  let limit: Int

  func write(_ buffer: ByteBuffer) async throws {
    let isWritten = written.withLock { written in
      guard written.count < limit else { return false }
      written.append(String(buffer: buffer))
      return true
    }
    if !isWritten { throw Broken() }
  }
  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

@Suite struct StreamReaderTests {
  let registry = StreamRegistry()

  @Test func aValueForAReaderThatHasGoneIsKept() async throws {
    let gate = Gate()
    let stream = try registry.open(
      StreamSource(
        generate(Int.self) { output in
          await gate.wait()
          for number in 1...2 { try await output.yield(number) }
        }))
    let reader = StreamReader(stream)
    let waiting = Task { try await reader.pull(PullRequest()) }
    await settle { stream.waitingCount == 1 }
    reader.leave()
    let error = await #expect(throws: TangorError.self) { try await waiting.value }
    #expect(error?.code == .canceled)
    gate.open()
    #expect(try await stream.pull().texts == ["1"])
    #expect(try await stream.pull().texts == ["2"])
    await #expect(throws: TangorError.self) { try await reader.pull(PullRequest()) }
    #expect(try await stream.pull().isFinished)
  }

  @Test(arguments: [true, false]) func whatCouldNotBeWrittenIsGivenToTheNext(isEvents: Bool) async throws {
    let sequence: [Progressive<Int>] = [.value(1), .progress(Progress(completed: 1)), .value(2), .value(3)]
    let stream = try registry.open(StreamSource(sequence))
    let written = Locked<[String]>([])
    var writer: any ResponseBodyWriter = BreakingWriter(written: written, limit: 2)
    let push = StreamPush(
      reader: StreamReader(stream), isEvents: isEvents, position: nil, requestID: "test", keepAlive: .seconds(15))
    let channel = NIOAsyncTestingChannel()
    await #expect(throws: BreakingWriter.Broken.self) { try await push.run(&writer, channel: channel) }
    #expect(written.withLock { $0 }.count == 2, "a value and a progress")
    #expect(try await stream.pull().texts == ["2"])
    #expect(try await stream.pull().texts == ["3"])
    #expect(try await stream.pull().isFinished)
    #expect(stream.lastUse != nil, "nobody holds the stream any more")
  }
}
