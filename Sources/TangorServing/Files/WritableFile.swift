import Glibc
package import NIOCore
import TangorCore

/// A regular file that is being written. Everything here blocks: call it off the event loops.
package final class WritableFile: Sendable {
  private let descriptor: Descriptor

  init(_ descriptor: Descriptor) { self.descriptor = descriptor }

  /// The length in bytes.
  package var size: Int {
    get throws { Int(try FileSystem.status(of: descriptor).st_size) }
  }

  /// Takes the file for this owner alone, among all processes, until it is closed.
  ///
  /// - Returns: Whether nobody else has it.
  package func lock() -> Bool { flock(descriptor.number, LOCK_EX | LOCK_NB) == 0 }

  /// Writes bytes at a position, all of them.
  ///
  /// - Parameters:
  ///   - buffers: The bytes, in order.
  ///   - position: Where the first one goes.
  /// - Throws: `TangorError`: `insufficient_storage` when the disk is full.
  package func write(_ buffers: [ByteBuffer], at position: Int) throws {
    var position = position
    for buffer in buffers {
      try buffer.withUnsafeReadableBytes { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
          let count = pwrite(descriptor.number, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count, position)
          if count < 0 {
            if errno == EINTR { continue }
            throw WritableFolder.failure("pwrite")
          }
          rest = rest.dropFirst(count)
          position += count
        }
      }
    }
  }

  /// The first bytes, as many as there are of those wanted.
  ///
  /// - Throws: `TangorError` when the system fails.
  package func beginning(_ count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
      while filled < count {
        guard let start = bytes.baseAddress else { return }
        let more = pread(descriptor.number, start + filled, count - filled, filled)
        if more < 0 {
          if errno == EINTR { continue }
          throw WritableFolder.failure("pread")
        }
        if more == 0 { return }
        filled += more
      }
    }
  }

  /// The whole content of a small file.
  ///
  /// - Parameter limit: The most bytes that are read.
  /// - Throws: `TangorError` when the system fails.
  package func content(upTo limit: Int) throws -> [UInt8] { try beginning(min(try size, limit)) }

  /// Cuts the file off at a length.
  ///
  /// - Throws: `TangorError` when the system fails.
  package func truncate(to length: Int) throws {
    guard ftruncate(descriptor.number, length) == 0 else { throw WritableFolder.failure("ftruncate") }
  }

  /// Brings the content to the disk.
  ///
  /// - Throws: `TangorError`: `insufficient_storage` where the disk notices only now that it is full.
  package func sync() throws {
    guard fsync(descriptor.number) == 0 else { throw WritableFolder.failure("fsync") }
  }
}
