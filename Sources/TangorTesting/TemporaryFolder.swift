import Foundation
import Glibc

/// A folder for one test, which goes with its last owner.
public final class TemporaryFolder: Sendable {
  /// Where the folder is, free of links.
  public let path: String

  /// A moment long gone, so that a file counts as settled.
  public static let settled = 1_600_000_000

  public init() {
    var template = Array("/tmp/tangor-test-XXXXXX".utf8CString)
    guard template.withUnsafeMutableBufferPointer({ mkdtemp($0.baseAddress!) }) != nil else { fatalError("no temporary folder") }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of something in the folder.
  public func path(_ name: String) -> String { path + "/" + name }

  /// Makes a folder in the folder, with those above it.
  public func makeFolder(_ name: String) {
    var whole = path
    for part in name.split(separator: "/") {
      whole += "/" + part
      mkdir(whole, 0o755)
    }
  }

  /// Writes a file, replacing what it held.
  ///
  /// - Parameters:
  ///   - name: Its path in the folder; folders above it are made.
  ///   - content: What it holds.
  ///   - modified: When it is said to have changed, in seconds since 1970; nil leaves that to the system.
  public func write(_ name: String, _ content: String, modified: Int? = settled) {
    write(name, bytes: Array(content.utf8), modified: modified)
  }

  public func write(_ name: String, bytes: [UInt8], modified: Int? = settled) {
    if let slash = name.lastIndex(of: "/") { makeFolder(String(name[..<slash])) }
    let descriptor = open(path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    precondition(descriptor >= 0, "cannot write \(name)")
    var offset = 0
    while offset < bytes.count {
      offset += bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + offset, bytes.count - offset) }
    }
    close(descriptor)
    if let modified { touch(name, modified: modified) }
  }

  /// Makes a file of a size that takes no room on disk.
  public func writeSparse(_ name: String, size: Int, modified: Int? = settled) {
    write(name, bytes: [], modified: nil)
    truncate(name, size: size)
    if let modified { touch(name, modified: modified) }
  }

  /// Cuts or grows a file.
  public func truncate(_ name: String, size: Int) { precondition(Glibc.truncate(path(name), size) == 0) }

  /// Sets when a file is said to have changed.
  public func touch(_ name: String, modified: Int, nanoseconds: Int = 0) {
    var times = [timespec(tv_sec: modified, tv_nsec: nanoseconds), timespec(tv_sec: modified, tv_nsec: nanoseconds)]
    precondition(utimensat(AT_FDCWD, path(name), &times, 0) == 0)
  }

  /// Makes a symbolic link; a relative target counts from the link.
  public func link(_ name: String, to target: String) { precondition(symlink(target, path(name)) == 0) }

  /// Gives a file a second name.
  public func hardLink(_ name: String, to other: String) { precondition(Glibc.link(path(other), path(name)) == 0) }

  /// How many descriptors of this process are open on something below a path.
  public static func openDescriptors(below path: String) -> Int {
    let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return open.count { descriptor in
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + descriptor))?.hasPrefix(path) == true
    }
  }

  /// Puts one file in another's place.
  public func replace(_ name: String, with other: String) { precondition(rename(path(other), path(name)) == 0) }

  public func delete(_ name: String) { precondition(remove(path(name)) == 0) }

  public func makeFIFO(_ name: String) { precondition(mkfifo(path(name), 0o644) == 0) }
}
