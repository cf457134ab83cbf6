import TangorCore

/// How much room a folder has left: what lies in it, and what has been promised to uploads that are on their way.
///
/// What lies in the folder is counted anew whenever an upload begins, because others may change it.
struct UploadQuota: Sendable {
  /// The most bytes the folder may hold; nil for no bound.
  let limit: Int?
  private var stored = 0
  private var promised: [String: Int] = [:]

  init(limit: Int?) { self.limit = limit }

  /// What has been promised, in bytes.
  var promisedBytes: Int { promised.values.reduce(0, +) }

  /// Takes note of what lies in the folder, without unfinished uploads.
  mutating func count(stored bytes: Int) { stored = bytes }

  /// Promises room to an upload: in all, not in addition to what it had.
  ///
  /// - Throws: `insufficient_storage`; the upload then keeps what it had.
  mutating func promise(_ bytes: Int, to id: String) throws {
    if let limit {
      let others = stored + promisedBytes - (promised[id] ?? 0)
      guard bytes <= limit - others else {
        throw TangorError(
          .insufficientStorage,
          "The folder takes \(ByteSize(bytes: limit)) in all and has no room for this file; \(max(0, limit - others)) "
            + "bytes are left.")
      }
    }
    promised[id] = bytes
  }

  /// Takes a promise back.
  ///
  /// - Parameter bytes: What of it now lies in the folder.
  mutating func release(_ id: String, stored bytes: Int = 0) {
    promised[id] = nil
    stored += bytes
  }
}
