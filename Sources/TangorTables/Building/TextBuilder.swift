/// Texts one behind the other, growing.
struct TextBuilder {
  private var offsets: [Int64] = [0]
  private var bytes: [UInt8] = []

  var count: Int { offsets.count - 1 }
  var byteCount: Int { bytes.count }

  /// Makes room for the places of so many more texts.
  mutating func reserve(_ count: Int) { offsets.reserveCapacity(offsets.count + count) }

  /// - Parameter text: valid UTF-8
  @inline(__always)
  mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: text)
    offsets.append(Int64(bytes.count))
  }

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  /// Appends the empty text.
  @inline(__always)
  mutating func appendEmpty() { offsets.append(Int64(bytes.count)) }

  mutating func removeLast() {
    offsets.removeLast()
    bytes.removeLast(bytes.count - Int(offsets[offsets.count - 1]))
  }

  var vector: TextVector { TextVector(offsets: Vector(offsets), bytes: Vector(bytes)) }

  /// The texts of several builders, one behind the other.
  static func joined(_ parts: [TextBuilder]) -> TextVector {
    let byteCount = parts.reduce(0) { $0 + $1.bytes.count }
    let offsets = Vector<Int64>(count: parts.reduce(1) { $0 + $1.count }) { memory in
      memory.initializeElement(at: 0, to: 0)
      var (place, base) = (1, Int64(0))
      for part in parts {
        for offset in part.offsets.dropFirst() {
          memory.initializeElement(at: place, to: base + offset)
          place += 1
        }
        base += Int64(part.bytes.count)
      }
    }
    let bytes = Vector<UInt8>(count: byteCount) { memory in
      var place = 0
      for part in parts {
        _ = memory[place...].initialize(fromContentsOf: part.bytes)
        place += part.bytes.count
      }
    }
    return TextVector(offsets: offsets, bytes: bytes)
  }
}
