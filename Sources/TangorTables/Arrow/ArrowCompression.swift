/// How the bodies of Arrow messages are compressed.
package enum ArrowCodec: Int8, Sendable, CaseIterable {
  /// Frames of LZ4.
  case lz4
  /// Zstandard.
  case zstandard
}

/// Compresses and decompresses the buffers of Arrow messages. The tables bring none of their own: who links the libraries hands one in.
package protocol ArrowCompression: Sendable {
  /// Decompresses `source` and fills `target` with it, to its last byte.
  ///
  /// - Throws: ``TableError`` when the bytes are damaged or make more or less than `target` holds
  func decompress(
    _ source: UnsafeRawBufferPointer, _ codec: ArrowCodec, into target: UnsafeMutableRawBufferPointer
  ) throws(TableError)

  /// Compresses bytes, the same ones always to the same.
  func compress(_ source: UnsafeRawBufferPointer, _ codec: ArrowCodec) throws(TableError) -> [UInt8]
}
