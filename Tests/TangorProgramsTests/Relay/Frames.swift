/// A frame as it travels.
///
/// - Parameter key: The mask, for frames of a client.
func frame(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true, key: [UInt8]? = nil) -> [UInt8] {
  var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | opcode]
  let mask: UInt8 = key == nil ? 0 : 0x80
  switch payload.count {
  case ..<126: bytes.append(mask | UInt8(payload.count))
  case ...0xFFFF: bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
  default: bytes += [mask | 127] + (0..<8).map { UInt8(truncatingIfNeeded: UInt64(payload.count) >> UInt64(56 - 8 * $0)) }
  }
  guard let key else { return bytes + payload }
  bytes += key
  bytes.reserveCapacity(bytes.count + payload.count)
  for (index, byte) in payload.enumerated() { bytes.append(byte ^ key[index & 3]) }
  return bytes
}

/// A frame of a page.
func pageFrame(_ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true) -> [UInt8] {
  frame(opcode, payload, isFinal: isFinal, key: [0x37, 0xFA, 0x21, 0x3D])
}

/// A frame of a program.
func programFrame(_ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true) -> [UInt8] { frame(opcode, payload, isFinal: isFinal) }

/// The payload of a close frame.
func closing(_ code: UInt16, _ reason: String = "") -> [UInt8] { [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8) }
