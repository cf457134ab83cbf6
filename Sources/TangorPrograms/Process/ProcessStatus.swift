import Glibc

/// What the system says about a process: the part of `/proc/<pid>/stat` that is of use here.
struct ProcessStatus: Equatable {
  var identifier: Int32
  var group: Int32
  /// Whether it has ended, and waits to be waited for.
  var isDead: Bool
  /// Pages of memory that are in the machine.
  var residentPages: Int

  /// Reads a line of the kernel's. The command's name stands in parentheses and may hold any character, so what follows the last one counts.
  init?(_ line: some BidirectionalCollection<UInt8>) {
    guard let opening = line.firstIndex(of: UInt8(ascii: "(")), let closing = line.lastIndex(of: UInt8(ascii: ")")), opening < closing,
      let identifier = Int32(String(decoding: line[..<opening], as: UTF8.self).filter { $0 != " " })
    else { return nil }
    let fields = line[line.index(after: closing)...].split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") })
    guard fields.count > 21, let group = Int32(String(decoding: fields[2], as: UTF8.self)),
      let residentPages = Int(String(decoding: fields[21], as: UTF8.self)), let state = fields[0].first
    else { return nil }
    self.identifier = identifier
    self.group = group
    self.isDead = state == UInt8(ascii: "Z") || state == UInt8(ascii: "X")
    self.residentPages = residentPages
  }

  /// Visits all processes of the machine; none where there is no `/proc`.
  static func forEach(_ body: (ProcessStatus) -> Void) {
    guard let folder = opendir("/proc") else { return }
    defer { closedir(folder) }
    // A line has some 50 numbers and a name of 16 bytes.
    var buffer = [UInt8](repeating: 0, count: 2048)
    while let entry = readdir(folder) {
      guard let name = name(of: entry), let status = read("/proc/\(name)/stat", &buffer) else { continue }
      body(status)
    }
  }

  /// The name of an entry that is a number.
  private static func name(of entry: UnsafeMutablePointer<dirent>) -> Int32? {
    // The kernel ends the name with a NUL within its 256 bytes.
    withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { Int32(String(cString: $0)) }
    }
  }

  private static func read(_ path: String, _ buffer: inout [UInt8]) -> ProcessStatus? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return ProcessStatus(buffer[..<count])
  }
}
