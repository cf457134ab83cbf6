public import TangorCore

/// The settings of HTTP serving and of the live connection.
public struct ServingConfiguration: Sendable {
  /// The largest request line and headers taken together; 431 beyond. Default 32 KiB.
  public var maximumHeaderSize = ByteSize.kibibytes(32)
  /// The largest body of a request that is read whole; 413 beyond. Default 16 MiB.
  public var maximumBodySize = ByteSize.mebibytes(16)
  /// Connections at a time; further ones wait to be accepted. Default 20,000.
  public var maximumConnections = 20_000
  /// How long a client may take to send a request, from its first byte to its last; 408 beyond. Default 30 s.
  public var requestTimeout = Duration.seconds(30)
  /// How long a client may take nothing of a response that waits for it, and beyond that time it has to take 1 KiB a second; it is cut
  /// off otherwise. Default 30 s.
  public var writeTimeout = Duration.seconds(30)
  /// How long a connection may stand idle between requests. Default 75 s.
  public var idleTimeout = Duration.seconds(75)
  /// How long shutting down may take before what is left is cut off. Default 10 s.
  public var shutdownGrace = Duration.seconds(10)
  /// Calls in flight on one live connection; beyond, the connection is not read until one ends. Default 256.
  public var maximumCallsInFlight = 256
  /// Requests in one JSON-RPC batch. Default 1,000.
  public var maximumBatch = 1_000
  /// Subscriptions on one live connection. Default 1,000.
  public var maximumSubscriptions = 1_000
  /// The compression of answers.
  public var compression = CompressionConfiguration()
  /// The proxies whose word about a client's scheme and host is taken. Default none.
  public var trustedProxies = TrustedProxies()
  /// The settings of every WebSocket.
  public var webSocket = WebSocketConfiguration()

  /// The defaults.
  public init() {}
}
