package import NIOCore
import TangorCore
package import TangorServing

/// Files that the binary itself carries, by their path.
///
/// A build tool plug-in writes the folder `Browser` into the binary, so that it needs nothing beside it.
package struct BundledFiles: Sendable {
  private let entries: [String: FileEntry]

  /// The browser client.
  package static let browser = BundledFiles(
    BrowserFiles.all.map { ($0.path, $0.base64.withUTF8Buffer { ByteBuffer(bytes: Base64.decode($0) ?? []) }) })

  /// - Parameter files: Paths without a slash at their beginning, and contents.
  package init(_ files: [(path: String, content: ByteBuffer)]) {
    var entries: [String: FileEntry] = [:]
    for (path, content) in files {
      // Built into the binary, the content has no time of its own: the tag alone tells states apart.
      let metadata = FileMetadata(device: 0, inode: 0, size: content.readableBytes, modified: 0)
      let variant = FileVariant(
        metadata: metadata, tag: EntityTag("b-\(String(content.readableBytes, radix: 16))-\(String(Self.digest(content), radix: 16))"),
        content: .memory(content), contentType: MediaTypes.type(ofFile: path), cacheControl: "no-cache", lastModified: nil)
      entries[path] = FileEntry(plain: variant)
    }
    self.entries = entries
  }

  private init(_ entries: [String: FileEntry]) { self.entries = entries }

  /// The files below a folder, with their paths from there.
  package func folder(_ name: String) -> BundledFiles {
    let prefix = name + "/"
    return BundledFiles(
      Dictionary(
        uniqueKeysWithValues: entries.filter { $0.key.hasPrefix(prefix) }.map { (String($0.key.dropFirst(prefix.count)), $0.value) }))
  }

  /// The files without one of them.
  package func without(_ path: String) -> BundledFiles {
    var entries = entries
    entries[path] = nil
    return BundledFiles(entries)
  }

  /// The paths of all files, sorted.
  package var paths: [String] { entries.keys.sorted() }

  /// The file at a path.
  package subscript(path: String) -> FileEntry? { entries[path] }

  /// FNV-1a with 64 bits: the files are the project's own, so nobody makes them collide.
  private static func digest(_ content: ByteBuffer) -> UInt64 {
    content.readableBytesView.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
