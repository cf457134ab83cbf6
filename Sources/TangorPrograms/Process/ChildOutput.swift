import NIOCore

/// The two streams that a child prints to, as they are read.
struct ChildOutput: Sendable {
  private let channels: [any Channel]
  private let ends: [Once<Void>]

  /// Begins to read both; see ``OutputReader``.
  init(standardOutput: Descriptor, standardError: Descriptor, on eventLoop: any EventLoop, sink: @escaping OutputReader.Sink) async throws {
    ends = [Once(), Once()]
    let first = try await OutputReader.open(standardOutput, .standardOutput, on: eventLoop, end: ends[0], sink: sink)
    do {
      channels = [first, try await OutputReader.open(standardError, .standardError, on: eventLoop, end: ends[1], sink: sink)]
    } catch {
      try? await first.close()
      throw error
    }
  }

  /// Waits until all was read and handed on, and gives up after a time: a process that left the group may hold a pipe for as long as it lives.
  func finish(within time: Duration) async {
    let limit = Task {
      try await Task.sleep(for: time)
      for channel in channels { channel.close(promise: nil) }
    }
    for end in ends { await end.value }
    limit.cancel()
  }
}
