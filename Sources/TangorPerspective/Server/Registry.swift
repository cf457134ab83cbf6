import TangorTables

/// What a server's clients know each other's things by: tables and views by name, and who wants to hear when they come and go.
///
/// A value: every change returns what is to be sent to whom, in order.
struct Registry {
  struct SessionID: Hashable, Sendable { let number: Int }

  /// A request that is answered later, or again and again.
  struct Subscriber: Hashable {
    let session: SessionID
    let message: UInt32
  }

  /// Something to be sent.
  struct Delivery {
    let to: Subscriber
    let entity: String
    let body: WireResponse.OneOf_ClientResp?
  }

  /// What a view is told of.
  struct SubscriptionKey: Hashable {
    let subscriber: Subscriber
    let isOfRemovals: Bool
  }

  struct View {
    let hosted: HostedTable
    let owner: SessionID
    /// nil while it is made.
    var id: Table.ViewID?
    var deletionSubscribers: [Subscriber] = []
    var subscriptions: [SubscriptionKey: Table.SubscriptionID] = [:]
  }

  /// What tables still have to be told when a session is over.
  struct Remains {
    var views: [(table: Table, id: Table.ViewID)] = []
    var subscriptions: [(table: Table, id: Table.SubscriptionID)] = []
    var deliveries: [Delivery] = []
  }

  private struct Entry {
    let hosted: HostedTable
    var views: Set<String> = []
    /// Whether it goes with its last view.
    var isLeaving = false
    /// Those who wait for that.
    var deleters: [Subscriber] = []
    var deletionSubscribers: [Subscriber] = []
  }

  private var sessions: Set<SessionID> = []
  private var tables: [String: Entry] = [:]
  private var views: [String: View] = [:]
  private var listSubscribers: [Subscriber] = []
  private var viewCounts: [SessionID: Int] = [:]

  // MARK: Tables

  /// - Throws: When there is none of the name.
  func table(_ name: String) throws(RequestError) -> HostedTable {
    guard let entry = tables[name] else { throw .unknownTable }
    return entry.hosted
  }

  /// Those that clients are shown, by name.
  var hosted: [HostedTable] { tables.values.filter { !$0.isLeaving }.map(\.hosted).sorted { $0.name < $1.name } }

  /// The one of a name, where clients are shown it.
  func shown(_ name: String) -> HostedTable? { tables[name].flatMap { $0.isLeaving ? nil : $0.hosted } }

  var tableCount: Int { tables.count }

  /// - Throws: When the name is taken.
  func checkName(_ name: String) throws(RequestError) {
    if tables[name] != nil { throw RequestError("Table \"\(name)\" already exists") }
  }

  /// - Throws: When the name is taken.
  mutating func add(_ hosted: HostedTable) throws(RequestError) -> [Delivery] {
    try checkName(hosted.name)
    tables[hosted.name] = Entry(hosted: hosted)
    return listChanged
  }

  /// Deletes a table, now or with its last view.
  ///
  /// - Parameter requester: Who is answered when it is gone; nil for the server itself.
  /// - Throws: When there are views and it should go now.
  mutating func delete(_ name: String, immediately: Bool, _ requester: Subscriber?) throws(RequestError) -> [Delivery] {
    guard let entry = tables[name] else {
      return requester.map { [Delivery(to: $0, entity: name, body: .tableDeleteResp(.init()))] } ?? []
    }
    if entry.views.isEmpty {
      if let requester { tables[name]?.deleters.append(requester) }
      return finishDeleting(name)
    }
    if immediately { throw RequestError("Cannot delete table with views") }
    if let requester { tables[name]?.deleters.append(requester) }
    tables[name]?.isLeaving = true
    return entry.isLeaving ? [] : listChanged
  }

  private mutating func finishDeleting(_ name: String) -> [Delivery] {
    guard let entry = tables.removeValue(forKey: name) else { return [] }
    return entry.deletionSubscribers.map { Delivery(to: $0, entity: name, body: .tableOnDeleteResp(.init())) }
      + entry.deleters.map { Delivery(to: $0, entity: name, body: .tableDeleteResp(.init())) } + listChanged
  }

  mutating func subscribeToDeletion(ofTable name: String, _ subscriber: Subscriber) {
    guard sessions.contains(subscriber.session) else { return }
    tables[name]?.deletionSubscribers.append(subscriber)
  }

  mutating func unsubscribeFromDeletion(ofTable name: String, _ subscriber: Subscriber) {
    tables[name]?.deletionSubscribers.removeAll { $0 == subscriber }
  }

  // MARK: The list of tables

  private var listChanged: [Delivery] { listSubscribers.map { Delivery(to: $0, entity: "", body: nil) } }

  mutating func subscribeToList(_ subscriber: Subscriber) {
    if sessions.contains(subscriber.session) { listSubscribers.append(subscriber) }
  }

  mutating func unsubscribeFromList(_ subscriber: Subscriber) { listSubscribers.removeAll { $0 == subscriber } }

  // MARK: Views

  /// - Throws: When there is none of the name, or it is not made yet.
  func view(_ name: String) throws(RequestError) -> (hosted: HostedTable, id: Table.ViewID) {
    guard let view = views[name], let id = view.id else { throw .unknownView }
    return (view.hosted, id)
  }

  /// Takes a view's name, so that its table stays while it is made.
  ///
  /// - Throws: When the name is taken, the table is not there, or the session has all the views that it may have.
  mutating func reserveView(
    _ name: String, of table: String, _ session: SessionID, limit: Int
  ) throws(RequestError) -> HostedTable {
    let hosted = try self.table(table)
    guard sessions.contains(session) else { throw RequestError("The session is over.") }
    if views[name] != nil { throw RequestError("View \"\(name)\" already exists") }
    guard viewCounts[session, default: 0] < limit else {
      throw RequestError("A session can have \(limit) views at a time; delete some first.")
    }
    views[name] = View(hosted: hosted, owner: session)
    viewCounts[session, default: 0] += 1
    tables[table]?.views.insert(name)
    return hosted
  }

  /// - Returns: Whether it is still wanted: the session may be over.
  mutating func completeView(_ name: String, _ session: SessionID, _ id: Table.ViewID) -> Bool {
    guard views[name]?.owner == session, views[name]?.id == nil else { return false }
    views[name]?.id = id
    return true
  }

  /// Forgets a view.
  ///
  /// - Parameter requester: Who is answered; nil when it could not be made.
  mutating func removeView(_ name: String, _ requester: Subscriber?) -> [Delivery] {
    guard let view = views.removeValue(forKey: name) else { return [] }
    var deliveries = view.deletionSubscribers.map { Delivery(to: $0, entity: name, body: .viewOnDeleteResp(.init())) }
    if let requester { deliveries.append(Delivery(to: requester, entity: name, body: .viewDeleteResp(.init()))) }
    return deliveries + release(name, view)
  }

  private mutating func release(_ name: String, _ view: View) -> [Delivery] {
    if let count = viewCounts[view.owner] { viewCounts[view.owner] = count > 1 ? count - 1 : nil }
    let table = view.hosted.name
    tables[table]?.views.remove(name)
    guard let entry = tables[table], entry.views.isEmpty, entry.isLeaving else { return [] }
    return finishDeleting(table)
  }

  mutating func subscribeToDeletion(ofView name: String, _ subscriber: Subscriber) {
    guard sessions.contains(subscriber.session) else { return }
    views[name]?.deletionSubscribers.append(subscriber)
  }

  mutating func unsubscribeFromDeletion(ofView name: String, _ subscriber: Subscriber) {
    views[name]?.deletionSubscribers.removeAll { $0 == subscriber }
  }

  /// - Returns: Whether the view and the session are still there.
  mutating func addSubscription(_ key: SubscriptionKey, _ id: Table.SubscriptionID, to name: String) -> Bool {
    guard sessions.contains(key.subscriber.session) else { return false }
    views[name]?.subscriptions.updateValue(id, forKey: key)
    return views[name] != nil
  }

  mutating func removeSubscription(_ key: SubscriptionKey, of name: String) -> (table: Table, id: Table.SubscriptionID)? {
    guard let id = views[name]?.subscriptions.removeValue(forKey: key), let view = views[name] else { return nil }
    return (view.hosted.table, id)
  }

  // MARK: Sessions

  /// Whatever a session asks for before is not kept.
  mutating func add(_ session: SessionID) { sessions.insert(session) }

  /// Forgets a session, its views and all that it wanted to hear. Tables stay.
  mutating func remove(_ session: SessionID) -> Remains {
    var remains = Remains()
    sessions.remove(session)
    listSubscribers.removeAll { $0.session == session }
    for name in tables.keys {
      tables[name]?.deletionSubscribers.removeAll { $0.session == session }
    }
    for (name, view) in views where view.owner != session {
      let lost = view.subscriptions.filter { $0.key.subscriber.session == session }
      guard !lost.isEmpty || view.deletionSubscribers.contains(where: { $0.session == session }) else { continue }
      remains.subscriptions += lost.map { (view.hosted.table, $0.value) }
      for key in lost.keys { views[name]?.subscriptions[key] = nil }
      views[name]?.deletionSubscribers.removeAll { $0.session == session }
    }
    for (name, view) in views where view.owner == session {
      views[name] = nil
      if let id = view.id { remains.views.append((view.hosted.table, id)) }
      remains.deliveries += release(name, view)
    }
    return remains
  }
}
