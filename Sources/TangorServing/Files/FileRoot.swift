import Glibc
import TangorCore

/// A folder whose files are served, and what in it is not.
///
/// A path is resolved by the system to a place that is not opened yet; then the place is asked where it stands. What was checked
/// is so what is opened, however links are turned meanwhile. Links may be followed while they stay in the folder, and what they
/// lead to is held to the same rules as its own name. Everything here blocks: call it off the event loops.
///
/// What is not served answers like what does not exist: dot-files, service sources and their configuration, excluded files,
/// devices, FIFOs and sockets.
package struct FileRoot: Sendable {
  /// The folder, as it was configured.
  package let path: String
  package let rules: FileRules
  /// Files that are never served, by their path: the server's own configuration.
  package let excluded: [String]

  /// What stands at a path.
  package enum Place: Sendable {
    case file(OpenFile)
    case directory(OpenDirectory)
  }

  /// - Parameters:
  ///   - path: The folder.
  ///   - excluded: Files that are never served, wherever they lie.
  /// - Throws: `TangorError` with words for the person who starts the server when the folder cannot be served.
  package init(path: String, rules: FileRules, excluded: [String] = []) throws {
    self.path = path
    self.rules = rules
    self.excluded = excluded
    guard !path.isEmpty, !path.utf8.contains(0), let root = try FileSystem.open(path, FileSystem.referenceOnly),
      try FileSystem.status(of: root).isDirectory
    else { throw TangorError(.invalidParameters, "The folder '\(path)' cannot be served: it is no directory, or cannot be read.") }
    guard FileSystem.location(of: root) != nil else {
      throw TangorError(
        .internalError, "The folder '\(path)' cannot be served: /proc is needed to tell where links lead, and is not mounted.")
    }
  }

  /// Opens what stands at a path below the folder.
  ///
  /// - Parameter segments: The path's names, from a ``ResourcePath``.
  /// - Returns: A file or directory that may be served, or nil.
  /// - Throws: `TangorError` when the system fails, or when a folder on the way has an access file of another server.
  package func open(_ segments: [String]) throws -> Place? {
    let below = segments.isEmpty ? "." : segments.joined(separator: "/")
    guard rules.allow(segments), let root = try FileSystem.open(path, FileSystem.referenceOnly | O_DIRECTORY),
      let place = try FileSystem.open(below, from: root.number, FileSystem.referenceOnly),
      let names = try namesBelow(root, place), rules.allow(names), try !isExcluded(place, names),
      try !isServiceConfiguration(root, segments), try names == segments || !isServiceConfiguration(root, names)
    else { return nil }
    let status = try FileSystem.status(of: place)
    if status.isDirectory {
      try AccessFile.refuse(root, names)
      let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
      guard let directory = try FileSystem.open("/proc/self/fd/\(place.number)", flags) else { return nil }
      return .directory(OpenDirectory(directory))
    }
    guard let file = try OpenFile(place: place) else { return nil }
    try AccessFile.refuse(root, names.dropLast())
    return .file(file)
  }

  /// The entries of a directory that asking for them would open. Blocks.
  ///
  /// - Parameters:
  ///   - entries: What the directory's ``OpenDirectory/entries(limit:rules:)`` told.
  ///   - segments: The directory's path below the folder.
  package func shown(_ entries: [OpenDirectory.Entry], in segments: [String]) throws -> [OpenDirectory.Entry] {
    let excluded = try excluded.map { path in
      let place = try FileSystem.open(path, FileSystem.referenceOnly)
      let name = FileRules.compared(path.split(separator: "/").last.map { String($0) } ?? "")
      return (name: name, inode: try place.map { UInt64(try FileSystem.status(of: $0).st_ino) })
    }
    return try entries.filter { entry in
      // Most entries need no second look: they are no link, and are not like what is excluded.
      let isSuspect =
        entry.isLink
        || excluded.contains { excluded in
          excluded.inode == entry.inode || FileRules.original(FileRules.compared(entry.name)) == excluded.name
        }
      guard isSuspect else { return true }
      do {
        return try open(segments + [entry.name]) != nil
      } catch let error as TangorError where error.code == .forbidden {
        return false
      }
    }
  }

  /// The names that lead from the folder to a place without any link; nil when the place lies outside.
  private func namesBelow(_ root: Descriptor, _ place: Descriptor) throws -> [String]? {
    // The name of a place that was deleted meanwhile is no longer its own.
    guard try FileSystem.status(of: place).st_nlink > 0, let top = FileSystem.location(of: root),
      let location = FileSystem.location(of: place)
    else { return nil }
    if location == top { return [] }
    let prefix = top == "/" ? top : top + "/"
    // Compared as bytes: equality of strings takes different spellings of one letter for the same.
    guard location.utf8.starts(with: prefix.utf8) else { return nil }
    let names = location.utf8.dropFirst(prefix.utf8.count).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return names.map { String(Substring($0)) }
  }

  private func isExcluded(_ place: Descriptor, _ names: [String]) throws -> Bool {
    guard !excluded.isEmpty else { return false }
    let identity = try FileSystem.status(of: place)
    for path in excluded {
      guard let other = try FileSystem.open(path, FileSystem.referenceOnly) else { continue }
      let status = try FileSystem.status(of: other)
      if status.st_dev == identity.st_dev, status.st_ino == identity.st_ino { return true }
      if let location = FileSystem.location(of: place), let otherLocation = FileSystem.location(of: other),
        FileRules.original(FileRules.compared(location)) == FileRules.compared(otherLocation)
      {
        return true
      }
    }
    return false
  }

  private func isServiceConfiguration(_ root: Descriptor, _ segments: [String]) throws -> Bool {
    guard let name = segments.last, FileRules.configuredService(name) != nil else { return false }
    // The stem as it is spelled on disk: the name's own beginning.
    let folder = segments.dropLast().map { $0 + "/" }.joined()
    let original = FileRules.original(name)
    guard let dot = original.lastIndex(of: ".") else { return false }
    let stem = folder + original[..<dot]
    return [".py", ".PY", ".Py", ".pY"].contains { FileSystem.status(of: stem + $0, in: root, followingLinks: false) != nil }
  }
}
