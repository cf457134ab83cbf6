import NIOCore
import TangorServing

/// What a close frame says (RFC 6455, section 5.5.1).
struct CloseFrame: Equatable {
  /// The code; nil in an empty frame.
  let code: WebSocketCloseCode?
  let reason: String

  init(_ code: WebSocketCloseCode?, _ reason: String = "") {
    self.code = code
    self.reason = reason
  }

  /// Reads the payload of a close frame, without its mask.
  ///
  /// - Throws: ``WebSocketViolation`` for half a code, a code that may not travel, and a reason that is not UTF-8.
  init(payload: some Collection<UInt8>) throws(WebSocketViolation) {
    let bytes = Array(payload)
    guard !bytes.isEmpty else {
      self.init(nil)
      return
    }
    guard bytes.count >= 2 else { throw WebSocketViolation(code: .protocolError, reason: "close frame with half a code") }
    let code = WebSocketCloseCode(rawValue: UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
    guard code.maySend else { throw WebSocketViolation(code: .protocolError, reason: "close code that may not be sent") }
    guard let reason = String(validating: bytes[2...], as: UTF8.self) else {
      throw WebSocketViolation(code: .invalidData, reason: "close reason that is not UTF-8")
    }
    self.init(code, reason)
  }

  /// The payload; of the reason as many whole characters as a control frame holds.
  var payload: [UInt8] {
    guard let code else { return [] }
    var text: [UInt8] = []
    for character in reason {
      guard text.count + character.utf8.count <= 123 else { break }
      text += character.utf8
    }
    return [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)] + text
  }
}

extension ByteBuffer {
  /// A control frame of the relay's own.
  ///
  /// - Parameters:
  ///   - payload: At most 125 bytes.
  ///   - side: Who gets it; towards a program the relay is a client, which masks.
  init(control opcode: WebSocketOpcode, _ payload: [UInt8], to side: RelaySide) {
    self.init()
    reserveCapacity(payload.count + 6)
    writeInteger(0x80 | opcode.rawValue)
    switch side {
    case .page:
      writeInteger(UInt8(payload.count))
      writeBytes(payload)
    case .program:
      writeInteger(0x80 | UInt8(payload.count))
      let key = UInt32.random(in: .min ... .max)
      writeInteger(key)
      writeBytes(payload.enumerated().map { $1 ^ UInt8(truncatingIfNeeded: key >> UInt32(24 - 8 * ($0 & 3))) })
    }
  }
}
