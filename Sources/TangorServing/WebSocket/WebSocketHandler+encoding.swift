import NIOCore
import TangorCore

extension WebSocketHandler {
  /// Whether a message goes out in several frames, as the peer takes them. One that is compressed is one frame; one that is so large
  /// that compressing it would hold up the event loop is not compressed.
  func isLong(_ count: Int) -> Bool {
    let isCompressed = deflate != nil && count >= configuration.compression.minimumSize.bytes && count <= Self.largestCompressed
    return !isCompressed && count > WebSocketOutbox.frameSize
  }

  private static let largestCompressed = 1 << 20

  /// Encodes a message in one frame.
  func encode(_ kind: WebSocketMessageKind, _ bytes: UnsafeRawBufferPointer) {
    let opcode: WebSocketOpcode = kind == .text ? .text : .binary
    guard let deflate, bytes.count >= configuration.compression.minimumSize.bytes else {
      return outbox.append(opcode, bytes, isCompressed: false)
    }
    let level = configuration.compression.level
    let windowBits = min(configuration.compression.windowBits, deflate.serverWindowBits)
    let deflater = outbox.deflater ?? shared.borrowDeflater(level: level, windowBits: windowBits)
    shared.deflate(bytes, with: deflater) { outbox.append(opcode, $0, isCompressed: true) }
    if deflate.serverNoContextTakeover {
      shared.giveBack(deflater, level: level, windowBits: windowBits)
    } else {
      outbox.deflater = deflater
    }
  }
}
