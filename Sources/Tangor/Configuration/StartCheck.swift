import TangorSite

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Looks before starting whether what a configuration names is there: folders, files and the port.
package enum StartCheck {
  /// Checks the folders and files, then the port.
  ///
  /// - Throws: The first thing that is missing, and what to do about it.
  package static func check(_ configuration: TangorConfiguration) throws(StartError) {
    if let root = configuration.site.root { try checkFolder(root) }
    for (_, folder) in configuration.site.folders.sorted(by: { $0.key < $1.key }) { try checkFolder(folder) }
    for (_, folder) in configuration.uploads.folders.sorted(by: { $0.key < $1.key }) where access(folder, F_OK) != 0 {
      // The folder itself is made, but nothing above it.
      let above = folder.lastIndex(of: "/").map { folder[..<$0] } ?? "."
      try checkFolder(above.isEmpty ? "/" : String(above))
    }
    for file in [configuration.tls.certificate, configuration.tls.key].compactMap(\.self) { try checkFile(file) }
    if let problem = problem(host: configuration.host, port: configuration.port) { throw problem.error }
  }

  /// The first port that can be listened on.
  ///
  /// - Parameters:
  ///   - host: The address to listen on.
  ///   - first: The first port to try.
  ///   - attempts: How many ports to try.
  /// - Returns: A free port; nil when all are taken, or something else is wrong with the address.
  package static func freePort(on host: String, from first: Int, attempts: Int = 100) -> Int? {
    for port in first..<min(first + attempts, 65_536) {
      switch problem(host: host, port: port)?.code {
      case nil: return port
      case EADDRINUSE: continue
      default: return nil
      }
    }
    return nil
  }

  private static func checkFolder(_ path: String) throws(StartError) {
    guard let folder = opendir(path) else { throw StartError("cannot read the folder '\(path)': \(lastErrorText())") }
    closedir(folder)
  }

  private static func checkFile(_ path: String) throws(StartError) {
    guard let file = fopen(path, "rb") else { throw StartError("cannot read the file '\(path)': \(lastErrorText())") }
    defer { fclose(file) }
    // A folder opens like a file, and only reading tells.
    if fgetc(file) == EOF {
      throw StartError("cannot read the file '\(path)': \(ferror(file) != 0 ? lastErrorText() : "it is empty")")
    }
  }

  private struct Problem {
    let code: Int32?
    let error: StartError
  }

  /// Why an address cannot be listened on; nil when it can.
  private static func problem(host: String, port: Int) -> Problem? {
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE
    #if canImport(Glibc)
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
    hints.ai_socktype = Int32(SOCK_STREAM)
    #endif
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &list) == 0, let address = list?.pointee else {
      return Problem(code: -1, error: StartError("there is no address for the host '\(host)'; choose another with --host"))
    }
    defer { freeaddrinfo(list) }
    let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
    guard descriptor >= 0 else { return refusal(errno, host: host, port: port) }
    defer { close(descriptor) }
    var on: Int32 = 1
    _ = setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    guard bind(descriptor, address.ai_addr, address.ai_addrlen) == 0, listen(descriptor, 1) == 0 else {
      return refusal(errno, host: host, port: port)
    }
    return nil
  }

  private static func refusal(_ code: Int32, host: String, port: Int) -> Problem {
    let sentence =
      switch code {
      case EADDRINUSE: "port \(port) on \(host) is in use; choose another with --port"
      case EACCES: "port \(port) on \(host) needs privileges; choose one from 1024 up with --port"
      case EADDRNOTAVAIL: "\(host) is not an address of this machine; choose another with --host"
      default: "cannot listen on port \(port) of \(host): \(errorText(code))"
      }
    return Problem(code: code, error: StartError(sentence))
  }
}
