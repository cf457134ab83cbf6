public import TangorCore
public import TangorServing

/// The streams by their keys, with their leases and limits. Leases end while ``run()`` runs.
public final class StreamRegistry: Sendable {
  /// What a registry holds, for health reports and tests.
  public struct Statistics: Sendable, Hashable {
    /// Streams that can be pulled.
    public var streams: Int
    /// Tasks of streams that run or are suspended.
    public var liveTasks: Int
    /// Pulls that wait.
    public var waitingPulls: Int
    /// Streams opened since the start.
    public var opened: Int
    /// Streams that nobody used for their lease, since the start.
    public var expired: Int
  }

  private let table: StreamTable<Key>

  /// The settings.
  public var configuration: StreamsConfiguration { table.configuration }

  /// Makes a registry without streams.
  ///
  /// - Parameters:
  ///   - configuration: Leases and limits.
  ///   - time: Where time comes from.
  public convenience init(configuration: StreamsConfiguration = .init(), time: TimeSource = .continuous) {
    self.init(configuration: configuration, time: time, pool: .shared)
  }

  package init(configuration: StreamsConfiguration, time: TimeSource, pool: BlockingPool) {
    table = StreamTable(configuration: configuration, time: time, pool: pool)
  }

  /// Opens a stream. Nothing of the sequence runs before the first pull.
  ///
  /// - Parameters:
  ///   - source: The sequence.
  ///   - client: Whose stream it is.
  /// - Returns: The stream's key.
  /// - Throws: `too_many_requests` at a limit, `shutting_down` after ``shutdown()``.
  public func open(_ source: StreamSource, client: Client) throws -> Key {
    let key = Key()
    try table.open(key, source, client: client)
    return key
  }

  /// The stream of a key.
  ///
  /// - Throws: `stream_not_found`.
  package func stream(_ key: Key) throws -> KeyedStream {
    guard let stream = table.find(key) else { throw TangorError.streamNotFound(key.description) }
    return stream
  }

  /// The keys of the streams that can be pulled, in no order.
  public var keys: [Key] { table.ids }

  /// Cancels a stream's sequence and forgets its key.
  ///
  /// - Throws: `stream_not_found`.
  public func cancel(_ key: Key) throws {
    guard table.cancel(key) else { throw TangorError.streamNotFound(key.description) }
  }

  /// What the registry holds.
  public var statistics: Statistics { table.statistics }

  /// Ends leases until the task is cancelled. One task does it for all streams.
  public func run() async { await table.run() }

  /// Ends the leases whose time has come.
  package func sweep() { table.sweep() }

  /// Ends all streams: waiting pulls are answered `shutting_down`, and no further stream is opened.
  public func shutdown() { table.shutdown() }
}
