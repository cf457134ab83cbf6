import NIOCore

/// The bytes of a body that came and were not taken yet. A pure value.
struct InputBuffer {
  private var bytes = ByteBuffer()
  /// How many bytes were looked through for a delimiter, in vain.
  private var scanned = 0
  private var delimiter: [UInt8] = []

  /// How many bytes are there.
  var count: Int { bytes.readableBytes }
  var isEmpty: Bool { bytes.readableBytes == 0 }

  /// Takes in what came.
  mutating func append(_ chunk: ByteBuffer) {
    if isEmpty {
      bytes = chunk
      scanned = 0
    } else {
      bytes.writeImmutableBuffer(chunk)
    }
  }

  /// Takes a number of bytes, or as many as there are.
  mutating func take(_ count: Int) -> ByteBuffer {
    scanned = 0
    guard count < bytes.readableBytes else { return takeAll() }
    return bytes.readSlice(length: max(0, count)) ?? ByteBuffer()
  }

  /// Takes all bytes.
  mutating func takeAll() -> ByteBuffer {
    let taken = bytes
    bytes = ByteBuffer()
    scanned = 0
    return taken
  }

  /// What a search for a delimiter comes to.
  enum Search: Equatable {
    /// What stands before the delimiter; both are taken.
    case found(ByteBuffer)
    /// More must come.
    case more
    /// More than the limit stands before the delimiter, wherever it is.
    case tooLong
  }

  /// Takes what stands before a delimiter, and the delimiter.
  ///
  /// - Parameters:
  ///   - delimiter: At least one byte.
  ///   - limit: How many bytes may stand before it.
  mutating func take(until delimiter: [UInt8], limit: Int) -> Search {
    if delimiter != self.delimiter {
      self.delimiter = delimiter
      scanned = 0
    }
    guard let place = find() else {
      // The end of what is there may be the beginning of the delimiter.
      scanned = max(0, count - delimiter.count + 1)
      return scanned > limit ? .tooLong : .more
    }
    guard place <= limit else { return .tooLong }
    let found = take(place)
    bytes.moveReaderIndex(forwardBy: delimiter.count)
    return .found(found)
  }

  /// Where the delimiter begins, counted from the first byte that is there.
  private func find() -> Int? {
    guard let first = delimiter.first else { return nil }
    return bytes.withUnsafeReadableBytes { bytes in
      var start = scanned
      while start + delimiter.count <= bytes.count {
        guard let place = bytes[start...(bytes.count - delimiter.count)].firstIndex(of: first) else { return nil }
        if bytes[place..<(place + delimiter.count)].elementsEqual(delimiter) { return place }
        start = place + 1
      }
      return nil
    }
  }
}
