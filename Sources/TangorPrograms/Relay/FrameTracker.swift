import TangorServing

/// Follows the frames in one direction of a relayed socket without touching them. A pure state machine: no socket, no clock.
///
/// Bytes pass as they come, in the middle of a frame too. What the tracker adds is where frames end, so that others can be put in
/// between, how large messages get, and the frames that the relay itself must see: close frames and pongs. Only frame headers and those
/// control frames are kept back until they are whole.
struct FrameTracker {
  enum Step: Equatable {
    /// The input ends here, between frames or within one.
    case end
    /// The input ends with a part of a header or control frame, which must be shown again with what follows it.
    case partial
    /// A frame has ended.
    case boundary
    /// A whole close frame or pong follows; the caller takes it out of the input.
    case control(WebSocketOpcode, headerLength: Int, payloadLength: Int, maskingKey: UInt32)
    /// What follows breaks the protocol or the limit. The tracker must not be used any more.
    case violation(WebSocketViolation)
  }

  private let side: RelaySide
  private let maximumSize: Int
  /// What has not come yet of the current frame's payload.
  private var remaining = 0
  private var isInsideMessage = false
  private var messageSize = 0

  /// - Parameters:
  ///   - side: Who sends the frames.
  ///   - maximumSize: The largest message in bytes.
  init(from side: RelaySide, maximumSize: Int) {
    self.side = side
    self.maximumSize = maximumSize
  }

  /// Whether what was passed on so far ends where a frame ends.
  var isBetweenFrames: Bool { remaining == 0 }

  /// Follows the input until something happens.
  ///
  /// - Parameters:
  ///   - bytes: What has come, with what an earlier call left.
  ///   - position: How much of it was passed on; moved on by what may be passed on as well.
  ///   - stopsAtBoundary: Whether the end of each frame is something that happens.
  mutating func follow(_ bytes: UnsafeRawBufferPointer, _ position: inout Int, stopsAtBoundary: Bool) -> Step {
    while true {
      if remaining > 0 {
        let count = min(remaining, bytes.count &- position)
        position &+= count
        remaining &-= count
        if remaining > 0 { return .end }
        if stopsAtBoundary { return .boundary }
      }
      if position == bytes.count { return .end }
      do throws(WebSocketViolation) {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
        guard let header = try WebSocketFrameHeader.read(rest, allowsCompression: false, isMasked: side == .page) else { return .partial }
        switch header.opcode {
        case .text, .binary, .continuation: try begin(header)
        case .ping: break
        case .close, .pong:
          guard rest.count >= header.length + header.payloadLength else { return .partial }
          return .control(
            header.opcode, headerLength: header.length, payloadLength: header.payloadLength, maskingKey: header.maskingKey)
        }
        position &+= header.length
        remaining = header.payloadLength
        if remaining == 0, stopsAtBoundary { return .boundary }
      } catch {
        return .violation(error)
      }
    }
  }

  private mutating func begin(_ header: WebSocketFrameHeader) throws(WebSocketViolation) {
    // Not `==`, which goes through the raw values.
    let isContinuation = if case .continuation = header.opcode { true } else { false }
    guard isContinuation == isInsideMessage else {
      throw WebSocketViolation(
        code: .protocolError, reason: isInsideMessage ? "message inside a message" : "continuation without a message")
    }
    guard header.payloadLength <= maximumSize &- messageSize else {
      throw WebSocketViolation(code: .messageTooBig, reason: "message over the limit")
    }
    isInsideMessage = !header.isFinal
    messageSize = header.isFinal ? 0 : messageSize &+ header.payloadLength
  }
}
