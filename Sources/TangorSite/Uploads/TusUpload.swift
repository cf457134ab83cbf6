import NIOCore
import TangorCore
import TangorJSON
import TangorServing

/// A resumable upload as it is kept in its folder, so that it outlives the server: its data, whose length is the offset, and a
/// record beside it. Everything here blocks: call it off the event loops.
struct TusUpload: Sendable {
  let key: Key
  let name: UploadName
  /// The whole length in bytes.
  let length: Int
  /// The client's own metadata, as it came.
  let metadata: String

  // MARK: Names

  static func dataName(_ key: Key) -> String { UploadFolder.hiddenPrefix + key.description + ".part" }
  static func recordName(_ key: Key) -> String { UploadFolder.hiddenPrefix + key.description + ".json" }

  /// The key in the name of an upload's data or record; nil for other names.
  static func key(of name: String) -> Key? {
    guard name.hasPrefix(UploadFolder.hiddenPrefix), name.hasSuffix(".part") || name.hasSuffix(".json") else { return nil }
    return Key(name.dropFirst(UploadFolder.hiddenPrefix.count).dropLast(5))
  }

  /// How long an upload is kept since its last byte, in seconds. The record of a finished one stays for a while, so that a client
  /// which missed the last answer learns that all has arrived.
  static func lifetime(isFinished: Bool, _ configuration: UploadConfiguration) -> Int {
    let lease = max(1, Int(configuration.lease.seconds.rounded(.up)))
    return isFinished ? min(lease, 600) : lease
  }

  // MARK: Records

  /// Writes the record and empty data.
  ///
  /// - Throws: `TangorError` when the disk is full.
  func make(in place: WritableFolder) throws {
    let data = try place.make(Self.dataName(key))
    do {
      let record = try place.make(Self.recordName(key))
      var writer = JSONWriter()
      writer.beginObject()
      writer.writeKey("name")
      writer.write(name.text)
      writer.writeKey("length")
      writer.write(length)
      writer.writeKey("metadata")
      writer.write(metadata)
      writer.endObject()
      try record.write([ByteBuffer(bytes: writer.bytes)], at: 0)
      try record.sync()
      try data.sync()
      place.sync()
    } catch {
      Self.remove(key, in: place)
      throw error
    }
  }

  /// Reads a record; nil when there is none, or none that makes sense.
  static func read(_ key: Key, in place: WritableFolder) -> TusUpload? {
    guard let file = try? place.reopen(recordName(key)), let bytes = try? file.content(upTo: 16_384),
      let value = try? JSONValue(parsing: bytes), let name = value["name"]?.string.flatMap({ try? UploadName($0) }),
      let length = value["length"]?.int, length >= 0
    else { return nil }
    return TusUpload(key: key, name: name, length: length, metadata: value["metadata"]?.string ?? "")
  }

  static func remove(_ key: Key, in place: WritableFolder) {
    place.remove(dataName(key))
    place.remove(recordName(key))
  }

  // MARK: Going on

  /// Where an upload stands.
  struct Position: Sendable {
    let upload: TusUpload
    let offset: Int
    /// When it is forgotten.
    let expires: HTTPDate
  }

  /// Where an upload stands.
  ///
  /// - Throws: `upload_not_found`.
  static func position(of key: Key, in folder: UploadFolder) throws -> Position {
    let place = try folder.open()
    guard let upload = read(key, in: place) else { throw missing }
    let isFinished: Bool
    let offset: Int
    if case .file(let size) = place.kind(of: dataName(key)) {
      (isFinished, offset) = (false, min(size, upload.length))
    } else {
      (isFinished, offset) = (true, upload.length)
    }
    let lifetime = lifetime(isFinished: isFinished, folder.configuration)
    let changed = place.modified(isFinished ? recordName(key) : dataName(key)) ?? HTTPDate.now.seconds
    guard changed + lifetime >= HTTPDate.now.seconds else { throw missing }
    return Position(upload: upload, offset: offset, expires: HTTPDate(seconds: changed + lifetime))
  }

  /// Opens an upload to go on at an offset.
  ///
  /// - Returns: The file to write to, which nobody else writes to meanwhile; nil when the upload has finished at that offset.
  /// - Throws: `upload_not_found`, `upload_busy`, `upload_offset_conflict`.
  static func resume(_ key: Key, at offset: Int, in folder: UploadFolder) throws -> UploadDraft? {
    let position = try position(of: key, in: folder)
    let place = try folder.open()
    guard let file = try place.reopen(dataName(key)) else {
      guard offset == position.upload.length else { throw conflict(position.upload.length) }
      return nil
    }
    guard file.lock() else {
      throw TangorError(.uploadBusy, "Another request writes to this upload; try again when it has ended.", retryAfter: .seconds(1))
    }
    let written = try file.size
    guard written == offset else { throw conflict(written) }
    return UploadDraft(
      id: key.description, folder: folder, place: place, file: file, temporary: dataName(key), name: position.upload.name,
      total: position.upload.length, written: written, isKept: true)
  }

  static var missing: TangorError {
    TangorError(.uploadNotFound, "There is no such upload. It may have expired or been ended; begin anew.")
  }

  private static func conflict(_ offset: Int) -> TangorError {
    TangorError(.uploadOffsetConflict, "The upload stands at offset \(offset); go on from there.")
  }
}
