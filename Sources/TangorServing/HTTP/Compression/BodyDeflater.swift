import CZlib
import NIOCore

/// A coding that an answer's body can be given while it is written.
enum BodyCoding: String, CaseIterable {
  case gzip
  case deflate
}

/// Compresses the parts of one body: gzip (RFC 1952) or deflate in zlib's wrapping (RFC 1950), which HTTP's `deflate` is.
final class BodyDeflater {
  private var stream = z_stream()

  /// - Parameters:
  ///   - coding: How the result is wrapped.
  ///   - level: zlib's level, 1 to 9.
  ///   - isLasting: Whether the body may last for hours, so that memory counts for more than size: 18 KiB instead of 262.
  init(_ coding: BodyCoding, level: Int, isLasting: Bool) {
    let (windowBits, memoryLevel): (Int32, Int32) = isLasting ? (11, 4) : (15, 8)
    let status = deflateInit2_(
      &stream, Int32(level), Z_DEFLATED, coding == .gzip ? windowBits + 16 : windowBits, memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib could not start: out of memory, or a level that the configuration should have refused")
  }

  deinit { deflateEnd(&stream) }

  /// Compresses some buffers as one part: whoever gets the result can read all of it.
  func part(_ buffers: some Sequence<ByteBuffer>) -> ByteBuffer {
    var output = ByteBuffer()
    for buffer in buffers where buffer.readableBytes > 0 {
      buffer.withUnsafeReadableBytes { deflate($0, Z_NO_FLUSH, into: &output) }
    }
    deflate(UnsafeRawBufferPointer(start: nil, count: 0), Z_SYNC_FLUSH, into: &output)
    return output
  }

  /// Ends the body.
  func finish() -> ByteBuffer {
    var output = ByteBuffer()
    deflate(UnsafeRawBufferPointer(start: nil, count: 0), Z_FINISH, into: &output)
    return output
  }

  private func deflate(_ input: UnsafeRawBufferPointer, _ flush: Int32, into output: inout ByteBuffer) {
    // zlib takes the input as mutable for historical reasons and only reads it. Buffers end below 4 GiB.
    stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
    stream.avail_in = UInt32(input.count)
    repeat {
      output.writeWithUnsafeMutableBytes(minimumWritableBytes: min(max(256, Int(stream.avail_in) / 2), 1 << 20)) { space in
        stream.next_out = space.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = UInt32(clamping: space.count)
        let before = stream.avail_out
        _ = CZlib.deflate(&stream, flush)
        return Int(before - stream.avail_out)
      }
    } while stream.avail_out == 0
  }
}
