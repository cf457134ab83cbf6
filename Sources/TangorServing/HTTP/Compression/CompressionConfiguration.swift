public import TangorCore

/// The settings of the compression of answers.
public struct CompressionConfiguration: Sendable, Hashable {
  /// Whether answers are compressed for clients that ask for it. Default false: a proxy in front often does it, and precompressed files
  /// are served without it.
  public var isEnabled = false
  /// zlib's level, from fast (1) to small (9). Default 6.
  public var level = 6
  /// Answers whose length is known and below this are sent as they are. Default 1 KiB.
  public var minimumSize = ByteSize.kibibytes(1)

  /// The defaults.
  public init() {}
}
