/// Looks for a text in what a program prints, wherever the output is cut, as a pure value. Each stream is looked at by itself.
package struct ReadySign: Sendable {
  private let pattern: [UInt8]
  /// For each count of matched bytes, how many are still matched when the next one does not fit.
  private let fallback: [Int]
  private var matched: [OutputStream: Int] = [:]

  /// Whether the text was found.
  package private(set) var isFound: Bool

  /// - Parameter text: What to look for; an empty one is found at once.
  package init(_ text: String) {
    pattern = Array(text.utf8)
    isFound = pattern.isEmpty
    var fallback = [Int](repeating: 0, count: pattern.count + 1)
    var length = 0
    for index in pattern.indices.dropFirst() {
      while length > 0, pattern[index] != pattern[length] { length = fallback[length] }
      if pattern[index] == pattern[length] { length += 1 }
      fallback[index + 1] = length
    }
    self.fallback = fallback
  }

  /// Looks at the next bytes of a stream.
  ///
  /// - Returns: Whether the text has been found, now or before.
  package mutating func look(at bytes: some Sequence<UInt8>, of stream: OutputStream) -> Bool {
    guard !isFound else { return true }
    var length = matched[stream] ?? 0
    for byte in bytes {
      while length > 0, byte != pattern[length] { length = fallback[length] }
      if byte == pattern[length] { length += 1 }
      if length == pattern.count {
        isFound = true
        matched = [:]
        return true
      }
    }
    matched[stream] = length
    return false
  }
}
