/// Base64 with the standard alphabet and padding (RFC 4648, section 4).
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
    return values
  }()
  private static let padding = UInt8(ascii: "=")

  package static func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var bits: UInt32 = 0
    var count = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      count += 1
      guard count == 3 else { continue }
      for shift in [18, 12, 6, 0] as [UInt32] { text.append(alphabet[Int(bits >> shift & 63)]) }
      (bits, count) = (0, 0)
    }
    if count == 1 {
      text += [alphabet[Int(bits >> 2 & 63)], alphabet[Int(bits << 4 & 63)], padding, padding]
    } else if count == 2 {
      text += [alphabet[Int(bits >> 10 & 63)], alphabet[Int(bits >> 4 & 63)], alphabet[Int(bits << 2 & 63)], padding]
    }
    return text
  }

  /// - Returns: nil when the text is not base64 in its one canonical form.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var bits: UInt32 = 0
    var count = 0
    var padded = 0
    for byte in text {
      if byte == padding {
        padded += 1
      } else {
        let value = values[Int(byte)]
        guard value != 0xFF, padded == 0 else { return nil }
        bits = bits << 6 | UInt32(value)
        count += 1
        guard count == 4 else { continue }
        bytes += [UInt8(bits >> 16), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
        (bits, count) = (0, 0)
      }
    }
    switch (count, padded) {
    case (0, 0): break
    case (2, 2) where bits & 15 == 0: bytes.append(UInt8(bits >> 4))
    case (3, 1) where bits & 3 == 0: bytes += [UInt8(bits >> 10), UInt8(bits >> 2 & 255)]
    default: return nil
    }
    return bytes
  }
}
