import Hummingbird
import NIOCore
import TangorCore
import TangorServing

/// Brings the pieces of one file to the disk, some at a time, and tells of it.
///
/// At most ``chunk`` bytes are in memory, beside what the connection holds; while they are written, the client waits.
struct UploadWriter {
  let draft: UploadDraft
  let registry: UploadRegistry
  let files: FileResponder
  private var pending: [ByteBuffer] = []
  private var pendingBytes = 0

  /// How many bytes are gathered for one write.
  static let chunk = 256 << 10

  init(_ draft: UploadDraft, _ registry: UploadRegistry, _ files: FileResponder) {
    self.draft = draft
    self.registry = registry
    self.files = files
    report(.started)
  }

  /// Takes the next bytes.
  ///
  /// - Throws: `payload_too_large` as soon as there are more than may be.
  mutating func write(_ buffer: ByteBuffer) async throws {
    guard buffer.readableBytes > 0 else { return }
    guard buffer.readableBytes <= draft.limit - draft.written - pendingBytes else {
      throw TangorError(.payloadTooLarge, "The file is larger than the \(ByteSize(bytes: draft.limit)) that are taken here.")
    }
    pending.append(buffer)
    pendingBytes += buffer.readableBytes
    if pendingBytes >= Self.chunk { try await flush() }
  }

  /// Brings what has been gathered to the file.
  mutating func flush() async throws {
    guard !pending.isEmpty else { return }
    let buffers = pending
    pending = []
    pendingBytes = 0
    try await files.offLoop { [draft] in try draft.write(buffers) }
    report(.progress)
  }

  /// Finishes the file.
  mutating func finish() async throws -> UploadDraft.Stored {
    try await flush()
    let stored = try await files.offLoop { [draft] in try draft.finish() }
    report(.finished(isNew: stored.isNew))
    // A copy that was kept in memory is of the file that was replaced.
    files.cache.forget(draft.route + "/" + stored.name)
    return stored
  }

  /// Gives the file up, for a reason.
  func fail(_ error: any Error) async {
    await files.cleanUp { [draft] in draft.discard() }
    report(.failed(.ofUpload(error)))
  }

  private func report(_ phase: UploadEvent.Phase) {
    registry.report(
      UploadEvent(id: draft.id, route: draft.route, name: draft.name.text, bytes: draft.written, total: draft.total, phase: phase))
  }
}

extension TangorError {
  /// What an upload that failed is answered with: a connection that ended is the client's doing and no failure of the server.
  static func ofUpload(_ error: any Error) -> TangorError {
    switch error {
    case let error as TangorError: error
    case is CancellationError: TangorError(.shuttingDown, retryAfter: .seconds(1))
    default: TangorError(.canceled, "The upload broke off.", underlying: error)
    }
  }
}
