public import TangorCore

/// The settings of keyed streams.
public struct StreamsConfiguration: Sendable {
  /// How long a stream stays alive unused. Default 60 s.
  public var lease = Duration.seconds(60)
  /// How long the key of an ended stream that is read with positions (`after`) still answers repeats. Default 10 s.
  public var repeatLease = Duration.seconds(10)
  /// Streams at a time, in all; 429 beyond. Default 20,000.
  public var maximumStreams = 20_000
  /// Streams at a time for each client address; 429 beyond. Default 1,000.
  public var maximumStreamsPerClient = 1_000
  /// The most values that one pull may ask for. Default 1,000.
  public var maximumBatch = 1_000
  /// The longest wait that one pull may ask for. Default 60 s.
  public var maximumWait = Duration.seconds(60)
  /// Pulls that may wait on one key at a time; 429 beyond. Default 1,000.
  public var maximumWaitingPulls = 1_000
  /// Values given out that are kept for repeats (`after`, `Last-Event-ID`). Default 64.
  public var replayValues = 64
  /// The most bytes of values that are kept for repeats. The latest value is kept whatever its size. Default 1 MiB.
  public var replaySize = ByteSize.mebibytes(1)
  /// How often a silent server-sent event stream gets a comment that keeps it open. Default 15 s.
  public var keepAliveInterval = Duration.seconds(15)

  /// The defaults.
  public init() {}
}
