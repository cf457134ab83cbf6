import Glibc

/// Tells who listens at a port of this machine, by what the kernel shows in `/proc`.
enum PortListener {
  /// Whether a process of a group listens at a TCP port.
  ///
  /// - Returns: nil when the system does not tell.
  static func isHeld(_ port: Int, by group: ProcessGroup) -> Bool? {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap { contents(of: $0) }
    guard !tables.isEmpty else { return nil }
    let sockets = Set(tables.flatMap { inodes(listeningAt: port, in: $0) }.map { "socket:[\($0)]" })
    var isHeld = false
    var isHidden = false
    ProcessStatus.forEach { status in
      guard status.group == group.identifier, !status.isDead, !isHeld else { return }
      guard let targets = descriptors(of: status.identifier) else { return isHidden = true }
      isHeld = !sockets.isDisjoint(with: targets)
    }
    return isHeld || !isHidden ? isHeld : nil
  }

  /// The sockets that listen at a port, by their inodes.
  ///
  /// - Parameter table: A heading, and a line for each socket: its number, the local address with the port behind a colon, the remote
  ///   one, the state, …, and the inode as the tenth field. Numbers of the first four are hexadecimal.
  static func inodes(listeningAt port: Int, in table: String) -> [String] {
    table.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count > 9, fields[3] == listening, let colon = fields[1].lastIndex(of: ":"),
        Int(fields[1][fields[1].index(after: colon)...], radix: 16) == port
      else { return nil }
      return String(fields[9])
    }
  }

  /// The kernel's number of the state in which a socket listens.
  private static let listening = "0A"

  /// What a process's descriptors lead to; nil when they may not be seen.
  private static func descriptors(of process: Int32) -> Set<String>? {
    let path = "/proc/\(process)/fd"
    // One that has ended meanwhile has none.
    guard let folder = opendir(path) else { return errno == EACCES ? nil : [] }
    defer { closedir(folder) }
    var targets: Set<String> = []
    var buffer = [CChar](repeating: 0, count: 64)
    while let entry = readdir(folder) {
      // The kernel ends the name with a NUL within its 256 bytes.
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      let count = readlink("\(path)/\(name)", &buffer, buffer.count)
      if count > 0 { targets.insert(String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)) }
    }
    return targets
  }

  private static func contents(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }
}
