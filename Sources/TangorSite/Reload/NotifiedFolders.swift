#if os(Linux)
import Glibc
import Synchronization

/// Learns of changes from Linux (inotify), without looking at files.
///
/// Folders that are made later are watched too, and what stood in them before they were counts as changed. When the system had too
/// many changes to tell, all is watched anew and everything counts as changed.
final class NotifiedFolders: FolderChanges {
  private struct Watch {
    let folder: WatchedFolder
    let path: String
    let names: [String]
  }

  private struct State {
    var descriptor: CInt
    var watches: [CInt: Watch] = [:]
  }

  private let folders: [WatchedFolder]
  private let state: Mutex<State>

  /// The most folders that are watched.
  static let maximum = 10_000
  private static let mask = UInt32(
    IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK)
  private static let flags = CInt(O_NONBLOCK | O_CLOEXEC)

  /// - Returns: Nil when the system has no watch to give, for one of the folders or for all.
  init?(_ folders: [WatchedFolder]) {
    self.folders = folders
    let descriptor = inotify_init1(Self.flags)
    guard descriptor >= 0 else { return nil }
    state = Mutex(State(descriptor: descriptor))
    guard state.withLock({ Self.watchAll(folders, &$0) }) else { return nil }
  }

  deinit { _ = state.withLock { close($0.descriptor) } }

  func changes() -> Set<String> {
    state.withLock { state in
      var changed: Set<String> = []
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = buffer.withUnsafeMutableBytes { read(state.descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else {
          if count < 0, errno == EINTR { continue }
          return changed
        }
        buffer.withUnsafeBytes { bytes in
          var offset = 0
          let header = MemoryLayout<inotify_event>.size
          while offset + header <= count {
            let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
            let name = bytes[(offset + header)..<min(offset + header + Int(event.len), count)].prefix { $0 != 0 }
            offset += header + Int(event.len)
            take(event, String(validating: name, as: UTF8.self), &state, &changed)
          }
        }
      }
    }
  }

  private func take(_ event: inotify_event, _ name: String?, _ state: inout State, _ changed: inout Set<String>) {
    if event.mask & UInt32(IN_Q_OVERFLOW) != 0 {
      close(state.descriptor)
      state = State(descriptor: inotify_init1(Self.flags))
      _ = Self.watchAll(folders, &state)
      changed = ["/"]
      return
    }
    if event.mask & UInt32(IN_IGNORED) != 0 {
      state.watches[event.wd] = nil
      return
    }
    guard let watch = state.watches[event.wd], let name, !name.isEmpty else { return }
    let names = watch.names + [name]
    if event.mask & UInt32(IN_ISDIR) != 0 {
      guard WatchedFolder.looks(into: name) else { return }
      if event.mask & UInt32(IN_CREATE | IN_MOVED_TO) != 0 {
        _ = Self.watch(watch.folder, watch.path + "/" + name, names, &state, &changed)
      } else if let url = watch.folder.url(of: names) {
        // What was in it has gone with it.
        changed.insert(url + "/")
      }
    } else if event.mask & UInt32(IN_CREATE) == 0, let url = watch.folder.url(of: names) {
      // A file that was made is told of when it has been written, too.
      changed.insert(url)
    }
  }

  private static func watchAll(_ folders: [WatchedFolder], _ state: inout State) -> Bool {
    var passed: Set<String> = []
    for folder in folders {
      // The folder itself may be a link; those in it are not followed.
      let path = realpath(folder.path, nil).map { found in
        defer { free(found) }
        return String(cString: found)
      }
      guard watch(folder, path ?? folder.path, [], &state, &passed) else { return false }
    }
    return true
  }

  /// Watches a folder and those in it, and notes the files that are there.
  private static func watch(
    _ folder: WatchedFolder, _ path: String, _ names: [String], _ state: inout State, _ changed: inout Set<String>
  ) -> Bool {
    guard names.count < 64 else { return true }
    guard state.watches.count < maximum else { return false }
    let number = inotify_add_watch(state.descriptor, path, mask)
    guard number >= 0 else { return errno != ENOSPC && errno != ENOMEM && errno != EBADF }
    // Two routes may lead to one folder, which the system watches once; the first tells of it.
    if state.watches[number] == nil { state.watches[number] = Watch(folder: folder, path: path, names: names) }
    guard let stream = opendir(path) else { return true }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(validating: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard let name, name != ".", name != ".." else { continue }
      var status = stat()
      guard lstat(path + "/" + name, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        guard WatchedFolder.looks(into: name) else { continue }
        guard watch(folder, path + "/" + name, names + [name], &state, &changed) else { return false }
      } else if let url = folder.url(of: names + [name]) {
        changed.insert(url)
      }
    }
    return true
  }
}
#endif
