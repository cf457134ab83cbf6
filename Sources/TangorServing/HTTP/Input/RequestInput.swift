import HTTPTypes
package import Hummingbird
public import NIOCore
public import TangorCore

/// The body of a request, read as it arrives.
///
/// ```swift
/// for try await chunk in request.input { hash.update(chunk) }
///
/// while let line = try await request.input.readLine() { … }
/// ```
///
/// Bytes that nobody takes stay with the client: the connection is read as fast as the input is, so a body of any size needs little
/// memory. What was taken is gone: an iteration and the functions go on where the last one stopped, whichever copy it was called on.
/// One task reads at a time, and none after the request was answered; both are `internal_error`.
///
/// Every function throws
/// - `incomplete_body` when the client breaks off,
/// - `request_timeout` when it is too slow,
/// - `payload_too_large` when there is more than may be,
///
/// and a failed body stays failed.
public struct RequestInput: AsyncSequence, Sendable {
  public typealias Element = ByteBuffer

  private let storage: InputStorage
  /// The length of the whole body in bytes, where the client announced it.
  public let announcedLength: Int?

  /// An input of bytes that are there already, as a live call's arguments are. Good for tests of services too.
  ///
  /// - Parameter bytes: The whole body.
  public init(_ bytes: ByteBuffer) {
    storage = InputStorage(bytes)
    announcedLength = bytes.readableBytes
  }

  /// The input of a request.
  ///
  /// - Parameters:
  ///   - request: The request; nothing else may read its body.
  ///   - channel: Its connection.
  ///   - limit: How large the body may be; nil for any size.
  ///   - isStreamed: Whether ``BodyTerms`` hold for the body, so that the client may wait to be asked for it.
  package init(_ request: Request, on channel: any Channel, limit: ByteSize?, isStreamed: Bool) {
    announcedLength = request.headers[.contentLength].flatMap { Int($0) }
    // Without a length, the end of the connection looks like the end of the body.
    let watches = isStreamed || request.headers[.transferEncoding] != nil
    storage = InputStorage(
      .init(body: request.body, announced: announcedLength, limit: limit, channel: watches ? channel : nil))
  }

  /// No body.
  package static let empty = RequestInput(ByteBuffer())

  /// Takes what has come, or waits for it: between one byte and as many as asked for.
  ///
  /// - Parameter count: The most bytes to take, 1 or more.
  /// - Returns: nil at the end.
  public func read(upTo count: Int) async throws -> ByteBuffer? { try await storage.read(upTo: Swift.max(1, count)) }

  /// Takes so many bytes.
  ///
  /// - Parameter count: How many. As much memory is needed: bound what a client says.
  /// - Throws: `incomplete_body` when the body ends before; what came of them can still be read.
  public func read(exactly count: Int) async throws -> ByteBuffer { try await storage.read(exactly: count) }

  /// Takes all up to a delimiter.
  ///
  /// - Parameters:
  ///   - delimiter: Some bytes, which are taken and not given back.
  ///   - limit: How many bytes may stand before it.
  /// - Returns: nil at the end of the body.
  /// - Throws: `incomplete_body` when bytes come and no delimiter, `payload_too_large` when too many come before it.
  public func read(until delimiter: some Collection<UInt8>, limit: ByteSize = .kibibytes(64)) async throws -> ByteBuffer? {
    guard !delimiter.isEmpty else { throw TangorError(.internalError, "A delimiter has to have a byte at least.") }
    return try await storage.read(until: Array(delimiter), limit: limit.bytes, takesRest: false)
  }

  /// Takes a line of text.
  ///
  /// - Parameter limit: How many bytes it may have.
  /// - Returns: The line without its end, `\n` or `\r\n`, which the last one need not have; nil at the end of the body.
  /// - Throws: `payload_too_large` for a longer line, `invalid_parameters` when it is not UTF-8.
  public func readLine(limit: ByteSize = .kibibytes(64)) async throws -> String? {
    guard var line = try await storage.read(until: [UInt8(ascii: "\n")], limit: limit.bytes, takesRest: true) else { return nil }
    if line.readableBytesView.last == UInt8(ascii: "\r") { line.moveWriterIndex(to: line.writerIndex - 1) }
    guard let text = String(validating: line.readableBytesView, as: UTF8.self) else {
      throw TangorError(.invalidParameters, "A line of the body is not valid UTF-8.")
    }
    return text
  }

  /// Takes all that is left.
  ///
  /// - Parameter limit: How much that may be.
  /// - Throws: `payload_too_large` as soon as it is known to be more.
  public func readAll(upTo limit: ByteSize) async throws -> ByteBuffer { try await storage.readAll(upTo: limit) }

  /// Whether all was taken; waits until that is known.
  public func isAtEnd() async throws -> Bool { try await storage.isAtEnd() }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(storage: storage) }

  /// Gives the body in the pieces in which it comes, none of them empty.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let storage: InputStorage

    public func next() async throws -> ByteBuffer? { try await storage.chunk() }
  }

  // MARK: For doors

  /// What is left of the body, which is kept for all who ask for it so.
  package func kept(upTo limit: ByteSize) async throws -> ByteBuffer { try await storage.kept(upTo: limit) }

  /// Ends all reading, once the request was answered: the connection goes on with the next one then.
  package func close() async {
    guard storage.wasTouched else { return }
    await storage.close()
  }
}
