import CZlib
import NIOCore

/// Raw inflate (RFC 1951) for one direction of a connection.
final class Inflater {
  private var stream = z_stream()

  /// - Parameter windowBits: The base-two logarithm of the sender's largest window, 8 to 15.
  init(windowBits: Int) {
    // Raw streams have no header that could name a smaller window, so a window of 15 reads them all; a smaller one saves memory.
    let status = inflateInit2_(&stream, -Int32(max(9, windowBits)), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib could not start: out of memory")
  }

  deinit { inflateEnd(&stream) }

  /// Forgets what was read before.
  func reset() { inflateReset(&stream) }

  enum Outcome { case complete, invalid, tooLarge }

  /// Appends what some compressed bytes stand for.
  ///
  /// - Parameters:
  ///   - input: The next bytes of the compressed message.
  ///   - output: Where the result goes.
  ///   - limit: How many readable bytes `output` may reach.
  func inflate(_ input: UnsafeRawBufferPointer, into output: inout ByteBuffer, limit: Int) -> Outcome {
    guard !input.isEmpty else { return .complete }
    // zlib takes the input as mutable for historical reasons and only reads it.
    stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
    stream.avail_in = UInt32(input.count)
    while true {
      var status: Int32 = Z_OK
      var written = 0
      // One byte past the limit is enough to know that it was passed.
      let most = limit - output.readableBytes + 1
      let room = min(max(1_024, Int(stream.avail_in) * 4), 1 << 20)
      output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { space in
        stream.next_out = space.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = UInt32(clamping: min(space.count, most))
        let before = stream.avail_out
        status = CZlib.inflate(&stream, Z_SYNC_FLUSH)
        written = Int(before - stream.avail_out)
        return written
      }
      if output.readableBytes > limit { return .tooLarge }
      switch status {
      case Z_OK: if stream.avail_in == 0, stream.avail_out > 0 { return .complete }
      case Z_BUF_ERROR: if written == 0 { return .complete }
      case Z_STREAM_END:
        // The sender closed its deflate stream inside the message; what follows begins a new one.
        inflateReset(&stream)
        if stream.avail_in == 0 { return .complete }
      default: return .invalid
      }
    }
  }

  /// Ends a message: gives the four bytes that its sender cut off (RFC 7692, section 7.2.2).
  func finish(into output: inout ByteBuffer, limit: Int) -> Outcome {
    withUnsafeBytes(of: UInt32(0xFFFF_0000).littleEndian) { inflate($0, into: &output, limit: limit) }
  }
}
