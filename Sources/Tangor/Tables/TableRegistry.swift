import TangorCore
import TangorPerspective
public import TangorTables

/// The tables of an application that clients may open, by name.
///
/// ```swift
/// let schema = Schema([.init("id", .int64), .init("price", .float64)])
/// let trades = try app.tables.host(Table(schema: schema, index: "id"), as: "trades")
/// ```
///
/// Perspective's clients reach them over the WebSocket at `/websocket`, and make tables of their own beside them where the configuration
/// lets them.
public final class TableRegistry: Sendable {
  /// Serves the tables that are not in a namespace.
  let server: PerspectiveServer
  let namespaces: TableNamespaces
  private let hasNamespaces: Bool

  init(configuration: PerspectiveConfiguration, time: TimeSource = .continuous) {
    let limits = PerspectiveServer.Limits(configuration)
    server = PerspectiveServer(limits: limits)
    hasNamespaces = configuration.namespaces
    namespaces = TableNamespaces(
      maximum: configuration.maximumNamespaces, lease: configuration.namespaceLease, time: time
    ) { PerspectiveServer(limits: limits) }
  }

  /// Lets clients open a table.
  ///
  /// - Parameters:
  ///   - table: The table; the application may go on writing to it.
  ///   - name: The name that clients open it by.
  ///   - isReadOnly: Whether clients can neither write to it nor delete it. Default false.
  /// - Returns: The table.
  /// - Throws: `invalid_request` when the name is empty or taken.
  @discardableResult
  public func host(_ table: Table, as name: String, isReadOnly: Bool = false) throws -> Table {
    try host(table, as: name, isReadOnly: isReadOnly, preparation: nil)
    return table
  }

  /// Lets clients open a table whose rows are made when the first of them asks for it; until then it is empty.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - name: The name that clients open it by.
  ///   - isReadOnly: Whether clients can neither write to it nor delete it.
  ///   - contents: The rows, in batches of a size that suits memory. They are made while the table waits, and once.
  /// - Throws: `invalid_request` when the name is empty or taken.
  package func host(
    _ table: Table, as name: String, isReadOnly: Bool = false, contents: some Sequence<Batch> & Sendable
  ) throws {
    try host(table, as: name, isReadOnly: isReadOnly, preparation: { try await table.fill(contents) })
  }

  private func host(_ table: Table, as name: String, isReadOnly: Bool, preparation: PerspectiveServer.Preparation?) throws {
    guard !name.isEmpty else { throw TangorError(.invalidRequest, "A table needs a name to be opened by.") }
    do {
      try server.host(table, as: name, isReadOnly: isReadOnly, preparation: preparation)
    } catch {
      throw TangorError(.invalidRequest, "\(error).")
    }
  }

  /// Takes a table from clients: no new view of it can be made, and it goes with the last one that there is.
  ///
  /// - Parameter name: Its name; one that there is not is passed over.
  public func withdraw(_ name: String) { server.withdraw(name) }

  /// The table of a name, whether it was hosted or made by a client.
  public subscript(name: String) -> Table? { server.table(name) }

  /// The names of the tables that clients can open, sorted; those in namespaces are not among them.
  public var names: [String] { server.tables.map(\.name) }

  /// The clients that are connected, those in namespaces among them.
  var connections: Int { server.sessionCount + namespaces.connections }

  /// Ends the leases of namespaces until the task is cancelled.
  func run() async {
    if hasNamespaces { await namespaces.run() }
  }
}

extension Table {
  /// Puts rows into a table that has none; who comes meanwhile waits, and finds it filled.
  fileprivate func fill(_ batches: some Sequence<Batch>) throws {
    guard count == 0 else { return }
    for batch in batches { try update(batch) }
  }
}

extension PerspectiveServer.Limits {
  init(_ configuration: PerspectiveConfiguration) {
    self.init()
    viewsPerSession = configuration.maximumViewsPerSession
    tables = configuration.maximumTables
    cellsPerAnswer = configuration.maximumCells
    clientsMayMakeTables = configuration.clientsMayMakeTables
  }
}
