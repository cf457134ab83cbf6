/// Whether bytes are text.
enum UTF8Text {
  static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    isASCII(bytes) || (try? UTF8Span(validating: Span(_unsafeElements: bytes))) != nil
  }

  private static func isASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    var place = 0
    var all: UInt64 = 0
    while bytes.count - place >= 32 {
      let words = UnsafeRawPointer(base + place).loadUnaligned(as: SIMD4<UInt64>.self)
      all |= words[0] | words[1] | words[2] | words[3]
      place += 32
      if all & 0x8080_8080_8080_8080 != 0 { return false }
    }
    while place < bytes.count {
      all |= UInt64(base[place])
      place += 1
    }
    return all & 0x8080_8080_8080_8080 == 0
  }
}
