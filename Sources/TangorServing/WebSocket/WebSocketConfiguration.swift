public import TangorCore

/// The settings of a WebSocket endpoint.
public struct WebSocketConfiguration: Sendable {
  /// The largest message, after decompression; a larger one closes the connection with 1009. Default 16 MiB.
  public var maximumMessageSize = ByteSize.mebibytes(16)
  /// Bytes that may wait for a peer that reads slowly, before the sender's ``SlowReaderPolicy`` applies. Default 1 MiB.
  public var bufferSize = ByteSize.mebibytes(1)
  /// Origins that may connect beside the server's own, as in `https://example.org`; `*` allows all. Default none.
  public var origins: [String] = []
  /// How long nothing may come from the peer before it is sent a ping. Default 20 s.
  public var pingInterval = Duration.seconds(20)
  /// How long a pong may take before the connection is closed with 4408. Default 20 s.
  public var pingTimeout = Duration.seconds(20)
  /// How long the peer may take to answer a close frame. Default 5 s.
  public var closeTimeout = Duration.seconds(5)
  /// Whether and how messages are compressed.
  public var compression = Compression()
  /// Subprotocols of the endpoint, in its order of preference; the first one that the client offers is taken.
  public var subprotocols: [String] = []

  /// The defaults.
  public init() {}

  /// The settings of permessage-deflate (RFC 7692).
  public struct Compression: Sendable {
    /// Whether it is offered. Default true.
    public var isEnabled = true
    /// zlib's level, 1 (fast) to 9 (small). Default 1.
    public var level = 1
    /// The base-two logarithm of the window used for sending, 9 to 15. Default 12: 4 KiB, which costs 32 KiB for each socket.
    public var windowBits = 12
    /// Messages below this size are sent as they are. Default 256 B.
    public var minimumSize = ByteSize(bytes: 256)
    /// Whether a message may refer to earlier ones. It makes small messages smaller and costs memory for each socket that has
    /// sent or received one. Default true.
    public var contextTakeover = true

    /// The defaults.
    public init() {}
  }
}
