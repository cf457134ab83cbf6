import TangorJSON

/// The values of a stream from the oldest that is still kept to the newest, by index.
struct ReplayWindow: Sendable {
  private var values: [JSONFragment] = []
  private var head = 0
  /// The index of the oldest value that is kept; one beyond ``lastIndex`` when none is.
  private(set) var firstIndex = 1
  /// The bytes of all values kept.
  private(set) var byteCount = 0

  private static let emptied = JSONFragment(unchecked: [])

  /// The index of the newest value; 0 before the first.
  var lastIndex: Int { firstIndex + values.count - head - 1 }

  mutating func append(_ value: JSONFragment) {
    values.append(value)
    byteCount += value.bytes.count
  }

  /// The value at an index between ``firstIndex`` and ``lastIndex``.
  subscript(index: Int) -> StreamValue { StreamValue(index: index, json: values[head + index - firstIndex]) }

  /// Drops the oldest value; there must be one.
  mutating func dropFirst() {
    byteCount -= values[head].bytes.count
    values[head] = Self.emptied
    head += 1
    firstIndex += 1
    if head >= 32, head * 2 >= values.count {
      values.removeFirst(head)
      head = 0
    }
  }
}
