import Foundation
import TangorCore
import TangorServing
import TangorTesting
import Testing

@testable import TangorStreams

@Suite struct StreamMemoryTests {
  /// Bytes of memory that this process holds.
  private func resident() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return try #require(Int(fields[1])) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/statm"))) func idleStreamsAreSmallAndGoWithTheirLease() async throws {
    let clock = ManualClock()
    var configuration = StreamsConfiguration()
    configuration.maximumStreamsPerClient = 10_000
    let registry = StreamRegistry(configuration: configuration, time: TimeSource(clock))
    let before = try resident()
    for _ in 0..<10_000 { _ = try await registry.open(StreamSource(EndlessAsync())).pull() }
    let each = (try resident() - before) / 10_000
    // Loose, because other tests run beside it; a task or an eager buffer for each stream would pass it by far.
    #expect(each < 8_192, "\(each) bytes for each stream")
    #expect(registry.statistics.streams == 10_000 && registry.statistics.liveTasks == 0)
    clock.advance(by: .seconds(60))
    registry.sweep()
    #expect(registry.statistics.streams == 0 && registry.statistics.expired == 10_000)
    print("bytes for each idle stream: \(each)")
  }
}
