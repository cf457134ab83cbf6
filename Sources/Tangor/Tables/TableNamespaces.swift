import Synchronization
import TangorCore
import TangorPerspective

/// Sets of tables apart from each other, by name. Each begins with its first connection, and ends a lease after its last one.
final class TableNamespaces: Sendable {
  private struct Namespace {
    let server: PerspectiveServer
    var connections: Int
    /// When it ends; nil while somebody is connected.
    var end: Duration?
  }

  private let maximum: Int
  private let lease: Duration
  private let time: TimeSource
  private let makeServer: @Sendable () -> PerspectiveServer
  private let state = Mutex<[String: Namespace]>([:])

  /// The most bytes of a name.
  static let maximumNameSize = 128
  private static let step = Duration.seconds(1)

  init(maximum: Int, lease: Duration, time: TimeSource, makeServer: @escaping @Sendable () -> PerspectiveServer) {
    self.maximum = maximum
    self.lease = lease
    self.time = time
    self.makeServer = makeServer
  }

  /// How many there are.
  var count: Int { state.withLock { $0.count } }

  /// How many clients are connected to them.
  var connections: Int { state.withLock { $0.values.reduce(0) { $0 + $1.connections } } }

  /// Looks whether a namespace can be entered.
  ///
  /// - Throws: `not_found` for a name that cannot be one, `too_many_requests` when there are as many as may be.
  func check(_ name: String) throws {
    let isName = !name.isEmpty && name.utf8.count <= Self.maximumNameSize && !name.unicodeScalars.contains { $0.value < 0x20 }
    guard isName else {
      throw TangorError(.notFound, "A namespace's name has 1 to \(Self.maximumNameSize) bytes and no control characters.")
    }
    try state.withLock { namespaces in
      guard namespaces[name] != nil || namespaces.count < maximum else {
        throw TangorError(.tooManyRequests, "As many namespaces as may be are in use.", retryAfter: .seconds(10))
      }
    }
  }

  /// Enters a namespace, which is made where there is none of the name; `leave` follows.
  ///
  /// - Throws: As `check`.
  func enter(_ name: String) throws -> PerspectiveServer {
    try check(name)
    return state.withLock { namespaces in
      var namespace = namespaces[name] ?? Namespace(server: makeServer(), connections: 0)
      namespace.connections += 1
      namespace.end = nil
      namespaces[name] = namespace
      return namespace.server
    }
  }

  /// Leaves a namespace. One without tables ends with its last connection.
  func leave(_ name: String) {
    let now = time.now()
    state.withLock { namespaces in
      guard var namespace = namespaces[name] else { return }
      namespace.connections -= 1
      if namespace.connections == 0 {
        if namespace.server.tables.isEmpty {
          namespaces[name] = nil
          return
        }
        namespace.end = now + lease
      }
      namespaces[name] = namespace
    }
  }

  /// Forgets the namespaces whose leases have ended.
  func sweep() {
    let now = time.now()
    state.withLock { namespaces in
      for (name, namespace) in namespaces { if let end = namespace.end, end <= now { namespaces[name] = nil } }
    }
  }

  /// Ends leases until the task is cancelled.
  func run() async {
    while (try? await time.sleep(time.now() + Self.step)) != nil { sweep() }
  }
}
