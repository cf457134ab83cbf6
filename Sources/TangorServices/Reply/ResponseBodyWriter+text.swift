public import Hummingbird
import NIOCore

extension ResponseBodyWriter {
  /// Writes text as a part of the body.
  ///
  /// - Parameter text: What goes out, in UTF-8.
  /// - Throws: What writing bytes throws: the client has gone, or takes nothing.
  public mutating func write(_ text: some StringProtocol) async throws { try await write(ByteBuffer(string: String(text))) }
}
