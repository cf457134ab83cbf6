import CZlib
import NIOCore

/// Raw deflate (RFC 1951) for one direction of a connection.
final class Deflater {
  private var stream = z_stream()

  /// - Parameters:
  ///   - level: zlib's level, 1 to 9.
  ///   - windowBits: The base-two logarithm of the window, 9 to 15.
  init(level: Int, windowBits: Int) {
    let memoryLevel = Int32(max(1, min(8, windowBits - 7)))
    let status = deflateInit2_(
      &stream, Int32(level), Z_DEFLATED, -Int32(windowBits), memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib could not start: out of memory, or settings that the configuration should have refused")
  }

  deinit { deflateEnd(&stream) }

  /// Forgets what was sent before.
  func reset() { deflateReset(&stream) }

  /// Appends a message in its compressed form, without the four bytes that every one would end with.
  func deflate(_ input: UnsafeRawBufferPointer, into output: inout ByteBuffer) {
    let start = output.writerIndex
    stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
    stream.avail_in = UInt32(input.count)
    repeat {
      output.writeWithUnsafeMutableBytes(minimumWritableBytes: min(max(256, Int(stream.avail_in)), 1 << 20)) { space in
        stream.next_out = space.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = UInt32(clamping: space.count)
        let before = stream.avail_out
        _ = CZlib.deflate(&stream, Z_SYNC_FLUSH)
        return Int(before - stream.avail_out)
      }
    } while stream.avail_out == 0
    output.moveWriterIndex(to: max(start, output.writerIndex - 4))
    // An empty message leaves nothing but the cut-off bytes; it is sent as an empty block (RFC 7692, section 7.2.3.6).
    if output.writerIndex == start { output.writeInteger(UInt8(0)) }
  }
}
