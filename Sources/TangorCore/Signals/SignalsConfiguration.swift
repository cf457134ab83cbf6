/// The settings of signals.
public struct SignalsConfiguration: Sendable {
  /// Waits at a time, over all names; 429 beyond. Default 100,000.
  public var maximumWaiters = 100_000
  /// The most bytes of a name. Default 256.
  public var maximumNameSize = 256
  /// The largest value of a signal, in bytes of JSON; 413 beyond. Default 1 MiB.
  public var maximumValueSize = ByteSize.mebibytes(1)
  /// Signals that are kept for those who wait later; 429 beyond. Default 10,000.
  public var maximumKept = 10_000
  /// The values of all of them together; 429 beyond. Default 64 MiB.
  public var maximumKeptSize = ByteSize.mebibytes(64)
  /// The longest wait that a client may ask for. Default 5 min.
  public var maximumTimeout = Duration.seconds(300)
  /// How long a signal is kept where its sender does not say. Default 1 min.
  public var lease = Duration.seconds(60)
  /// Whether clients may send signals. Default true.
  public var clientsMaySend = true

  /// The defaults.
  public init() {}
}
