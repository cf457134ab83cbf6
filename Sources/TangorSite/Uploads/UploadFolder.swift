import Synchronization
import TangorCore
import TangorServing

/// A folder that takes uploads. Everything here blocks: call it off the event loops.
///
/// What is on its way has names that begin with ``hiddenPrefix``, which the dot keeps from being served or listed.
final class UploadFolder: Sendable {
  /// Where uploads are sent to, as in `/uploads`.
  let route: String
  /// The elements of the route.
  let segments: [String]
  let configuration: UploadConfiguration
  let rules: UploadRules
  private let path: String
  private let quota: Mutex<UploadQuota>

  /// What the names of files begin with that are no uploads yet.
  static let hiddenPrefix = ".tangor-upload-"

  /// - Throws: `TangorError` with words for the person who starts the server.
  init(route: String, path: String, configuration: UploadConfiguration) throws {
    guard let place = ResourcePath(raw: route), !place.segments.isEmpty, !route.contains("%") else {
      throw TangorError(.invalidParameters, "'\(route)' is no path to take uploads at; write it as '/uploads'.")
    }
    self.route = "/" + place.segments.joined(separator: "/")
    segments = place.segments
    self.configuration = configuration
    rules = UploadRules(configuration.rules)
    quota = Mutex(UploadQuota(limit: configuration.quota?.bytes))
    do { self.path = try WritableFolder(path: path, makesIt: true).path } catch {
      throw TangorError(.invalidParameters, "The folder '\(path)' cannot take uploads: it is no directory, or cannot be read.")
    }
    let probe = Self.hiddenPrefix + Key().description + ".new"
    guard let place = try? open(), (try? place.make(probe)) != nil else {
      throw TangorError(.invalidParameters, "The folder '\(path)' cannot take uploads: this account may not write to it.")
    }
    place.remove(probe)
  }

  /// The folder as it is now.
  ///
  /// - Throws: `TangorError` when it is there no more.
  func open() throws -> WritableFolder { try WritableFolder(path: path) }

  // MARK: Beginning

  /// Begins a file that is discarded unless it is finished.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - total: Its whole length in bytes, where it is known.
  /// - Throws: `TangorError` when it may not be stored, or there is no room.
  func begin(_ name: UploadName, total: Int?) throws -> UploadDraft {
    let place = try open()
    try check(name, total: total, in: place)
    let id = Key().description
    try promise(total ?? 0, to: id, in: place)
    do {
      let temporary = Self.hiddenPrefix + id + ".new"
      let file = try place.make(temporary)
      return UploadDraft(id: id, folder: self, place: place, file: file, temporary: temporary, name: name, total: total)
    } catch {
      release(id)
      throw error
    }
  }

  /// Checks what can be known of a file before any of it is there.
  func check(_ name: UploadName, total: Int?, in place: WritableFolder) throws {
    try rules.checkType(of: name)
    if let total { try checkSize(total) }
    _ = try checkStoring(name, in: place)
  }

  /// - Throws: `payload_too_large`.
  func checkSize(_ size: Int) throws {
    guard size > configuration.maximumSize.bytes else { return }
    throw TangorError(.payloadTooLarge, "The file is larger than the \(configuration.maximumSize) that are taken here.")
  }

  /// Checks whether a file may be stored now.
  ///
  /// - Returns: Whether it replaces another.
  func checkStoring(_ name: UploadName, in place: WritableFolder) throws -> Bool {
    if let service = FileRules.configuredService(name.text), place.kind(of: service + ".py") != nil {
      throw TangorError(.forbidden, "A file of this name would configure a service, and is not taken as an upload.")
    }
    return try rules.checkStoring(at: place.path + "/" + name.text, over: place.kind(of: name.text))
  }

  // MARK: Room

  /// Promises room to an upload, after a look at what lies in the folder.
  func promise(_ bytes: Int, to id: String, in place: WritableFolder) throws {
    guard configuration.quota != nil else { return }
    // Counted under the lock, so that nothing is published between the count and the promise.
    try quota.withLock { quota in
      let stored = try place.files().reduce(0) { $1.name.hasPrefix(Self.hiddenPrefix) ? $0 : $0 + $1.size }
      quota.count(stored: stored)
      try quota.promise(bytes, to: id)
    }
  }

  /// Promises more room to an upload whose length was not known.
  func extend(_ id: String, to bytes: Int) throws {
    guard configuration.quota != nil else { return }
    try quota.withLock { try $0.promise(bytes, to: id) }
  }

  func release(_ id: String, stored bytes: Int = 0) { quota.withLock { $0.release(id, stored: bytes) } }

  /// What has been promised to uploads on their way, in bytes.
  var promisedBytes: Int { quota.withLock { $0.promisedBytes } }

  // MARK: Listing

  /// The files in the folder, by name; what no upload could have made is left out.
  func list() throws -> [WritableFolder.Entry] {
    try open().files().filter { (try? UploadName($0.name))?.text == $0.name }.sorted {
      $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
  }

  // MARK: Sweeping

  /// Removes what a crash left, and takes up the unfinished resumable uploads.
  func recover() {
    guard let place = try? open(), let entries = try? place.files() else { return }
    for entry in entries where entry.name.hasPrefix(Self.hiddenPrefix) && TusUpload.key(of: entry.name) == nil {
      // Another server that uses the folder holds the lock of what it is writing.
      if let file = try? place.reopen(entry.name), file.lock() { place.remove(entry.name) }
    }
    sweep()
    for entry in entries {
      guard let key = TusUpload.key(of: entry.name), entry.name == TusUpload.dataName(key), let upload = TusUpload.read(key, in: place)
      else { continue }
      try? extend(key.description, to: upload.length)
    }
  }

  /// Removes resumable uploads whose leases have ended.
  func sweep() {
    guard let place = try? open(), let entries = try? place.files() else { return }
    let now = HTTPDate.now.seconds
    for entry in entries {
      guard let key = TusUpload.key(of: entry.name) else { continue }
      // The data, which is younger, decides; a record alone is that of a finished upload.
      let isRecord = entry.name == TusUpload.recordName(key)
      if isRecord, place.kind(of: TusUpload.dataName(key)) != nil { continue }
      guard entry.modified + TusUpload.lifetime(isFinished: isRecord, configuration) < now else { continue }
      if let file = try? place.reopen(entry.name), file.lock() {
        place.remove(TusUpload.dataName(key))
        place.remove(TusUpload.recordName(key))
        release(key.description)
      }
    }
  }
}
