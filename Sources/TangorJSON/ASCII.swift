/// The bytes that JSON's grammar names.
@usableFromInline
enum ASCII {
  @usableFromInline static var quote: UInt8 { @inlinable @inline(__always) get { 0x22 } }
  @usableFromInline static var comma: UInt8 { @inlinable @inline(__always) get { 0x2C } }
  @usableFromInline static var minus: UInt8 { @inlinable @inline(__always) get { 0x2D } }
  @usableFromInline static var point: UInt8 { @inlinable @inline(__always) get { 0x2E } }
  @usableFromInline static var zero: UInt8 { @inlinable @inline(__always) get { 0x30 } }
  @usableFromInline static var colon: UInt8 { @inlinable @inline(__always) get { 0x3A } }
  @usableFromInline static var openBracket: UInt8 { @inlinable @inline(__always) get { 0x5B } }
  @usableFromInline static var backslash: UInt8 { @inlinable @inline(__always) get { 0x5C } }
  @usableFromInline static var closeBracket: UInt8 { @inlinable @inline(__always) get { 0x5D } }
  @usableFromInline static var lowerE: UInt8 { @inlinable @inline(__always) get { 0x65 } }
  @usableFromInline static var openBrace: UInt8 { @inlinable @inline(__always) get { 0x7B } }
  @usableFromInline static var closeBrace: UInt8 { @inlinable @inline(__always) get { 0x7D } }

  /// Marks, in the high bit of each byte, what needs a closer look inside a string: quotes, backslashes and control characters, and with
  /// `orNonASCII` bytes above 0x7F. Only the lowest mark is exact (borrows run upwards), so callers look at that one alone.
  ///
  /// - Parameter word: eight bytes of the text, the first in the lowest place
  @inlinable @inline(__always)
  static func stringMarks(_ word: UInt64, orNonASCII: Bool) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let quotes = word ^ (ones &* 0x22)
    let backslashes = word ^ (ones &* 0x5C)
    let controls = (word &- (ones &* 0x20)) & ~word
    let marks = ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes) | controls
    return (orNonASCII ? marks | word : marks) & highs
  }

  /// Eight bytes as one word, the first in the lowest place. The caller has checked that eight bytes are there.
  @inlinable @inline(__always)
  static func word(at pointer: UnsafePointer<UInt8>) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(pointer).loadUnaligned(as: UInt64.self))
  }
}
