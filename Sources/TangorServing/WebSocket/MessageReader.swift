import NIOCore

/// Puts messages together from the bytes that a client sends. A pure state machine: no socket, no clock, no task.
///
/// Data frames are taken as their bytes come, so that a message is checked (size, UTF-8, compression) long before it ends, and a
/// frame's announced length reserves nothing. A message that arrives in one frame and one piece is handed out where it lies.
struct MessageReader: ~Copyable {
  enum Event {
    /// The input is used up, but for the beginning of a frame perhaps.
    case needsMore
    /// A whole message; the bytes are valid until the next call.
    case message(WebSocketMessageKind, UnsafeRawBufferPointer)
    case ping(UnsafeRawBufferPointer)
    case pong
    /// The peer's close frame.
    case close(WebSocketCloseCode?, UnsafeRawBufferPointer)
  }

  private let maximumSize: Int
  private let deflate: DeflateParameters?
  private var inflater: Inflater?

  /// The data frame whose payload is being read.
  private var frame: (remaining: Int, done: Int, key: UInt32, isFinal: Bool)?
  /// The message being put together; `nil` between messages.
  private var kind: WebSocketMessageKind?
  private var isCompressed = false
  private var message = ByteBuffer()
  private var utf8 = UTF8Validator()

  init(maximumSize: Int, deflate: DeflateParameters?) {
    self.maximumSize = maximumSize
    self.deflate = deflate
  }

  /// Whether a message has begun and not ended.
  var isInsideMessage: Bool { kind != nil || frame != nil }

  /// Takes from the input until something happens.
  ///
  /// - Parameters:
  ///   - input: What has come. It is unmasked in place.
  ///   - consumed: How far the input has been read; moved on.
  /// - Throws: ``WebSocketViolation``; the reader must not be used after it.
  mutating func next(_ input: UnsafeMutableRawBufferPointer, _ consumed: inout Int) throws(WebSocketViolation) -> Event {
    if kind == nil, frame == nil, message.capacity > 0 { message = ByteBuffer() }
    while true {
      if frame != nil {
        if let event = try readPayload(input, &consumed) { return event }
        if frame != nil { return .needsMore }
      }
      let rest = UnsafeRawBufferPointer(rebasing: input[consumed...])
      guard let header = try WebSocketFrameHeader.read(rest, allowsCompression: deflate != nil) else { return .needsMore }
      if header.opcode.isControl {
        guard rest.count >= header.length + header.payloadLength else { return .needsMore }
        let payload = unmasked(input, at: consumed + header.length, header)
        consumed += header.length + header.payloadLength
        return try control(header.opcode, payload)
      }
      try begin(header)
      consumed += header.length
      if header.isFinal, message.readableBytes == 0, !isCompressed, input.count - consumed >= header.payloadLength {
        return try wholeMessage(input, &consumed, header)
      }
      frame = (header.payloadLength, 0, header.maskingKey, header.isFinal)
    }
  }

  private func unmasked(_ input: UnsafeMutableRawBufferPointer, at offset: Int, _ header: WebSocketFrameHeader) -> UnsafeRawBufferPointer {
    let payload = UnsafeMutableRawBufferPointer(rebasing: input[offset..<(offset + header.payloadLength)])
    removeMask(payload, key: header.maskingKey, offset: 0)
    return UnsafeRawBufferPointer(payload)
  }

  private mutating func begin(_ header: WebSocketFrameHeader) throws(WebSocketViolation) {
    if header.opcode == .continuation {
      guard kind != nil else { throw WebSocketViolation(code: .protocolError, reason: "continuation without a message") }
    } else {
      guard kind == nil else { throw WebSocketViolation(code: .protocolError, reason: "message inside a message") }
      kind = header.opcode == .text ? .text : .binary
      isCompressed = header.isCompressed
      utf8 = UTF8Validator()
    }
    // The compressed length is bounded too: a message may not take the server's time without end by holding little.
    guard header.payloadLength <= maximumSize - (isCompressed ? 0 : message.readableBytes) else {
      throw WebSocketViolation(code: .messageTooBig, reason: "message over the limit")
    }
  }

  private mutating func wholeMessage(
    _ input: UnsafeMutableRawBufferPointer, _ consumed: inout Int, _ header: WebSocketFrameHeader
  ) throws(WebSocketViolation) -> Event {
    let payload = unmasked(input, at: consumed, header)
    consumed += header.payloadLength
    let kind = self.kind ?? .binary
    self.kind = nil
    guard kind == .binary || UTF8Validator.isValid(payload) else { throw .invalidText }
    return .message(kind, payload)
  }

  private mutating func readPayload(
    _ input: UnsafeMutableRawBufferPointer, _ consumed: inout Int
  ) throws(WebSocketViolation) -> Event? {
    guard var frame = self.frame else { return nil }
    let count = min(frame.remaining, input.count - consumed)
    let part = UnsafeMutableRawBufferPointer(rebasing: input[consumed..<(consumed + count)])
    removeMask(part, key: frame.key, offset: frame.done)
    consumed += count
    frame.remaining -= count
    frame.done += count
    try append(UnsafeRawBufferPointer(part))
    guard frame.remaining == 0 else {
      self.frame = frame
      return nil
    }
    self.frame = nil
    return frame.isFinal ? try finishMessage() : nil
  }

  private mutating func append(_ part: UnsafeRawBufferPointer) throws(WebSocketViolation) {
    let start = message.writerIndex
    if isCompressed {
      let inflater = self.inflater ?? Inflater(windowBits: deflate?.clientWindowBits ?? 15)
      self.inflater = inflater
      try check(inflater.inflate(part, into: &message, limit: maximumSize))
    } else {
      message.writeBytes(part)
    }
    try checkText(from: start)
  }

  private mutating func checkText(from start: Int) throws(WebSocketViolation) {
    guard kind == .text else { return }
    var isValid = true
    message.withUnsafeReadableBytes { bytes in
      isValid = utf8.validate(UnsafeRawBufferPointer(rebasing: bytes[(start - message.readerIndex)...]))
    }
    guard isValid else { throw .invalidText }
  }

  private func check(_ outcome: Inflater.Outcome) throws(WebSocketViolation) {
    switch outcome {
    case .complete: break
    case .invalid: throw WebSocketViolation(code: .invalidData, reason: "compressed data damaged")
    case .tooLarge: throw WebSocketViolation(code: .messageTooBig, reason: "message over the limit")
    }
  }

  private mutating func finishMessage() throws(WebSocketViolation) -> Event {
    if isCompressed, let inflater {
      let start = message.writerIndex
      try check(inflater.finish(into: &message, limit: maximumSize))
      try checkText(from: start)
      if deflate?.clientNoContextTakeover == true { inflater.reset() }
    }
    let kind = self.kind ?? .binary
    self.kind = nil
    guard kind == .binary || utf8.isComplete else { throw .invalidText }
    // The storage is ours alone and stays as it is until the next call, so its bytes may be lent out until then.
    let bytes = message.withUnsafeReadableBytes { $0 }
    return .message(kind, bytes)
  }

  private func control(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer) throws(WebSocketViolation) -> Event {
    switch opcode {
    case .ping: return .ping(payload)
    case .pong: return .pong
    default:
      guard !payload.isEmpty else { return .close(nil, payload) }
      guard payload.count >= 2 else { throw WebSocketViolation(code: .protocolError, reason: "close frame with half a code") }
      let code = WebSocketCloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
      guard code.maySend else { throw WebSocketViolation(code: .protocolError, reason: "close code that may not be sent") }
      let reason = UnsafeRawBufferPointer(rebasing: payload[2...])
      guard UTF8Validator.isValid(reason) else { throw .invalidText }
      return .close(code, reason)
    }
  }
}

extension WebSocketViolation {
  static var invalidText: Self { Self(code: .invalidData, reason: "text that is not UTF-8") }
}

/// What kind of message it is.
public enum WebSocketMessageKind: Sendable, Hashable { case text, binary }
