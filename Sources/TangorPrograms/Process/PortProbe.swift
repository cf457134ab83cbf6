import Glibc
package import NIOCore
import NIOPosix
import Synchronization

/// Finds ports of this machine for programs, and tells whether they listen.
package enum PortProbe {
  /// Ports that were given out last, which programs may not have taken yet.
  private static let recent = Mutex<[Int]>([])

  /// How many ports are remembered.
  private static let memory = 256

  /// A TCP port of 127.0.0.1 that nobody listens at, and that was not given out shortly before.
  ///
  /// Somebody else may take it before the program does; only the program itself could rule that out.
  ///
  /// - Throws: That the system gave none.
  package static func freePort() throws(ChildError) -> Int {
    // Sockets that hold ports given out before stay open meanwhile, so that the system does not offer them again.
    var refused: [Descriptor] = []
    defer { for socket in refused { socket.close() } }
    while refused.count <= memory {
      let (port, socket) = try boundSocket()
      let isNew = recent.withLock { recent in
        guard !recent.contains(port) else { return false }
        if recent.count == memory { recent.removeFirst() }
        recent.append(port)
        return true
      }
      refused.append(socket)
      if isNew { return port }
    }
    throw ChildError(.outOfResources, "The system has no free TCP port at 127.0.0.1.")
  }

  /// Whether something listens at a port of 127.0.0.1.
  ///
  /// - Parameters:
  ///   - port: Which.
  ///   - eventLoop: Where to ask.
  package static func answers(port: Int, on eventLoop: any EventLoop) async -> Bool {
    do {
      let channel = try await ClientBootstrap(group: eventLoop).connectTimeout(.seconds(1)).connect(host: "127.0.0.1", port: port).get()
      // Where nobody listens, the system may choose this very port for the connection's own end, and connect it to itself.
      let isItself = channel.localAddress?.port == port
      try? await channel.close()
      return !isItself
    } catch {
      return false
    }
  }

  private static func boundSocket() throws(ChildError) -> (port: Int, socket: Descriptor) {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { throw failure() }
    let descriptor = Descriptor(number)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    // The system's calls take every kind of address through the same pointer; the length says which it is.
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(number, $0, length) == 0 && getsockname(number, $0, &length) == 0
      }
    }
    guard isBound else { throw failure() }
    return (Int(UInt16(bigEndian: address.sin_port)), descriptor)
  }

  private static func failure() -> ChildError {
    ChildError(.outOfResources, "The system gave no TCP port at 127.0.0.1: \(String(cString: strerror(errno))).")
  }
}
