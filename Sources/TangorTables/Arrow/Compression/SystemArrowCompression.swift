#if ArrowCompression
/// LZ4 frames and Zstandard by the libraries of the system. Both check what they read; nothing of a buffer is believed beforehand.
struct SystemArrowCompression: ArrowCompression {
  func decompress(
    _ source: UnsafeRawBufferPointer, _ codec: ArrowCodec, into target: UnsafeMutableRawBufferPointer
  ) throws(TableError) {
    switch codec {
    case .lz4: try LZ4Frame.decompress(source, into: target)
    case .zstandard: try Zstandard.decompress(source, into: target)
    }
  }

  func compress(_ source: UnsafeRawBufferPointer, _ codec: ArrowCodec) throws(TableError) -> [UInt8] {
    switch codec {
    case .lz4: try LZ4Frame.compress(source)
    case .zstandard: try Zstandard.compress(source)
    }
  }
}

extension TableError {
  static func damagedFrame(_ codec: String, _ detail: String) -> TableError {
    TableError("The Arrow data is damaged: a buffer compressed with \(codec) \(detail).")
  }
}
#endif
