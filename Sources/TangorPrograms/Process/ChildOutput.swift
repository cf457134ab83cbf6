import NIOCore

/// The two streams that a child prints to, as they are read.
struct ChildOutput: Sendable {
  private let channels: [any Channel]

  /// Begins to read both; see ``OutputReader``.
  init(standardOutput: Descriptor, standardError: Descriptor, on eventLoop: any EventLoop, sink: @escaping OutputReader.Sink) async throws {
    let first = try await OutputReader.open(standardOutput, .standardOutput, on: eventLoop, sink: sink)
    do {
      channels = [first, try await OutputReader.open(standardError, .standardError, on: eventLoop, sink: sink)]
    } catch {
      try? await first.close()
      throw error
    }
  }

  /// Waits until all was read and handed on, and gives up after a time: a process that left the group may hold a pipe for as long as it lives.
  func finish(within time: TimeAmount) async {
    for channel in channels {
      let limit = channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
      // A channel's end never fails; on an event loop that was shut down it has come already.
      try? await channel.closeFuture.get()
      limit.cancel()
    }
  }
}
