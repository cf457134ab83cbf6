import TangorCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The folders from which scripts may be started.
struct ScriptFolders: Sendable {
  let folders: [String]

  /// The script at a path: looked up in each folder in turn, or the absolute path of a file that lies in one of them.
  ///
  /// Links are followed, and what they lead to has to lie in one of the folders too.
  ///
  /// - Parameter path: As the client wrote it, without a slash at its beginning unless it is absolute.
  /// - Returns: The absolute path, and the path within its folder, which may be shown.
  /// - Throws: `forbidden` for a path that leaves the folders, `not_found` where there is no such script.
  func find(_ path: String) throws(TangorError) -> (file: String, name: String) {
    let absent = TangorError(
      .notFound, "Could not find a script at '\(path.prefix(200))' in the folders that the server starts scripts from.")
    guard !path.isEmpty, !path.utf8.contains(0) else { throw absent }
    let segments = path.split(separator: "/", omittingEmptySubsequences: true)
    guard !segments.contains(".."), !segments.contains("."), !segments.isEmpty else { throw Self.restricted(path) }
    var wasOutside = false
    for folder in folders {
      guard let root = Self.resolved(folder) else { continue }
      var candidates = [folder + "/" + segments.joined(separator: "/")]
      let absolute = "/" + segments.joined(separator: "/")
      if absolute.hasPrefix(root + "/") || absolute.hasPrefix(folder + "/") { candidates.append(absolute) }
      for candidate in candidates {
        guard let file = Self.resolved(candidate) else { continue }
        guard let name = name(of: file) else {
          wasOutside = true
          continue
        }
        guard Self.isFile(file) else { continue }
        return (file, name)
      }
    }
    throw wasOutside ? Self.restricted(path) : absent
  }

  /// The path of a file within the folder that it lies in; nil outside of them all.
  private func name(of file: String) -> String? {
    for folder in folders {
      guard let root = Self.resolved(folder) else { continue }
      let prefix = root.hasSuffix("/") ? root : root + "/"
      if file.hasPrefix(prefix) { return String(file.dropFirst(prefix.utf8.count)) }
    }
    return nil
  }

  private static func restricted(_ path: String) -> TangorError {
    TangorError(.forbidden, "'\(path.prefix(200))' does not lie in a folder that the server starts scripts from.")
  }

  private static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
