import Glibc
import TangorCore

/// A directory that is open for reading.
package final class OpenDirectory: Sendable {
  private let descriptor: Descriptor

  init(_ descriptor: Descriptor) { self.descriptor = descriptor }

  /// One name in a directory.
  package struct Entry: Sendable, Hashable {
    package let name: String
    package let isDirectory: Bool
    /// The length in bytes; of a file.
    package let size: Int
    package let lastModified: HTTPDate
    /// Whether the name is a link, whose end has yet to be checked.
    package let isLink: Bool
    /// What tells it from other files on its device.
    package let inode: UInt64
  }

  /// The names that rules let through, and whether there were more than the limit. Blocks.
  ///
  /// Left out are names that no URL reaches, the rules' own, and what is neither file nor directory.
  ///
  /// - Parameters:
  ///   - limit: How many entries are read.
  ///   - rules: What is left out.
  /// - Throws: `TangorError` when the directory cannot be read.
  package func entries(limit: Int, rules: FileRules) throws -> (entries: [Entry], isComplete: Bool) {
    // A descriptor of its own, whose position nobody shares and which `closedir` closes.
    let copy = openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard copy >= 0 else { throw FileSystem.failure("open") }
    guard let stream = fdopendir(copy) else {
      let failure = FileSystem.failure("fdopendir")
      close(copy)
      throw failure
    }
    defer { closedir(stream) }
    var names: [String] = []
    var services: Set<String> = []
    var isComplete = true
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let name, name != ".", name != ".." else { continue }
      let compared = FileRules.compared(name)
      if compared.hasSuffix(".py") { services.insert(String(compared.dropLast(3))) }
      guard rules.allow([name]), !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }) else { continue }
      if names.count == limit {
        isComplete = false
        break
      }
      names.append(name)
    }
    let entries = names.compactMap { name -> Entry? in
      if let service = FileRules.configuredService(name), services.contains(service) { return nil }
      guard let own = FileSystem.status(of: name, in: descriptor, followingLinks: false),
        let status = own.isLink ? FileSystem.status(of: name, in: descriptor, followingLinks: true) : own,
        status.isDirectory || status.isRegularFile
      else { return nil }
      let metadata = FileMetadata(status)
      return Entry(
        name: name, isDirectory: status.isDirectory, size: metadata.size, lastModified: metadata.lastModified, isLink: own.isLink,
        inode: metadata.inode)
    }
    return (entries, isComplete)
  }
}
