/// What a frame carries (RFC 6455, section 5.2).
package enum WebSocketOpcode: UInt8, Sendable {
  case continuation = 0x0
  case text = 0x1
  case binary = 0x2
  case close = 0x8
  case ping = 0x9
  case pong = 0xA

  package var isControl: Bool { rawValue >= 0x8 }
}

/// A breach of the protocol by the peer: the close code that answers it, and why.
package struct WebSocketViolation: Error, Equatable {
  package let code: WebSocketCloseCode
  package let reason: StaticString

  package init(code: WebSocketCloseCode, reason: StaticString) {
    self.code = code
    self.reason = reason
  }

  package static func == (left: Self, right: Self) -> Bool { left.code == right.code && "\(left.reason)" == "\(right.reason)" }
}

/// The header of a frame.
package struct WebSocketFrameHeader {
  package let opcode: WebSocketOpcode
  package let isFinal: Bool
  /// The bit that permessage-deflate sets on the first frame of a compressed message.
  package let isCompressed: Bool
  package let payloadLength: Int
  /// The masking key as it stood in memory; 0 in a frame that a server sent.
  package let maskingKey: UInt32
  /// The header's own length in bytes.
  package let length: Int

  /// Reads the header at the start of some bytes.
  ///
  /// - Parameters:
  ///   - isMasked: Whether a client sent the frame; clients mask, servers do not.
  /// - Returns: The header, or `nil` when the bytes end before it does.
  /// - Throws: ``WebSocketViolation`` 1002 for reserved bits and opcodes, frames that are not masked as they must be, lengths that
  ///   are not written in the shortest form and control frames that are fragmented or too long.
  package static func read(
    _ bytes: UnsafeRawBufferPointer, allowsCompression: Bool, isMasked: Bool = true
  ) throws(WebSocketViolation) -> Self? {
    guard bytes.count >= 2 else { return nil }
    let first = bytes[0]
    let second = bytes[1]
    guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else {
      throw WebSocketViolation(code: .protocolError, reason: "reserved opcode")
    }
    let isFinal = first & 0x80 != 0
    let isCompressed = first & 0x40 != 0
    guard first & 0x30 == 0, !isCompressed || (allowsCompression && !opcode.isControl && opcode != .continuation) else {
      throw WebSocketViolation(code: .protocolError, reason: "reserved bit set")
    }
    guard (second & 0x80 != 0) == isMasked else {
      throw WebSocketViolation(code: .protocolError, reason: isMasked ? "frame without mask" : "frame with a mask")
    }
    var payloadLength = Int(second & 0x7F)
    guard !opcode.isControl || (isFinal && payloadLength <= 125) else {
      throw WebSocketViolation(code: .protocolError, reason: "control frame fragmented or too long")
    }
    var length = 2
    if payloadLength == 126 {
      guard bytes.count >= 4 else { return nil }
      payloadLength = Int(bytes[2]) << 8 | Int(bytes[3])
      guard payloadLength > 125 else { throw WebSocketViolation(code: .protocolError, reason: "length not in its shortest form") }
      length = 4
    } else if payloadLength == 127 {
      guard bytes.count >= 10 else { return nil }
      let wide = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
      guard wide > 0xFFFF, let narrow = Int(exactly: wide) else {
        throw WebSocketViolation(code: .protocolError, reason: "length not in its shortest form")
      }
      payloadLength = narrow
      length = 10
    }
    var maskingKey: UInt32 = 0
    if isMasked {
      guard bytes.count >= length + 4 else { return nil }
      maskingKey = bytes.loadUnaligned(fromByteOffset: length, as: UInt32.self)
      length += 4
    }
    return Self(
      opcode: opcode, isFinal: isFinal, isCompressed: isCompressed, payloadLength: payloadLength, maskingKey: maskingKey, length: length)
  }
}

/// Takes the mask off a part of a frame's payload, in place.
///
/// - Parameters:
///   - bytes: The part.
///   - key: The masking key as it stood in memory.
///   - offset: How many bytes of the payload came before this part.
@inline(__always)
package func removeMask(_ bytes: UnsafeMutableRawBufferPointer, key: UInt32, offset: Int) {
  guard let base = bytes.baseAddress else { return }
  let count = bytes.count
  // Turned so that its lowest byte (the first in memory on the little-endian machines Swift runs on) meets the part's first byte.
  let turn = UInt32(truncatingIfNeeded: (offset & 3) << 3)
  let key32 = UInt32(littleEndian: key)
  let turned = turn == 0 ? key32 : (key32 >> turn | key32 << (32 - turn))
  let wide = UInt64(turned) | UInt64(turned) << 32
  var index = 0
  while index &+ 8 <= count {
    let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
    base.storeBytes(of: word ^ wide.littleEndian, toByteOffset: index, as: UInt64.self)
    index &+= 8
  }
  var rest = turned
  while index < count {
    base.storeBytes(
      of: base.load(fromByteOffset: index, as: UInt8.self) ^ UInt8(truncatingIfNeeded: rest), toByteOffset: index, as: UInt8.self)
    rest = rest >> 8 | rest << 24
    index &+= 1
  }
}
