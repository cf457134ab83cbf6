extension BatchValues {
  /// How many there are.
  package var count: Int {
    switch self {
    case .int8(let values): values.count
    case .int16(let values): values.count
    case .int32(let values): values.count
    case .int64(let values): values.count
    case .uint8(let values): values.count
    case .uint16(let values): values.count
    case .uint32(let values): values.count
    case .uint64(let values): values.count
    case .float32(let values): values.count
    case .float64(let values): values.count
    case .boolean(let values): values.count
    case .date(let values): values.count
    case .datetime(let values): values.count
    case .text(let texts): texts.count
    case .dictionary(let codes, _): codes.count
    case .null(let count): count
    }
  }

  /// The values at these places, in this order.
  ///
  /// - Parameter places: negative for a value that means nothing
  func gathered(_ places: [Int]) -> BatchValues {
    switch self {
    case .int8(let values): .int8(values.gathered(places, default: 0))
    case .int16(let values): .int16(values.gathered(places, default: 0))
    case .int32(let values): .int32(values.gathered(places, default: 0))
    case .int64(let values): .int64(values.gathered(places, default: 0))
    case .uint8(let values): .uint8(values.gathered(places, default: 0))
    case .uint16(let values): .uint16(values.gathered(places, default: 0))
    case .uint32(let values): .uint32(values.gathered(places, default: 0))
    case .uint64(let values): .uint64(values.gathered(places, default: 0))
    case .float32(let values): .float32(values.gathered(places, default: 0))
    case .float64(let values): .float64(values.gathered(places, default: 0))
    case .boolean(let values): .boolean(values.gathered(places, default: 0))
    case .date(let values): .date(values.gathered(places, default: 0))
    case .datetime(let values): .datetime(values.gathered(places, default: 0))
    // Texts that repeat stay where they are: the places themselves are codes.
    case .text(let texts) where texts.count <= Int(Int32.max):
      .dictionary(Vector(places.map { Int32(truncatingIfNeeded: max($0, 0)) }), values: texts)
    case .text(let texts): .text(texts.gathered(places))
    case .dictionary(let codes, let texts): .dictionary(codes.gathered(places, default: 0), values: texts)
    case .null: .null(places.count)
    }
  }
}

extension Vector {
  func gathered(_ places: [Int], default value: Element) -> Vector {
    Vector(count: places.count) { memory in
      withUnsafeBufferPointer { source in
        for (index, place) in places.enumerated() { memory.initializeElement(at: index, to: place < 0 ? value : source[place]) }
      }
    }
  }
}

extension TextVector {
  func gathered(_ places: [Int]) -> TextVector {
    var builder = TextBuilder()
    bytes.withUnsafeBufferPointer { bytes in
      for place in places {
        if place < 0 {
          builder.appendEmpty()
        } else {
          builder.append(UnsafeBufferPointer(rebasing: bytes[Int(offsets[place])..<Int(offsets[place + 1])]))
        }
      }
    }
    return builder.vector
  }
}
