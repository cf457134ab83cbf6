import CZlib

/// What came of a compressed body so far, by zlib itself.
func inflated(_ bytes: [UInt8], _ coding: String) throws -> (bytes: [UInt8], hasEnded: Bool) {
  struct Broken: Error { let status: Int32 }
  var stream = z_stream()
  inflateInit2_(&stream, coding == "gzip" ? 31 : 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  defer { inflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: 4 << 20)
  let status = input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      return inflate(&stream, Z_SYNC_FLUSH)
    }
  }
  guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { throw Broken(status: status) }
  return (Array(output.prefix(Int(stream.total_out))), status == Z_STREAM_END)
}
