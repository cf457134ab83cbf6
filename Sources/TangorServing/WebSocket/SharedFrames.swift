import NIOCore
import TangorCore

/// Text messages that go to many sockets of one event loop: framed once, and compressed once for each kind of socket.
///
/// A message that is compressed by itself refers to no earlier one, so any peer can read it whose window is not smaller than the one
/// it was compressed with.
package final class SharedFrames {
  private struct Kind: Hashable {
    let level: Int
    let windowBits: Int
    let minimumSize: Int
  }

  private let messages: [[UInt8]]
  private let largest: Int
  private var compressed: [Kind: ByteBuffer] = [:]
  /// The frames as they are.
  private(set) lazy var plain: ByteBuffer = {
    var buffer = ByteBufferAllocator().buffer(capacity: messages.reduce(0) { $0 + $1.count + 10 })
    for message in messages { message.withUnsafeBytes { buffer.writeFrame(.text, $0, isCompressed: false) } }
    return buffer
  }()

  /// - Parameter messages: The messages in UTF-8, in their order.
  package init(_ messages: [[UInt8]]) {
    self.messages = messages
    largest = messages.reduce(0) { max($0, $1.count) }
  }

  /// Whether any message has at least that many bytes.
  func hasMessage(from size: Int) -> Bool { largest >= size }

  /// The frames, those of messages from the minimum size on compressed.
  ///
  /// - Parameters:
  ///   - settings: The socket's.
  ///   - windowBits: The largest window that the peer has agreed to.
  ///   - loop: Lends the compressor.
  func compressed(
    _ settings: WebSocketConfiguration.Compression, windowBits: Int, _ loop: WebSocketEventLoop
  ) -> ByteBuffer {
    let kind = Kind(level: settings.level, windowBits: min(settings.windowBits, windowBits), minimumSize: settings.minimumSize.bytes)
    if let known = compressed[kind] { return known }
    var buffer = ByteBufferAllocator().buffer(capacity: messages.reduce(0) { $0 + $1.count + 10 })
    let deflater = loop.borrowDeflater(level: kind.level, windowBits: kind.windowBits)
    for message in messages {
      message.withUnsafeBytes { bytes in
        guard bytes.count >= kind.minimumSize else { return buffer.writeFrame(.text, bytes, isCompressed: false) }
        loop.deflate(bytes, with: deflater) { buffer.writeFrame(.text, $0, isCompressed: true) }
        deflater.reset()
      }
    }
    loop.giveBack(deflater, level: kind.level, windowBits: kind.windowBits)
    compressed[kind] = buffer
    return buffer
  }
}
