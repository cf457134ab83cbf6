import Synchronization
package import TangorTables

/// Tables for the clients of Perspective: every session's tables and views, and who is told of what.
///
/// It has no threads and no sockets: whoever has a connection makes a session for it, hands it the messages that come, and sends those that
/// the session's outbox gives.
package final class PerspectiveServer: Sendable {
  /// What sessions may do.
  package struct Limits: Sendable {
    /// The most views that a session has at a time.
    package var viewsPerSession = 1000
    /// The most tables that there are before clients can make no more.
    package var tables = 10_000
    /// The most cells, rows times columns, of one answer.
    package var cellsPerAnswer = 100_000_000
    /// Whether clients may make tables of their own.
    package var clientsMayMakeTables = true

    package init() {}
  }

  private struct State {
    var registry = Registry()
    var outboxes: [Registry.SessionID: Outbox] = [:]
    var sessions = 0
    /// What is still to be done for tables before clients can have them.
    var preparations: [String: Preparation] = [:]
  }

  /// Brings a table into the state in which clients find it; by several at once when they come at once.
  package typealias Preparation = @Sendable () async throws -> Void

  package let limits: Limits
  /// Compresses results and reads compressed data; nil where neither can be done.
  let compression: (any ArrowCompression)?
  private let state = Mutex(State())

  package init(limits: Limits = Limits(), compression: (any ArrowCompression)? = ArrowCodecs.available) {
    self.limits = limits
    self.compression = compression
  }

  // MARK: The server's own tables

  /// Shows a table to clients under a name.
  ///
  /// - Parameters:
  ///   - isReadOnly: Whether clients can neither write to it nor delete it.
  ///   - preparation: Awaited before the first request about the table is answered, and again at the next when it fails.
  /// - Throws: When the name is taken.
  package func host(_ table: Table, as name: String, isReadOnly: Bool = false, preparation: Preparation? = nil) throws(TableError) {
    do throws(RequestError) {
      try change { registry throws(RequestError) in
        try registry.add(HostedTable(name: name, table: table, isReadOnly: isReadOnly))
      }
      if let preparation { state.withLock { $0.preparations[name] = preparation } }
    } catch {
      throw TableError(error.message)
    }
  }

  /// Takes a table from the clients, with the last of their views.
  package func withdraw(_ name: String) {
    // Without being immediate it cannot fail.
    try? change { registry throws(RequestError) in try registry.delete(name, immediately: false, nil) }
    state.withLock { $0.preparations[name] = nil }
  }

  /// Does what is still to be done for a table before clients can have it.
  ///
  /// - Throws: What its preparation throws.
  func prepare(_ name: String) async throws {
    guard let preparation = state.withLock({ $0.preparations.isEmpty ? nil : $0.preparations[name] }) else { return }
    try await preparation()
    state.withLock { $0.preparations[name] = nil }
  }

  /// The tables that clients are shown, by name.
  package var tables: [HostedTable] { state.withLock { $0.registry.hosted } }

  /// The table of a name; nil where there is none, or where it is about to go.
  package func table(_ name: String) -> Table? { state.withLock { $0.registry.shown(name)?.table } }

  // MARK: Sessions

  /// A session for a client that has connected; it is closed with `close()`.
  package func makeSession() -> PerspectiveSession {
    let outbox = Outbox()
    let id = state.withLock { state in
      state.sessions += 1
      let id = Registry.SessionID(number: state.sessions)
      state.outboxes[id] = outbox
      state.registry.add(id)
      return id
    }
    return PerspectiveSession(server: self, id: id, outbox: outbox)
  }

  /// How many sessions are open.
  package var sessionCount: Int { state.withLock { $0.outboxes.count } }

  /// Forgets a session, and has tables forget what it had.
  func close(_ session: Registry.SessionID) async {
    let remains = state.withLock { state -> Registry.Remains in
      let outbox = state.outboxes.removeValue(forKey: session)
      outbox?.finish()
      let remains = state.registry.remove(session)
      Self.deliver(remains.deliveries, state.outboxes)
      return remains
    }
    for (table, id) in remains.subscriptions { await table.unsubscribe(id) }
    for (table, id) in remains.views { await table.deleteView(id) }
  }

  // MARK: The registry

  func read<Result: Sendable>(_ body: (Registry) throws(RequestError) -> Result) throws(RequestError) -> Result {
    try state.withLock { state throws(RequestError) in try body(state.registry) }
  }

  func modify<Result: Sendable>(_ body: (inout Registry) throws(RequestError) -> Result) throws(RequestError) -> Result {
    try state.withLock { state throws(RequestError) in try body(&state.registry) }
  }

  /// Tells a client of every table that comes or goes from now on.
  func subscribeToList(_ subscriber: Registry.Subscriber) { state.withLock { $0.registry.subscribeToList(subscriber) } }

  /// Changes the registry and sends what follows from that before anything else changes it.
  func change(_ body: (inout Registry) throws(RequestError) -> [Registry.Delivery]) throws(RequestError) {
    try state.withLock { state throws(RequestError) in
      let deliveries = try body(&state.registry)
      Self.deliver(deliveries, state.outboxes)
    }
  }

  private static func deliver(_ deliveries: [Registry.Delivery], _ outboxes: [Registry.SessionID: Outbox]) {
    for delivery in deliveries {
      let bytes = Reply.bytes(delivery.to.message, delivery.entity, delivery.body)
      guard let outbox = outboxes[delivery.to.session] else { continue }
      if delivery.body == nil {
        outbox.notify(bytes, OutboxState.NoticeKey(message: delivery.to.message, port: 0))
      } else {
        outbox.send(bytes)
      }
    }
  }
}
