/// Cuts the bytes of one stream into lines, as a pure value.
struct LineAssembler: Sendable {
  /// The bytes from which on a line is cut into pieces; at least 4, the longest character.
  let longestLine: Int
  /// The line that has begun, never longer than that.
  private var partial: [UInt8] = []

  init(longestLine: Int) { self.longestLine = max(longestLine, 4) }

  /// Takes bytes in.
  ///
  /// - Parameters:
  ///   - bytes: The next bytes of the stream.
  ///   - most: How many lines are of use: where the bytes hold more, the first ones are counted and not made.
  ///   - emit: Gets each line.
  /// - Returns: How many lines were passed over, before the first that was emitted.
  mutating func append(_ bytes: UnsafeRawBufferPointer, keepingLast most: Int, _ emit: (String) -> Void) -> Int {
    var rest = bytes[...]
    let skipped = skip(&rest, keepingLast: most)
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      add(rest[..<end], emit)
      if partial.last == UInt8(ascii: "\r") { partial.removeLast() }
      emitPartial(emit)
      rest = rest[(end + 1)...]
    }
    add(rest, emit)
    return skipped
  }

  /// Gives out the line that has begun, because nothing follows.
  mutating func finish(_ emit: (String) -> Void) {
    if !partial.isEmpty { emitPartial(emit) }
  }

  /// Adds to the line that has begun, and cuts pieces off it.
  private mutating func add(_ bytes: Slice<UnsafeRawBufferPointer>, _ emit: (String) -> Void) {
    var rest = bytes
    while partial.count + rest.count > longestLine {
      let room = longestLine - partial.count
      partial += rest.prefix(room)
      rest = rest.dropFirst(room)
      // A character is not cut in two: what begins it goes to the next piece.
      let cut = Self.boundary(partial)
      let begun = Array(partial[cut...])
      partial.removeSubrange(cut...)
      emitPartial(emit)
      partial = begun
    }
    partial += rest
  }

  private mutating func emitPartial(_ emit: (String) -> Void) {
    emit(String(decoding: partial, as: UTF8.self))
    partial.removeAll(keepingCapacity: true)
  }

  /// The place of the last character's first byte if that character is not complete; else the end.
  private static func boundary(_ bytes: [UInt8]) -> Int {
    for back in 1...3 where back < bytes.count {
      let byte = bytes[bytes.count - back]
      guard byte & 0xC0 != 0x80 else { continue }
      let length = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      return length > back ? bytes.count - back : bytes.count
    }
    return bytes.count
  }

  /// Passes over the first lines where there are more than anybody could read later.
  private mutating func skip(_ rest: inout Slice<UnsafeRawBufferPointer>, keepingLast most: Int) -> Int {
    guard rest.count > most else { return 0 }
    let ends = rest.count { $0 == UInt8(ascii: "\n") }
    guard ends > most else { return 0 }
    var left = ends - most
    while left > 0, let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      rest = rest[(end + 1)...]
      left -= 1
    }
    partial.removeAll(keepingCapacity: true)
    return ends - most
  }
}
