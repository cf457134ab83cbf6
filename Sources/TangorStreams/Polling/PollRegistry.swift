package import NIOCore
public import TangorCore
package import TangorServing

/// The generators that clients poll with a key of their own choice, by path and key, with leases and limits as streams have them.
public final class PollRegistry: Sendable {
  /// Which generator a poll means.
  struct ID: Hashable, Sendable, CustomStringConvertible {
    let path: String
    let key: String
    var description: String { key }
  }

  private let table: StreamTable<ID>

  /// Makes a registry without generators.
  ///
  /// - Parameters:
  ///   - configuration: Leases and limits.
  ///   - time: Where time comes from.
  public init(configuration: StreamsConfiguration = .init(), time: TimeSource = .continuous) {
    table = StreamTable(configuration: configuration, time: time, pool: .shared)
  }

  /// Finds or makes the generator of a poll.
  ///
  /// - Parameters:
  ///   - path: The service's path; generators of different paths are different.
  ///   - key: The client's key, of 1 to 128 bytes.
  ///   - client: Whose generator it will be.
  ///   - options: What the answer holds.
  ///   - source: Makes the generator; called by the first poll alone.
  /// - Throws: `invalid_parameters` for a bad key, `too_many_requests` at a limit, and what `source` throws.
  package func poll(
    path: String, key: String, client: Client, options: PollOptions, source: () async throws -> StreamSource
  ) async throws -> PollTicket {
    guard (1...128).contains(key.utf8.count) else {
      throw TangorError(.invalidParameters, "'key' must be a text of 1 to 128 bytes; \(key.utf8.count) bytes came.")
    }
    let id = ID(path: path, key: key)
    let stream: KeyedStream
    if let present = table.find(id) {
      stream = present
    } else {
      var limits = table.configuration.streamLimits
      if let window = options.window {
        // Overlapping polls move on while an answer is put together, so some more are kept.
        limits.replayValues = max(limits.replayValues, window + table.configuration.maximumWaitingPulls)
        limits.replayBytes = .max
      }
      stream = try table.open(id, try await source(), client: client, limits: limits)
    }
    return PollTicket(stream: stream, options: options)
  }

  /// Answers a poll of a quick generator that is there already; for event loops.
  ///
  /// - Returns: The answer; `nil` where the poll must take the usual way.
  /// - Throws: `stream_failed` when the generator fails, `shutting_down`.
  package func quickAnswer(path: String, key: String, options: PollOptions) throws -> ByteBuffer? {
    try table.find(ID(path: path, key: key)).flatMap { try PollTicket(stream: $0, options: options).quickAnswer() }
  }

  /// What the registry holds.
  public var statistics: StreamRegistry.Statistics { table.statistics }
  /// Ends leases until the task is cancelled.
  public func run() async { await table.run() }
  /// Ends the leases whose time has come.
  package func sweep() { table.sweep() }
  /// Ends all generators, and answers waiting polls `shutting_down`.
  public func shutdown() { table.shutdown() }
}
