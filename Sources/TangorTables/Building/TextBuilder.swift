/// Texts one behind the other, growing.
struct TextBuilder {
  private var offsets: [Int64] = [0]
  private var bytes: [UInt8] = []

  var count: Int { offsets.count - 1 }

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
}
