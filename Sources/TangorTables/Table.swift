/// A table of typed columns that changes under its readers.
///
/// ```swift
/// let trades = try Table(schema: Schema([.init("id", .int64), .init("price", .float64)]), index: "id")
/// ```
///
/// Its work is done in order, off the callers' threads; different tables work at once. Writes are visible to every call that comes after
/// them. A write that fails leaves the table as it was.
public actor Table {
  /// The names and kinds of the columns.
  public nonisolated let schema: Schema
  /// The column by whose values rows are known; nil when rows are counted.
  public nonisolated let index: String?
  /// The most rows that the table keeps, the newest; nil for no limit.
  public nonisolated let limit: Int?

  private let core: TableCore
  private var views: [ViewID: any TableView] = [:]
  private var subscriptions: [Subscription] = []
  private var numbers = 0

  /// - Parameters:
  ///   - schema: Names are different from each other.
  ///   - index: A column by whose values rows are known: a row whose value is there already changes that row.
  ///   - limit: The most rows to keep, 0 for a table that stays empty; not with an index.
  /// - Throws: `TableError` when they do not fit together.
  public init(schema: Schema, index: String? = nil, limit: Int? = nil) throws(TableError) {
    core = try TableCore(schema: schema, index: index, limit: limit)
    (self.schema, self.index, self.limit) = (schema, index, limit)
  }

  /// Makes a table of rows; its columns are theirs.
  ///
  /// - Throws: As the other, and when a row has no value in the index column.
  package init(contents: Batch, index: String? = nil, limit: Int? = nil) throws(TableError) {
    try self.init(
      schema: Schema(contents.columns.map { Schema.Column($0.name, $0.values.kind) }), index: index, limit: limit, contents: contents)
  }

  private init(schema: Schema, index: String?, limit: Int?, contents: Batch) throws(TableError) {
    core = try TableCore(schema: schema, index: index, limit: limit)
    (self.schema, self.index, self.limit) = (schema, index, limit)
    try core.update(contents, port: 0)
    _ = core.poll()
  }

  /// Rows.
  public var count: Int { core.count }

  /// What a format's reader takes as the schema of an update: the columns, and the one that may name rows by their keys.
  package nonisolated var updateSchema: Schema {
    guard !schema.columns.contains(where: { $0.name == TableCore.keyColumn }) else { return schema }
    return Schema(schema.columns + [Schema.Column(TableCore.keyColumn, index.flatMap { schema[$0] } ?? .int64)])
  }

  // MARK: Writing

  /// Puts rows in, or changes those whose keys are there.
  ///
  /// - Parameters:
  ///   - port: 0, or one from `makePort`; who subscribes is told through which port a change came.
  ///   - accepted: Called when the write is certain, before anybody is told of it.
  /// - Throws: When a column does not fit; nothing is written then.
  package func update(_ batch: Batch, port: Int = 0, accepted: @Sendable () -> Void = {}) throws(TableError) {
    try core.update(batch, port: port)
    accepted()
    poll()
  }

  /// Removes the rows with the keys; those that are not there are passed over.
  ///
  /// - Parameter accepted: Called when the removal is certain, before anybody is told of it.
  /// - Throws: On a table without an index.
  package func remove(_ keys: BatchColumn, accepted: @Sendable () -> Void = {}) throws(TableError) {
    try core.remove(keys)
    accepted()
    poll()
  }

  /// Puts rows in the place of all that are there.
  ///
  /// - Parameter accepted: Called when the write is certain, before anybody is told of it.
  /// - Throws: When a column does not fit; the rows stay then.
  package func replace(_ batch: Batch, accepted: @Sendable () -> Void = {}) throws(TableError) {
    try core.replace(batch)
    accepted()
    poll()
  }

  /// Removes all rows; schema and views stay.
  public func clear() {
    core.clear()
    poll()
  }

  /// A new port, from 1 on: a number under which writes can be told apart by who is told of them.
  public func makePort() -> Int { core.makePort() }

  // MARK: Views

  /// The number of a view of the table.
  package struct ViewID: Hashable, Sendable { fileprivate let number: Int }

  /// Makes a view, which is kept until `deleteView`.
  ///
  /// - Throws: When the configuration does not fit the table, with the sentence that Perspective's clients expect.
  package func makeView(_ configuration: ViewConfiguration) throws(TableError) -> ViewID {
    let view = try core.makeView(configuration)
    numbers += 1
    views[ViewID(number: numbers)] = view
    return ViewID(number: numbers)
  }

  /// The schema that a view would have, without making it.
  ///
  /// - Throws: As `makeView`.
  package func schema(of configuration: ViewConfiguration) throws(TableError) -> [(name: String, type: ColumnType)] {
    try core.schema(of: configuration)
  }

  /// Forgets a view and its subscriptions.
  package func deleteView(_ id: ViewID) {
    views[id] = nil
    subscriptions.removeAll { $0.view == id }
    updateTracking()
  }

  /// The row of a key; nil when it is not there.
  ///
  /// - Throws: On a table without an index.
  package func row(ofKey key: CellValue) throws(TableError) -> Batch? {
    guard let slot = try core.slot(ofKey: key) else { return nil }
    return Batch(rowCount: 1, columns: core.columns.map { $0.gather([slot]) })
  }

  /// What a view would show now, without making one that stays.
  ///
  /// - Throws: As `makeView`.
  package func slice(_ configuration: ViewConfiguration, _ viewport: Viewport) throws(TableError) -> ResultSlice {
    try core.makeView(configuration).slice(viewport, keys: false)
  }

  /// Views that are there.
  package var viewCount: Int { views.count }

  /// Asks a view for something, without anything changing meanwhile.
  ///
  /// - Throws: What `body` throws; or that the view is not there.
  package func withView<Result: Sendable>(_ id: ViewID, _ body: @Sendable (any TableView) throws -> Result) throws -> Result {
    guard let view = views[id] else { throw TableError("View not found") }
    return try body(view)
  }

  /// Rows of the table, and rows and visible columns of a view, at one moment.
  ///
  /// - Throws: When the view is not there.
  package func dimensions(of id: ViewID) throws(TableError) -> (tableRows: Int, rows: Int, columns: Int) {
    guard let view = views[id] else { throw TableError("View not found") }
    return (core.count, view.rowCount, view.columnCount)
  }

  // MARK: Subscriptions

  /// What a subscriber is told.
  package enum Notice: Sendable {
    /// The table was written through a port; with the view's rows that changed, where they were asked for.
    case update(port: Int, rows: ChangedRows?)
    /// Rows went: their keys, ascending.
    case removal(keys: BatchColumn)
  }

  /// Of what a subscriber is told.
  package enum Interest: Sendable {
    case updates
    case updatesWithRows
    case removals
  }

  package struct SubscriptionID: Hashable, Sendable { fileprivate let number: Int }

  private struct Subscription {
    let id: SubscriptionID
    let view: ViewID
    let interest: Interest
    let tell: @Sendable (Notice) -> Void
  }

  /// Tells of every write, in order.
  ///
  /// - Parameter tell: Called by the table between two writes: it hands the notice on and returns at once.
  /// - Throws: When the view is not there.
  package func subscribe(
    to view: ViewID, _ interest: Interest, _ tell: @escaping @Sendable (Notice) -> Void
  ) throws(TableError) -> SubscriptionID {
    guard views[view] != nil else { throw TableError("View not found") }
    numbers += 1
    let id = SubscriptionID(number: numbers)
    // By view in the order in which views were made, then as they came.
    let place = subscriptions.lastIndex { $0.view.number <= view.number }.map { $0 + 1 } ?? 0
    subscriptions.insert(Subscription(id: id, view: view, interest: interest, tell: tell), at: place)
    updateTracking()
    return id
  }

  package func unsubscribe(_ id: SubscriptionID) {
    subscriptions.removeAll { $0.id == id }
    updateTracking()
  }

  /// Has those remember what was who will be asked for it.
  private func updateTracking() {
    core.tracksRemovedKeys = subscriptions.contains { $0.interest == .removals }
    let wanted = Set(subscriptions.filter { $0.interest == .updatesWithRows }.map(\.view))
    // Views may share what they remember by: those that do not want it first.
    for (id, view) in views where !wanted.contains(id) { view.tracksChanges = false }
    for id in wanted { views[id]?.tracksChanges = true }
  }

  private func poll() {
    let changes = core.poll()
    guard !subscriptions.isEmpty else { return }
    for change in changes {
      if let keys = change.removedKeys {
        for subscription in subscriptions where subscription.interest == .removals { subscription.tell(.removal(keys: keys)) }
      }
      // Flat views of one configuration are one.
      var deltas: [ObjectIdentifier: ChangedRows] = [:]
      for subscription in subscriptions {
        switch subscription.interest {
        case .removals: break
        case .updates: subscription.tell(.update(port: change.port, rows: nil))
        case .updatesWithRows:
          guard let view = views[subscription.view] else { break }
          let rows = deltas[ObjectIdentifier(view)] ?? ChangedRows(view.delta(change))
          deltas[ObjectIdentifier(view)] = rows
          subscription.tell(.update(port: change.port, rows: rows))
        }
      }
    }
  }
}
