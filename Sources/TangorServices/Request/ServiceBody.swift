import Hummingbird
import NIOCore
import TangorCore
import TangorServing

/// Where a request's body comes from. It is read once, when it is first asked for, and kept.
actor ServiceBody {
  private enum Source {
    case request(Request, limit: ByteSize)
    case bytes(ByteBuffer)
  }

  private var source: Source
  private var reading: Task<ByteBuffer, any Error>?

  init(_ request: Request, limit: ByteSize) { source = .request(request, limit: limit) }
  init(_ bytes: ByteBuffer) { source = .bytes(bytes) }

  /// The whole body.
  ///
  /// - Throws: `payload_too_large`, and what reading throws.
  func bytes() async throws -> ByteBuffer {
    switch source {
    case .bytes(let bytes): return bytes
    case .request(let request, let limit):
      // A second asker must not read the same body: it waits for the first one's reading.
      let task = reading ?? Task { try await request.collectBody(upTo: limit) }
      reading = task
      let bytes = try await withTaskCancellationHandler {
        try await task.value
      } onCancel: {
        task.cancel()
      }
      source = .bytes(bytes)
      return bytes
    }
  }
}
