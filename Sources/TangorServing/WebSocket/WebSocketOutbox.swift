import NIOCore

/// What goes to one peer: frames that are ready to be written, and messages that wait because the peer reads slowly.
///
/// Messages wait unencoded, because one that is dropped must not have passed through a compressor that remembers.
struct WebSocketOutbox {
  enum Admission: Equatable {
    case waits
    case dropped(Int)
    case full
  }

  private struct Waiting {
    var kind: WebSocketMessageKind
    var bytes: ByteBuffer
    var mayDrop: Bool
  }

  private let limit: Int
  private var encoded = ByteBuffer()
  private var waiting: CircularBuffer<Waiting>?
  /// What is left of a message that goes out in several frames, and the opcode of the next one.
  private var rest: (opcode: WebSocketOpcode, bytes: ByteBuffer)?
  /// Bytes of messages that wait, and of what is left of one that goes out in several frames.
  private(set) var waitingBytes = 0
  /// The compressor that remembers earlier messages, once one was sent.
  var deflater: Deflater?

  /// - Parameter limit: Bytes that may wait.
  init(limit: Int) { self.limit = limit }

  /// Bytes of frames that are ready.
  var encodedBytes: Int { encoded.readableBytes }

  /// Adds a frame with its header.
  mutating func append(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer, isCompressed: Bool) {
    encoded.writeFrame(opcode, payload, isCompressed: isCompressed)
  }

  mutating func appendControl(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer) {
    append(opcode, payload, isCompressed: false)
  }

  mutating func takeEncoded() -> ByteBuffer? {
    guard encoded.readableBytes > 0 else { return nil }
    defer { encoded = ByteBuffer() }
    return encoded
  }

  /// Lets a message wait, as far as its policy and the limit allow.
  mutating func wait(_ kind: WebSocketMessageKind, _ bytes: UnsafeRawBufferPointer, policy: SlowReaderPolicy) -> Admission {
    var dropped = 0
    if waitingBytes + bytes.count > limit {
      switch policy {
      case .wait: break
      case .close: return .full
      case .dropOldest:
        dropped = makeRoom(for: bytes.count)
        // A message that alone is over the limit is dropped itself.
        if waitingBytes + bytes.count > limit { return .dropped(dropped + 1) }
      }
    }
    var buffer = ByteBuffer()
    buffer.writeBytes(bytes)
    if waiting == nil { waiting = CircularBuffer() }
    waiting?.append(Waiting(kind: kind, bytes: buffer, mayDrop: policy == .dropOldest))
    waitingBytes += max(1, bytes.count)
    return dropped > 0 ? .dropped(dropped) : .waits
  }

  /// Drops the oldest messages that may be dropped, as many as it takes; what must not be dropped keeps its place.
  private mutating func makeRoom(for count: Int) -> Int {
    var kept = CircularBuffer<Waiting>()
    var dropped = 0
    while waitingBytes + count > limit, let message = waiting?.popFirst() {
      if message.mayDrop {
        waitingBytes -= max(1, message.bytes.readableBytes)
        dropped += 1
      } else {
        kept.append(message)
      }
    }
    if !kept.isEmpty {
      if let rest = waiting { kept.append(contentsOf: rest) }
      waiting = kept
    }
    return dropped
  }

  mutating func popWaiting() -> (WebSocketMessageKind, ByteBuffer)? {
    guard let message = waiting?.popFirst() else { return nil }
    waitingBytes -= max(1, message.bytes.readableBytes)
    if waiting?.isEmpty == true { waiting = nil }
    return (message.kind, message.bytes)
  }

  /// Lets a message go out in several frames, before all that waits.
  mutating func begin(_ kind: WebSocketMessageKind, _ bytes: ByteBuffer) {
    assert(rest == nil && bytes.readableBytes > 0)
    rest = (kind == .text ? .text : .binary, bytes)
    waitingBytes += bytes.readableBytes
  }

  /// Whether a message goes out in several frames and has not ended.
  var isInsideMessage: Bool { rest != nil }

  /// The next frame of the message that goes out in several; its payload lies where the message does.
  mutating func popFrame() -> (header: ByteBuffer, payload: ByteBuffer)? {
    guard var message = rest,
      let payload = message.bytes.readSlice(length: min(message.bytes.readableBytes, Self.frameSize))
    else { return nil }
    let isLast = message.bytes.readableBytes == 0
    waitingBytes -= payload.readableBytes
    rest = isLast ? nil : (.continuation, message.bytes)
    var header = ByteBuffer()
    header.writeFrameHeader(message.opcode, count: payload.readableBytes, isFinal: isLast, isCompressed: false)
    return (header, payload)
  }

  /// The payload of one frame of a message that goes out in several.
  static let frameSize = 262_144

  /// Forgets the messages that wait.
  mutating func dropWaiting() {
    waiting = nil
    rest = nil
    waitingBytes = 0
  }

  mutating func removeAll() {
    dropWaiting()
    encoded = ByteBuffer()
    deflater = nil
  }
}

extension ByteBuffer {
  /// Writes a frame with its header.
  mutating func writeFrame(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer, isCompressed: Bool) {
    reserveCapacity(minimumWritableBytes: payload.count + 10)
    writeFrameHeader(opcode, count: payload.count, isFinal: true, isCompressed: isCompressed)
    writeBytes(payload)
  }

  /// Writes what stands before a frame's payload.
  mutating func writeFrameHeader(_ opcode: WebSocketOpcode, count: Int, isFinal: Bool, isCompressed: Bool) {
    writeInteger((isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode.rawValue)
    if count < 126 {
      writeInteger(UInt8(count))
    } else if count <= 0xFFFF {
      writeInteger(UInt8(126))
      writeInteger(UInt16(count))
    } else {
      writeInteger(UInt8(127))
      writeInteger(UInt64(count))
    }
  }
}
