/// Why a WebSocket was closed (RFC 6455, section 7.4; the table of ours stands in `docs/wire.md`).
public struct WebSocketCloseCode: RawRepresentable, Sendable, Hashable {
  /// The number that travels.
  public let rawValue: UInt16

  /// - Parameter rawValue: The number that travels.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Ended in peace.
  public static let normal = Self(rawValue: 1000)
  /// The server is going down, or the page was left.
  public static let goingAway = Self(rawValue: 1001)
  /// The peer broke the protocol.
  public static let protocolError = Self(rawValue: 1002)
  /// The peer sent a kind of message that is not taken here.
  public static let unsupportedData = Self(rawValue: 1003)
  /// Never sent: stands for a close frame without a code.
  public static let noStatus = Self(rawValue: 1005)
  /// Never sent: stands for a connection that ended without a close frame.
  public static let abnormal = Self(rawValue: 1006)
  /// The peer sent text that is not UTF-8, or compressed data that is damaged.
  public static let invalidData = Self(rawValue: 1007)
  /// Refused by policy.
  public static let policyViolation = Self(rawValue: 1008)
  /// A message was over the limit.
  public static let messageTooBig = Self(rawValue: 1009)
  /// The server failed.
  public static let internalError = Self(rawValue: 1011)
  /// What the server relays to was lost, or broke the protocol.
  public static let badGateway = Self(rawValue: 1014)
  /// The peer reads too slowly, or the server is full.
  public static let tryAgainLater = Self(rawValue: 1013)
  /// No pong came in time.
  public static let pingTimeout = Self(rawValue: 4408)
  /// The peer reads too slowly, and messages that it asked to get without exception were lost.
  public static let messagesLost = Self(rawValue: 4413)
  /// The program behind the socket has ended, by itself or because it was to.
  public static let programEnded = Self(rawValue: 4504)
  /// The program behind the socket has failed.
  public static let programFailed = Self(rawValue: 4511)

  /// Whether a peer may send this code.
  package var maySend: Bool {
    switch rawValue {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}
