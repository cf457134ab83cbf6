import NIOCore

@testable import TangorServing

/// A frame as a client would send it: masked.
func clientFrame(
  _ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true, reserved: UInt8 = 0, key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D],
  isMasked: Bool = true, lengthForm: Int? = nil
) -> [UInt8] {
  var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | reserved | opcode]
  let mask: UInt8 = isMasked ? 0x80 : 0
  switch lengthForm ?? (payload.count < 126 ? 1 : payload.count <= 0xFFFF ? 2 : 8) {
  case 1: bytes.append(mask | UInt8(payload.count))
  case 2: bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
  default: bytes += [mask | 127] + (0..<8).map { UInt8(truncatingIfNeeded: UInt64(payload.count) >> UInt64(56 - 8 * $0)) }
  }
  guard isMasked else { return bytes + payload }
  return bytes + key + payload.enumerated().map { $1 ^ key[$0 & 3] }
}

/// What a ``MessageReader`` made of some bytes.
enum ReadResult: Equatable {
  case text(String)
  case binary([UInt8])
  case ping([UInt8])
  case pong
  case close(UInt16?)
  case violation(UInt16)
}

/// Feeds bytes in pieces, as a connection would: what is left of one piece is put before the next.
func read(_ pieces: [[UInt8]], maximumSize: Int = 1 << 20, deflate: DeflateParameters? = nil) -> [ReadResult] {
  var reader = MessageReader(maximumSize: maximumSize, deflate: deflate)
  var results: [ReadResult] = []
  var unread: [UInt8] = []
  for piece in pieces {
    unread += piece
    var consumed = 0
    let isBroken = unread.withUnsafeMutableBytes { input -> Bool in
      while true {
        do throws(WebSocketViolation) {
          switch try reader.next(input, &consumed) {
          case .needsMore: return false
          case .message(.text, let bytes): results.append(.text(String(decoding: bytes, as: UTF8.self)))
          case .message(.binary, let bytes): results.append(.binary(Array(bytes)))
          case .ping(let bytes): results.append(.ping(Array(bytes)))
          case .pong: results.append(.pong)
          case .close(let code, _): results.append(.close(code?.rawValue))
          }
        } catch {
          results.append(.violation(error.code.rawValue))
          return true
        }
      }
    }
    if isBroken { break }
    unread.removeFirst(consumed)
  }
  return results
}
