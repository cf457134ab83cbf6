/// Sorts texts by their bytes: eight at a time as one number, and on where those are equal.
enum TextSort {
  /// - Parameter bytes: The text of an element, which stays where it is meanwhile.
  static func sorted<Element>(_ elements: [Element], _ bytes: (Element) -> UnsafeBufferPointer<UInt8>) -> [Element] {
    guard elements.count > 1 else { return elements }
    var items = elements.map { (key: UInt64(0), tie: 0, element: $0) }
    var work = [(range: 0..<items.count, depth: 0)]
    while let (range, depth) = work.popLast() {
      for index in range {
        let text = bytes(items[index].element)
        items[index].key = key(text, at: depth)
        // Texts that end here differ by their lengths alone: "a" and "a\0" have the same eight bytes.
        items[index].tie = min(text.count - depth, 8)
      }
      items[range].sort { ($0.key, $0.tie) < ($1.key, $1.tie) }
      var start = range.lowerBound
      for index in range
      where index == range.upperBound - 1 || items[index + 1].key != items[index].key || items[index + 1].tie != items[index].tie {
        if index > start, items[index].tie == 8 { work.append((start..<index + 1, depth + 8)) }
        start = index + 1
      }
    }
    return items.map(\.element)
  }

  private static func key(_ text: UnsafeBufferPointer<UInt8>, at depth: Int) -> UInt64 {
    let raw = UnsafeRawBufferPointer(text)
    if depth + 8 <= raw.count { return UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: depth, as: UInt64.self)) }
    var key: UInt64 = 0
    for index in depth..<depth + 8 { key = key << 8 | (index < raw.count ? UInt64(raw[index]) : 0) }
    return key
  }
}
