/// Text on its way out: bytes that grow at their end.
package struct ByteOutput: Sendable {
  package private(set) var bytes: [UInt8] = []

  /// - Parameter capacity: bytes to make room for at first
  package init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

  /// Appends up to `capacity` bytes with one check for room; `write` must not put more.
  @inline(__always)
  mutating func append(upTo capacity: Int, _ write: (inout Tail) -> Void) {
    bytes.append(addingCapacity: capacity) { span in
      span.withUnsafeMutableBufferPointer { buffer, count in
        guard let base = buffer.baseAddress else { return }
        var tail = Tail(next: base + count)
        let first = tail.next
        write(&tail)
        assert(tail.next - first <= capacity)
        count += tail.next - first
      }
    }
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  mutating func append(_ text: StaticString) {
    append(upTo: text.utf8CodeUnitCount) { $0.put(text) }
  }

  mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    append(upTo: text.count) { $0.put(text) }
  }

  mutating func removeLast() { bytes.removeLast() }

  /// The free room behind the text, written from the front without further checks: who asked for it has said how much.
  struct Tail {
    var next: UnsafeMutablePointer<UInt8>

    @inline(__always)
    mutating func put(_ byte: UInt8) {
      next.pointee = byte
      next += 1
    }

    @inline(__always)
    mutating func put(_ text: StaticString) {
      next.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
      next += text.utf8CodeUnitCount
    }

    @inline(__always)
    mutating func put(_ text: UnsafeBufferPointer<UInt8>) {
      guard let source = text.baseAddress else { return }
      if text.count > 16 {
        next.update(from: source, count: text.count)
      } else {
        for index in 0..<text.count { next[index] = source[index] }
      }
      next += text.count
    }

    /// Puts a number below 100 in two digits.
    @inline(__always)
    mutating func put(twoDigits value: Int) {
      put(0x30 + UInt8(truncatingIfNeeded: value / 10))
      put(0x30 + UInt8(truncatingIfNeeded: value % 10))
    }

    /// Puts up to 20 digits.
    @inline(__always)
    mutating func put(digits value: UInt64) {
      if value < 10 { return put(0x30 + UInt8(truncatingIfNeeded: value)) }
      var count = 1
      var bound: UInt64 = 10
      while value >= bound {
        count += 1
        if count == 20 { break }
        bound &*= 10
      }
      var rest = value
      for place in stride(from: count - 1, through: 0, by: -1) {
        next[place] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      }
      next += count
    }

    /// Puts up to 21 bytes.
    @inline(__always)
    mutating func put(integer value: some FixedWidthInteger) {
      if value < 0 { put(0x2D) }
      put(digits: UInt64(truncatingIfNeeded: value.magnitude))
    }
  }
}

extension ByteOutput {
  @inline(__always)
  mutating func append(integer value: some FixedWidthInteger) { append(upTo: 21) { $0.put(integer: value) } }

  /// Appends a date as `2020-01-02`.
  ///
  /// - Parameter days: since 1970-01-01
  mutating func append(date days: Int32) {
    append(upTo: 32) { $0.put(date: CivilDate(dayNumber: Int(days))) }
  }

  /// Appends a moment as `2020-01-02 03:04:05.678`.
  ///
  /// - Parameter milliseconds: since 1970-01-01T00:00:00Z
  mutating func append(datetime milliseconds: Int64) {
    let (day, rest) = floorDivide(Int(milliseconds), millisecondsPerDay)
    append(upTo: 48) { tail in
      tail.put(date: CivilDate(dayNumber: day))
      tail.put(0x20)
      tail.put(twoDigits: rest / 3_600_000)
      tail.put(0x3A)
      tail.put(twoDigits: rest / 60_000 % 60)
      tail.put(0x3A)
      tail.put(twoDigits: rest / 1000 % 60)
      tail.put(0x2E)
      tail.put(0x30 + UInt8(truncatingIfNeeded: rest % 1000 / 100))
      tail.put(twoDigits: rest % 100)
    }
  }
}

extension ByteOutput.Tail {
  /// Puts a date, in up to 20 bytes: years have four digits, or more with a sign where they are before 0 or after 9999.
  fileprivate mutating func put(date: CivilDate) {
    if 0...9999 ~= date.year {
      put(twoDigits: date.year / 100)
      put(twoDigits: date.year % 100)
    } else {
      put(date.year < 0 ? 0x2D : 0x2B)
      put(digits: UInt64(date.year.magnitude))
    }
    put(0x2D)
    put(twoDigits: date.month)
    put(0x2D)
    put(twoDigits: date.day)
  }
}
