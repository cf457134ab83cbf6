import Glibc
import TangorCore

/// A folder that files are stored in.
///
/// Every name is looked up in the folder's own descriptor and no link is followed, so nothing lands outside, however links are
/// turned meanwhile. Names are single elements of a path, which who calls has checked. Everything here blocks: call it off the
/// event loops.
package final class WritableFolder: Sendable {
  /// Where the folder stands, free of links.
  package let path: String
  private let descriptor: Descriptor

  /// What stands under a name.
  package enum Kind: Sendable, Hashable {
    /// A regular file and its length in bytes.
    case file(size: Int)
    /// A folder, link, device, FIFO or socket.
    case other
  }

  /// One name in the folder.
  package struct Entry: Sendable, Hashable {
    package let name: String
    /// The length in bytes.
    package let size: Int
    /// When it last changed, in seconds since the beginning of 1970.
    package let modified: Int
  }

  /// Opens a folder.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - makesIt: Whether it is made where only its last element is missing.
  /// - Throws: `TangorError` when there is no such folder.
  package init(path: String, makesIt: Bool = false) throws {
    if makesIt { mkdir(path, 0o777) }
    guard !path.isEmpty, !path.utf8.contains(0), let descriptor = try FileSystem.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
      let location = FileSystem.location(of: descriptor)
    else { throw TangorError(.internalError, "The folder for uploads cannot be opened.", underlying: FolderMissing(path: path)) }
    self.path = location
    self.descriptor = descriptor
  }

  /// What stands under a name; nil when nothing does.
  package func kind(of name: String) -> Kind? {
    guard let status = FileSystem.status(of: name, in: descriptor, followingLinks: false) else { return nil }
    return status.isRegularFile ? .file(size: Int(status.st_size)) : .other
  }

  /// When the file of a name last changed, in seconds since the beginning of 1970; nil when there is none.
  package func modified(_ name: String) -> Int? {
    FileSystem.status(of: name, in: descriptor, followingLinks: false).map { $0.st_mtim.tv_sec }
  }

  /// Makes a file, empty and locked.
  ///
  /// - Throws: `TangorError`, also when the name is taken.
  package func make(_ name: String) throws -> WritableFile {
    let file = WritableFile(try open(name, O_RDWR | O_CREAT | O_EXCL))
    _ = file.lock()
    return file
  }

  /// Opens a file for writing; nil when no regular file has the name.
  ///
  /// - Throws: `TangorError` when the system fails.
  package func reopen(_ name: String) throws -> WritableFile? {
    guard case .file = kind(of: name) else { return nil }
    let descriptor: Descriptor
    do { descriptor = try open(name, O_RDWR | O_NONBLOCK) } catch let error as TangorError {
      if let cause = error.underlying as? SystemError, cause.number == ENOENT || cause.number == ELOOP { return nil }
      throw error
    }
    return try FileSystem.status(of: descriptor).isRegularFile ? WritableFile(descriptor) : nil
  }

  /// Gives a file its final name, in one step for all who look.
  ///
  /// - Parameters:
  ///   - temporary: The name that it has.
  ///   - name: The name that it gets.
  ///   - replacing: Whether it may take the place of another file.
  /// - Returns: Whether it was done; false when the name is taken and nothing may be replaced.
  /// - Throws: `TangorError` when the system fails.
  package func publish(_ temporary: String, as name: String, replacing: Bool) throws -> Bool {
    if replacing {
      guard renameat(descriptor.number, temporary, descriptor.number, name) == 0 else { throw Self.failure("renameat") }
      return true
    }
    // A link, unlike a renaming, never takes the place of another file.
    if linkat(descriptor.number, temporary, descriptor.number, name, 0) == 0 {
      remove(temporary)
      return true
    }
    switch errno {
    case EEXIST: return false
    case EPERM, EOPNOTSUPP, EMLINK, ENOSYS:
      // The file system knows no links: the name is taken with an empty file, which the real one replaces at once.
      let number = openat(descriptor.number, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
      guard number >= 0 else {
        if errno == EEXIST { return false }
        throw Self.failure("open")
      }
      close(number)
      guard renameat(descriptor.number, temporary, descriptor.number, name) == 0 else {
        let failure = Self.failure("renameat")
        remove(name)
        throw failure
      }
      return true
    default: throw Self.failure("linkat")
    }
  }

  /// Takes a file's name away; nothing happens when there is none.
  package func remove(_ name: String) { unlinkat(descriptor.number, name, 0) }

  /// Notes that the file of a name changed now.
  package func touch(_ name: String) { utimensat(descriptor.number, name, nil, AT_SYMLINK_NOFOLLOW) }

  /// The regular files in the folder, in no order; names that are not UTF-8 are left out.
  ///
  /// - Throws: `TangorError` when the folder cannot be read.
  package func files() throws -> [Entry] {
    let copy = openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard copy >= 0 else { throw Self.failure("open") }
    guard let stream = fdopendir(copy) else {
      let failure = Self.failure("fdopendir")
      close(copy)
      throw failure
    }
    defer { closedir(stream) }
    var entries: [Entry] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let name, let status = FileSystem.status(of: name, in: descriptor, followingLinks: false), status.isRegularFile else {
        continue
      }
      entries.append(Entry(name: name, size: Int(status.st_size), modified: status.st_mtim.tv_sec))
    }
    return entries
  }

  /// Brings the folder's names to the disk.
  package func sync() { fsync(descriptor.number) }

  private func open(_ name: String, _ flags: CInt) throws -> Descriptor {
    while true {
      let number = openat(descriptor.number, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0o666)
      if number >= 0 { return Descriptor(number) }
      if errno != EINTR { throw Self.failure("open") }
    }
  }

  /// A failure to store something, in words for who uploads.
  static func failure(_ call: String) -> TangorError {
    let cause = SystemError(call: call, number: errno)
    switch cause.number {
    case ENOSPC, EDQUOT: return TangorError(.insufficientStorage, "The disk has no room for the file.", underlying: cause)
    case EFBIG: return TangorError(.payloadTooLarge, "The file is larger than the disk takes.", underlying: cause)
    case ENAMETOOLONG: return TangorError(.invalidParameters, "The file's name is too long for the disk.", underlying: cause)
    default: return TangorError(.internalError, "The file could not be stored; the server's log tells why.", underlying: cause)
    }
  }
}

/// A folder that is configured and not there.
private struct FolderMissing: Error, CustomStringConvertible {
  let path: String

  var description: String { "'\(path)' is no folder, or cannot be read" }
}
