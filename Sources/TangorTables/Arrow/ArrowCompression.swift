/// How the bodies of Arrow messages are compressed.
package enum ArrowCodec: Int8, Sendable, CaseIterable {
  /// Frames of LZ4.
  case lz4
  /// Zstandard.
  case zstandard

  /// The most bytes that compressed ones can become, so that memory is taken for nothing that cannot be filled.
  ///
  /// LZ4 says up to 255 bytes with one. Zstandard's smallest block has four bytes, and stands for 128 KiB at most.
  func greatestLength(from count: Int) -> Int {
    switch self {
    case .lz4: count * 255
    case .zstandard: count / 4 * (128 << 10)
    }
  }
}

/// Compresses and decompresses the buffers of Arrow messages. What this build has is `ArrowCodecs.available`.
package protocol ArrowCompression: Sendable {
  /// Decompresses `source` and fills `target` with it, to its last byte. The memory of `target` holds nothing before.
  ///
  /// - Throws: ``TableError`` when the bytes are damaged or make more or less than `target` holds
  func decompress(
    _ source: UnsafeRawBufferPointer, _ codec: ArrowCodec, into target: UnsafeMutableRawBufferPointer
  ) throws(TableError)

  /// Compresses bytes, the same ones always to the same.
  func compress(_ source: UnsafeRawBufferPointer, _ codec: ArrowCodec) throws(TableError) -> [UInt8]
}
