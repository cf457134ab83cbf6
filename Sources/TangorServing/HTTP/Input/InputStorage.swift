import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import TangorCore

/// What several copies of a ``RequestInput`` share: where the body comes from, and what came and was not taken yet.
///
/// One operation reads at a time. Another that comes meanwhile is refused, because neither would get anything of use.
actor InputStorage {
  /// What is known of a body before it comes.
  struct Origin: Sendable {
    let body: RequestBody
    let announced: Int?
    let limit: ByteSize?
    /// The connection, where the body has to be asked for or its end looked at.
    let channel: (any Channel)?
  }

  private let origin: Origin?
  private var iterator: RequestBody.AsyncIterator?
  private var incoming: IncomingBody?
  private var buffer = InputBuffer()
  private var received = 0
  private var hasEnded: Bool
  private var failure: (any Error)?
  private var isBusy = false
  private var waitingForIdle: [CheckedContinuation<Void, Never>] = []
  private var whole: Task<ByteBuffer, any Error>?
  private let touched = Atomic(false)

  init(_ origin: Origin) {
    self.origin = origin
    hasEnded = false
  }

  init(_ bytes: ByteBuffer) {
    origin = nil
    hasEnded = true
    received = bytes.readableBytes
    buffer.append(bytes)
  }

  /// Whether anything of the body was asked for.
  nonisolated var wasTouched: Bool { touched.load(ordering: .relaxed) }

  // MARK: Operations

  func chunk() async throws -> ByteBuffer? {
    try await alone {
      if isEmpty, try await !fill() { return nil }
      return takeAll()
    }
  }

  func read(upTo count: Int) async throws -> ByteBuffer? {
    try await alone {
      if isEmpty, try await !fill() { return nil }
      return take(count)
    }
  }

  func read(exactly count: Int) async throws -> ByteBuffer {
    try await alone {
      while self.count < count {
        guard try await fill() else {
          throw TangorError(.incompleteBody, "The body ended where \(count) bytes were needed; \(self.count) came.")
        }
      }
      return take(count)
    }
  }

  /// - Parameter takesRest: Whether what stands behind the last delimiter counts too.
  func read(until delimiter: [UInt8], limit: Int, takesRest: Bool) async throws -> ByteBuffer? {
    try await alone {
      while true {
        switch search(delimiter, limit) {
        case .found(let bytes): return bytes
        case .tooLong: throw Self.tooLong(limit)
        case .more: break
        }
        if try await fill() { continue }
        guard !isEmpty else { return nil }
        guard takesRest else {
          throw TangorError(.incompleteBody, "The body ended before a delimiter that was needed; \(count) bytes came behind the last.")
        }
        guard count <= limit else { throw Self.tooLong(limit) }
        return takeAll()
      }
    }
  }

  func readAll(upTo limit: ByteSize) async throws -> ByteBuffer {
    try await alone {
      if let announced = origin?.announced, announced - received + count > limit.bytes { throw Self.tooLarge(limit) }
      repeat {
        guard count <= limit.bytes else { throw Self.tooLarge(limit) }
      } while try await fill()
      return takeAll()
    }
  }

  func isAtEnd() async throws -> Bool {
    try await alone {
      if !isEmpty { return false }
      return try await !fill()
    }
  }

  /// What is left of the body, read once and kept for all who ask.
  func kept(upTo limit: ByteSize) async throws -> ByteBuffer {
    // A second asker must not read the same body: it waits for the first one's reading.
    let task = whole ?? Task { try await self.readAll(upTo: limit) }
    whole = task
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// Ends all reading, because the request was answered and the connection goes on to the next. Waits for an operation under way.
  func close() async {
    failure = TangorError(.internalError, "The body of a request was read after the request had been answered.")
    whole?.cancel()
    if isBusy { await withCheckedContinuation { waitingForIdle.append($0) } }
    _ = buffer.takeAll()
  }

  // MARK: Reading

  private var isEmpty: Bool { buffer.isEmpty }
  private var count: Int { buffer.count }
  private func take(_ count: Int) -> ByteBuffer { buffer.take(count) }
  private func takeAll() -> ByteBuffer { buffer.takeAll() }
  private func search(_ delimiter: [UInt8], _ limit: Int) -> InputBuffer.Search { buffer.take(until: delimiter, limit: limit) }

  private func alone<Value>(_ operation: () async throws -> Value) async throws -> Value {
    guard !isBusy else {
      throw TangorError(.internalError, "A body was read by two tasks at once; one has to wait for the other.")
    }
    isBusy = true
    touched.store(true, ordering: .relaxed)
    defer {
      isBusy = false
      for waiting in waitingForIdle { waiting.resume() }
      waitingForIdle = []
    }
    return try await operation()
  }

  /// Waits for more bytes.
  ///
  /// - Returns: False at the end of the body.
  /// - Throws: What is wrong with the body; then and at every later time.
  private func fill() async throws -> Bool {
    if let failure { throw failure }
    guard !hasEnded, let origin else { return false }
    do {
      if iterator == nil { try await begin(origin) }
      while let chunk = try await next() {
        received += chunk.readableBytes
        if let limit = origin.limit, received > limit.bytes { throw Self.tooLarge(limit) }
        guard chunk.readableBytes > 0 else { continue }
        buffer.append(chunk)
        return true
      }
      try Task.checkCancellation()
      try await checkEnd(origin)
      hasEnded = true
      return false
    } catch {
      let error = Self.told(error)
      failure = failure ?? error
      throw error
    }
  }

  private func next() async throws -> ByteBuffer? {
    guard var iterator else { return nil }
    let chunk = try await iterator.next(isolation: #isolation)
    self.iterator = iterator
    return chunk
  }

  private func begin(_ origin: Origin) async throws {
    if let limit = origin.limit, let announced = origin.announced, announced > limit.bytes { throw Self.tooLarge(limit) }
    if let channel = origin.channel { incoming = await IncomingBody(on: channel) }
    iterator = origin.body.makeAsyncIterator()
  }

  /// A body that broke off must not be taken for a whole one.
  private func checkEnd(_ origin: Origin) async throws {
    if let announced = origin.announced, received >= announced { return }
    let ending = await incoming?.ending() ?? .whole
    if ending == .late { throw TangorError(.requestTimeout, "The request's body came too slowly.") }
    guard ending == .cut || origin.announced != nil else { return }
    let all = origin.announced.map { " of \($0)" } ?? ""
    throw TangorError(.incompleteBody, "The body broke off after \(received)\(all) bytes.")
  }

  private static func told(_ error: any Error) -> any Error {
    if error is TangorError || error is CancellationError { return error }
    return TangorError(.incompleteBody, "The body broke off.", underlying: error)
  }

  private static func tooLarge(_ limit: ByteSize) -> TangorError {
    TangorError(.payloadTooLarge, "The body is larger than the \(limit) that are taken here.")
  }

  private static func tooLong(_ limit: Int) -> TangorError {
    TangorError(.payloadTooLarge, "A part of the body is longer than the \(ByteSize(bytes: limit)) that are taken here.")
  }
}
