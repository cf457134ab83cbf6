import NIOCore
import Synchronization
import TangorCore
import TangorServing

/// A file that is on its way into a folder, under a hidden name. Everything here blocks: call it off the event loops.
///
/// A draft that is not finished is discarded with its last owner, unless it is kept to be resumed.
final class UploadDraft: Sendable {
  let id: String
  let name: UploadName
  /// The whole length in bytes, where it is known.
  let total: Int?
  private let folder: UploadFolder
  private let place: WritableFolder
  private let temporary: String
  private let state: Mutex<State>

  private struct State {
    /// Open and locked until all has come.
    var file: WritableFile?
    /// How long the file is.
    var written: Int
    var isChecked = false
    /// Whether nothing is left to clean up.
    var isOver: Bool
  }

  /// A file that was stored.
  struct Stored: Sendable {
    let name: String
    let size: Int
    /// Whether there was none of this name.
    let isNew: Bool
  }

  /// - Parameters:
  ///   - written: How long the file is already.
  ///   - isKept: Whether it stays when it is not finished.
  init(
    id: String, folder: UploadFolder, place: WritableFolder, file: WritableFile, temporary: String, name: UploadName, total: Int?,
    written: Int = 0, isKept: Bool = false
  ) {
    self.id = id
    self.folder = folder
    self.place = place
    self.temporary = temporary
    self.name = name
    self.total = total
    state = Mutex(State(file: file, written: written, isOver: isKept))
  }

  deinit { discard() }

  /// Where the file is uploaded to.
  var route: String { folder.route }

  /// How many bytes are written.
  var written: Int { state.withLock { $0.written } }

  /// The most bytes that the file may have.
  var limit: Int { min(total ?? .max, folder.configuration.maximumSize.bytes) }

  /// The room that is asked for at a time for a file whose length is not known.
  private static let step = 1 << 20

  /// Writes bytes behind those that are there.
  ///
  /// - Throws: `TangorError`, also when what has come is not what the name says.
  func write(_ buffers: [ByteBuffer]) throws {
    let position = written
    let count = buffers.reduce(0) { $0 + $1.readableBytes }
    if total == nil, position / Self.step != (position + count) / Self.step || position == 0 {
      try folder.extend(id, to: min((position + count) / Self.step * Self.step + Self.step, folder.configuration.maximumSize.bytes))
    }
    try file.write(buffers, at: position)
    let mustCheck = state.withLock { state in
      state.written = position + count
      guard !state.isChecked, state.written >= FileSignature.length else { return false }
      state.isChecked = true
      return true
    }
    if mustCheck { try checkContent() }
  }

  private var file: WritableFile {
    get throws {
      guard let file = state.withLock({ $0.file }) else { throw TangorError(.internalError, "The upload has ended already.") }
      return file
    }
  }

  private func checkContent() throws { try folder.rules.checkContent(try file.beginning(FileSignature.length), of: name) }

  /// Notes that all has come: checks it, brings it to the disk and closes it.
  ///
  /// - Throws: `TangorError` when it is not what its name says, or could not be written.
  func complete() throws {
    guard let file = state.withLock({ $0.file }) else { return }
    try checkContent()
    try file.sync()
    state.withLock { $0.file = nil }
  }

  /// Checks whether the file could be stored now.
  ///
  /// - Throws: `TangorError` when it may not be.
  func check() throws { _ = try folder.checkStoring(name, in: place) }

  /// Brings what is there to the disk.
  func sync() throws { try file.sync() }

  /// Takes back all behind a length.
  func cut(to length: Int) throws {
    try file.truncate(to: length)
    state.withLock { $0.written = length }
  }

  /// Gives the file its name, once all of it is on the disk.
  ///
  /// - Throws: `TangorError` when it may not be stored, for what is there now counts.
  func finish() throws -> Stored {
    try complete()
    for _ in 0..<3 {
      let before = place.kind(of: name.text)
      let replaces = try folder.checkStoring(name, in: place)
      guard try place.publish(temporary, as: name.text, replacing: replaces) else { continue }
      place.sync()
      state.withLock { $0.isOver = true }
      var replaced = 0
      if case .file(let size) = before { replaced = size }
      folder.release(id, stored: written - replaced)
      return Stored(name: name.text, size: written, isNew: !replaces)
    }
    throw TangorError(.fileExists, "A file of this name was made meanwhile.")
  }

  /// Removes the file unless it was finished or is kept.
  func discard() {
    let mustRemove = state.withLock { state in
      defer { state.isOver = true }
      return !state.isOver
    }
    guard mustRemove else { return }
    place.remove(temporary)
    folder.release(id)
  }

  /// Removes the file although it would be kept.
  func remove() {
    state.withLock { $0.isOver = true }
    place.remove(temporary)
    folder.release(id)
  }
}
