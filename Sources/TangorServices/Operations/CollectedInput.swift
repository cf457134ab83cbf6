package import NIOCore

/// The body of a request that is read whole, handed out piece by piece.
package actor CollectedInput: OperationInput {
  private let body: ServiceBody
  private var rest: ByteBuffer?

  init(_ body: ServiceBody) { self.body = body }

  package func read(upTo count: Int) async throws -> ByteBuffer {
    if rest == nil {
      let bytes = try await body.bytes()
      if rest == nil { rest = bytes }
    }
    let length = min(count, rest?.readableBytes ?? 0)
    return rest?.readSlice(length: length) ?? ByteBuffer()
  }
}
