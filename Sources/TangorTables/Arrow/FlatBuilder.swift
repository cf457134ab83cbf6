/// Writes FlatBuffers, from the end to the front: what a table points to is written before it.
///
/// Places are counted from the end, so that they stay what they are while the bytes grow at their front.
struct FlatBuilder {
  /// Back to front.
  private var reversed: [UInt8] = []

  var place: Int { reversed.count }

  /// Puts zeros so that, once `count` more bytes are written, the place is a multiple of `alignment`.
  private mutating func align(_ alignment: Int, after count: Int = 0) {
    while (reversed.count + count) % alignment != 0 { reversed.append(0) }
  }

  private mutating func put<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { reversed.append(contentsOf: $0.reversed()) }
  }

  private mutating func put(offsetTo target: Int) { put(UInt32(reversed.count + 4 - target)) }

  mutating func string(_ text: String) -> Int {
    let bytes = Array(text.utf8)
    align(4, after: bytes.count + 1)
    reversed.append(0)
    reversed.append(contentsOf: bytes.reversed())
    put(UInt32(bytes.count))
    return place
  }

  mutating func vector(of targets: [Int]) -> Int {
    align(4)
    for target in targets.reversed() { put(offsetTo: target) }
    put(UInt32(targets.count))
    return place
  }

  /// A vector of structures of two 64-bit words.
  mutating func vector(ofPairs pairs: [(Int, Int)]) -> Int {
    align(8)
    for pair in pairs.reversed() {
      put(Int64(pair.1))
      put(Int64(pair.0))
    }
    put(UInt32(pairs.count))
    return place
  }

  /// What a field of a table holds.
  enum Value {
    case int8(Int8)
    case int16(Int16)
    case int32(Int32)
    case int64(Int64)
    case target(Int)
  }

  /// A table.
  ///
  /// - Parameter fields: the fields that do not have their default, by their numbers
  mutating func table(_ fields: [Int: Value]) -> Int {
    let count = (fields.keys.max() ?? -1) + 1
    // Fields of eight bytes come last in memory, at the end, where alignment costs nothing.
    let order = fields.sorted { ($0.value.size, $0.key) > ($1.value.size, $1.key) }
    align(8)
    let end = place
    var places = [Int](repeating: 0, count: count)
    for (field, value) in order {
      align(value.size)
      switch value {
      case .int8(let value): put(value)
      case .int16(let value): put(value)
      case .int32(let value): put(value)
      case .int64(let value): put(value)
      case .target(let target): put(offsetTo: target)
      }
      places[field] = place
    }
    align(4)
    let table = place + 4
    // The list of the fields' places comes right before the table.
    put(Int32(4 + 2 * count))
    for place in places.reversed() { put(UInt16(place == 0 ? 0 : table - place)) }
    put(UInt16(table - end))
    put(UInt16(4 + 2 * count))
    return table
  }

  /// The bytes, with the place of their root in front, a multiple of eight in length.
  mutating func finish(root: Int) -> [UInt8] {
    align(8, after: 4)
    put(offsetTo: root)
    return reversed.reversed()
  }
}

extension FlatBuilder.Value {
  fileprivate var size: Int {
    switch self {
    case .int8: 1
    case .int16: 2
    case .int32, .target: 4
    case .int64: 8
    }
  }
}
