import Glibc
import TangorCore

/// The system calls that files are opened with. Everything here blocks: call it off the event loops.
enum FileSystem {
  /// A reference to a place in the file system that opens nothing: no device is touched, no FIFO waited for.
  static let referenceOnly = CInt(0o10000000) | O_CLOEXEC

  /// Opens, or tells that there is nothing that can be opened.
  ///
  /// - Throws: `TangorError` when the system is out of descriptors or memory, or fails otherwise.
  static func open(_ path: String, from directory: CInt = AT_FDCWD, _ flags: CInt) throws -> Descriptor? {
    while true {
      let number = openat(directory, path, flags, 0)
      if number >= 0 { return Descriptor(number) }
      switch errno {
      case EINTR: continue
      case ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG, EACCES, EPERM, EINVAL, ENXIO, ENODEV, EISDIR, EILSEQ, ESTALE: return nil
      default: throw failure("open")
      }
    }
  }

  /// Where a descriptor's file stands, free of links; nil when it is not there any more.
  static func location(of descriptor: Descriptor) -> String? {
    var buffer = [UInt8](repeating: 0, count: 8_192)
    let count = buffer.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress else { return 0 }
      return readlink("/proc/self/fd/\(descriptor.number)", start, bytes.count)
    }
    guard count > 0, count < buffer.count, buffer[0] == UInt8(ascii: "/") else { return nil }
    return String(validating: buffer[..<count], as: UTF8.self)
  }

  /// What `fstat` tells.
  static func status(of descriptor: Descriptor) throws -> stat {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0 else { throw failure("fstat") }
    return status
  }

  /// What `fstatat` tells; nil when there is nothing.
  static func status(of name: String, in directory: Descriptor, followingLinks: Bool) -> stat? {
    var status = stat()
    return fstatat(directory.number, name, &status, followingLinks ? 0 : AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
  }

  /// A failure of the system as an error; the number reaches the log alone.
  static func failure(_ call: String) -> TangorError {
    TangorError(.internalError, "The file could not be read.", underlying: SystemError(call: call, number: errno))
  }

  /// The moment now, in nanoseconds since the beginning of 1970.
  static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}

/// A system call that failed.
struct SystemError: Error, CustomStringConvertible {
  let call: String
  let number: CInt

  var description: String { "\(call): \(String(cString: strerror(number)))" }
}

/// A descriptor that is closed with its last owner.
final class Descriptor: Sendable {
  let number: CInt

  init(_ number: CInt) { self.number = number }

  deinit { close(number) }
}

extension FileMetadata {
  init(_ status: stat) {
    self.init(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int(status.st_size),
      modified: status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec)
  }
}

extension stat {
  var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }
  var isDirectory: Bool { st_mode & S_IFMT == S_IFDIR }
  var isLink: Bool { st_mode & S_IFMT == S_IFLNK }
}
