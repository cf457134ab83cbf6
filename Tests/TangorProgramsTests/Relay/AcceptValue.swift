import Crypto
import Foundation

/// The answer to a `Sec-WebSocket-Key` (RFC 6455, section 4.2.2), computed by other code than the relay's.
func acceptValue(_ key: String) -> String {
  Data(Insecure.SHA1.hash(data: Data("\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))).base64EncodedString()
}
