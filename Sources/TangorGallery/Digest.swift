import Crypto
import NIOCore
import Tangor

/// What is known of an upload that was read and not kept.
struct Digest: JSONWritable {
  /// The SHA-256 in hexadecimal digits.
  let sha256: String
  /// How many bytes there were.
  let length: Int

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.writeKey("sha256")
    writer.write(sha256)
    writer.writeKey("length")
    writer.write(length)
    writer.endObject()
  }
}

extension ServiceRegistry {
  func addDigest() throws {
    let options = ServiceOptions(summary: "The SHA-256 and the length of an upload of any size.", body: .streamed())
    try add("/digest", methods: ["POST", "PUT"], options: options) { request in
      var hash = SHA256()
      var length = 0
      for try await chunk in request.input {
        chunk.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        length += chunk.readableBytes
      }
      let digits = hash.finalize().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
      return .json(Digest(sha256: digits.joined(), length: length))
    }
  }
}
