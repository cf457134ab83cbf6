import Glibc
import Synchronization

/// Finds changes by comparing what the folders hold now with what they held before; works everywhere, and costs the more the more
/// files there are.
final class ComparedFolders: FolderChanges {
  /// What tells one state of a file from another.
  private struct State: Hashable {
    let size: Int
    let seconds: Int
    let nanoseconds: Int
    let inode: UInt64
  }

  private let folders: [WatchedFolder]
  private let known = Mutex<[String: State]>([:])

  /// The most files that are looked at in all.
  static let maximum = 100_000

  init(_ folders: [WatchedFolder]) {
    self.folders = folders
    _ = changes()
  }

  func changes() -> Set<String> {
    var found: [String: State] = [:]
    for folder in folders { look(folder, folder.path, [], &found) }
    return known.withLock { known in
      defer { known = found }
      var changed: Set<String> = []
      for (url, state) in found where known[url] != state { changed.insert(url) }
      for url in known.keys where found[url] == nil { changed.insert(url) }
      return changed
    }
  }

  private func look(_ folder: WatchedFolder, _ path: String, _ names: [String], _ found: inout [String: State]) {
    guard names.count < 64, let stream = opendir(path) else { return }
    defer { closedir(stream) }
    while found.count < Self.maximum, let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(validating: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard let name, name != ".", name != ".." else { continue }
      var status = stat()
      guard lstat(path + "/" + name, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        if WatchedFolder.looks(into: name) { look(folder, path + "/" + name, names + [name], &found) }
      } else if let url = folder.url(of: names + [name]) {
        found[url] = State(
          size: Int(status.st_size), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec, inode: UInt64(status.st_ino))
      }
    }
  }
}
