#if ArrowCompression
import CZstandard

/// Zstandard, a whole buffer at once.
enum Zstandard {
  /// As other writers of Arrow have it: most of the gain at the speed of a disk.
  private static let level: CInt = 1

  static func decompress(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) throws(TableError) {
    // No frame at all is nothing for the library, but no buffer for Arrow.
    guard !source.isEmpty else { throw .damagedFrame("Zstandard", "is empty") }
    let count = ZSTD_decompress(target.baseAddress, target.count, source.baseAddress, source.count)
    guard ZSTD_isError(count) == 0 else { throw .damagedFrame("Zstandard", "cannot be read: \(String(cString: ZSTD_getErrorName(count)))") }
    guard count == target.count else { throw .damagedFrame("Zstandard", "becomes \(count) bytes instead of \(target.count)") }
  }

  static func compress(_ source: UnsafeRawBufferPointer) throws(TableError) -> [UInt8] {
    var result = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(source.count)) { memory, count in
      result = ZSTD_compress(memory.baseAddress, memory.count, source.baseAddress, source.count, level)
      count = ZSTD_isError(result) == 0 ? result : 0
    }
    guard ZSTD_isError(result) == 0 else {
      throw TableError("The Arrow data could not be compressed with Zstandard: \(String(cString: ZSTD_getErrorName(result))).")
    }
    return bytes
  }
}
#endif
