import Glibc
package import NIOCore
import TangorCore

/// A regular file that is open for reading, as it was when it was opened.
package final class OpenFile: Sendable {
  private let descriptor: Descriptor
  /// The state that the file was opened in.
  package let metadata: FileMetadata
  /// Whether the file was still being written then; see ``FileMetadata/isUnsettled(at:)``.
  package let isUnsettled: Bool

  /// - Parameters:
  ///   - descriptor: A descriptor that can be read.
  ///   - now: The moment now, in nanoseconds since the beginning of 1970.
  init(_ descriptor: Descriptor, metadata: FileMetadata, now: Int) {
    self.descriptor = descriptor
    self.metadata = metadata
    isUnsettled = metadata.isUnsettled(at: now)
  }

  /// Opens any regular file by its path, following links. Blocks.
  ///
  /// For files that the server's author names, as a service does; what a client names goes through ``FileRoot``.
  ///
  /// - Returns: The file, or nil where there is none that can be read.
  /// - Throws: `TangorError` when the system fails.
  package convenience init?(path: String) throws {
    guard !path.utf8.contains(0), let place = try FileSystem.open(path, FileSystem.referenceOnly) else { return nil }
    try self.init(place: place)
  }

  /// Opens the regular file at a place for reading. Blocks.
  convenience init?(place: Descriptor) throws {
    // The place is known before it is opened for reading, so that no device or FIFO ever is.
    guard try FileSystem.status(of: place).isRegularFile,
      let descriptor = try FileSystem.open("/proc/self/fd/\(place.number)", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    else { return nil }
    let now = FileSystem.now
    self.init(descriptor, metadata: FileMetadata(try FileSystem.status(of: descriptor)), now: now)
  }

  /// Reads bytes. Blocks.
  ///
  /// - Parameter range: Which bytes, within the size that the file was opened with.
  /// - Throws: `FileChanged` when the file is no longer what it was: bytes of two states would be mixed. A file that was being
  ///   written when it was opened may grow, as logs do.
  package func read(_ range: Range<Int>, allocator: ByteBufferAllocator = ByteBufferAllocator()) throws -> ByteBuffer {
    var buffer = allocator.buffer(capacity: range.count)
    while buffer.readableBytes < range.count {
      let missing = range.count - buffer.readableBytes
      let offset = range.lowerBound + buffer.readableBytes
      let count = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: missing) { bytes in
        while true {
          let count = pread(descriptor.number, bytes.baseAddress, missing, offset)
          if count >= 0 { return count }
          if errno != EINTR { throw FileSystem.failure("pread") }
        }
      }
      if count == 0 { throw FileChanged() }
    }
    let state = FileMetadata(try FileSystem.status(of: descriptor))
    let isUnchanged = state.size == metadata.size && state.modified == metadata.modified
    guard isUnchanged || isUnsettled && state.size > metadata.size else { throw FileChanged() }
    return buffer
  }
}

/// A file changed while it was being read.
package struct FileChanged: Error, CustomStringConvertible {
  package init() {}

  package var description: String { "the file changed while it was being sent" }
}
