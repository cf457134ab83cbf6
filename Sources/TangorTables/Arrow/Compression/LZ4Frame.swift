#if ArrowCompression
import CLZ4

/// LZ4 in frames, which is what Arrow means by LZ4. One buffer is one frame.
enum LZ4Frame {
  static func decompress(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) throws(TableError) {
    var context: OpaquePointer?
    let made = LZ4F_createDecompressionContext(&context, CUnsignedInt(LZ4F_VERSION))
    guard LZ4F_isError(made) == 0, let context else { throw TableError("There is no memory left to decompress Arrow data with LZ4.") }
    defer { LZ4F_freeDecompressionContext(context) }
    var options = LZ4F_decompressOptions_t()
    // What has been written stays where it is until the end, so the library needs no copy of it.
    options.stableDst = 1
    var (read, written) = (0, 0)
    while true {
      var (taken, given) = (source.count - read, target.count - written)
      let rest = LZ4F_decompress(
        context, target.baseAddress.map { $0 + written }, &given, source.baseAddress.map { $0 + read }, &taken, &options)
      guard LZ4F_isError(rest) == 0 else { throw .damagedFrame("LZ4", "cannot be read: \(String(cString: LZ4F_getErrorName(rest)))") }
      read += taken
      written += given
      // No rest: the frame has ended.
      if rest == 0 { break }
      // It wants to go on and cannot: either its bytes are at an end, or the room for what they become.
      guard taken > 0 || given > 0 else {
        throw .damagedFrame("LZ4", read == source.count ? "is cut off" : "becomes more than \(target.count) bytes")
      }
    }
    guard written == target.count else { throw .damagedFrame("LZ4", "becomes \(written) bytes instead of \(target.count)") }
    guard read == source.count else { throw .damagedFrame("LZ4", "has \(source.count - read) bytes behind its end") }
  }

  static func compress(_ source: UnsafeRawBufferPointer) throws(TableError) -> [UInt8] {
    var preferences = LZ4F_preferences_t()
    preferences.frameInfo.contentSize = UInt64(source.count)
    var result = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: LZ4F_compressFrameBound(source.count, &preferences)) { memory, count in
      result = LZ4F_compressFrame(memory.baseAddress, memory.count, source.baseAddress, source.count, &preferences)
      count = LZ4F_isError(result) == 0 ? result : 0
    }
    guard LZ4F_isError(result) == 0 else {
      throw TableError("The Arrow data could not be compressed with LZ4: \(String(cString: LZ4F_getErrorName(result))).")
    }
    return bytes
  }
}
#endif
