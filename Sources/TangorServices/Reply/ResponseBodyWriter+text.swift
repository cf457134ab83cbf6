public import Hummingbird
import NIOCore

extension ResponseBodyWriter {
  /// Writes a part of a response as UTF-8. It goes out at once; the call returns when there is room for more.
  public mutating func write(_ text: String) async throws { try await write(ByteBuffer(string: text)) }
}
