/// A table's rows and what waits to be written to them: the synchronous core, which one task at a time may use.
///
/// A row lives in a *slot*, the same position in every column, from its first write until it is removed; then the slot is free for
/// another. Everything that is kept up to date with the table (views, orders, group trees) speaks of slots, and is told of changes row
/// by row (`TableObserver`), so that an update costs in proportion to the rows that it touches.
///
/// Writes wait until `poll()`, in the order in which they came. They are checked when they are handed in: one that fails leaves nothing.
package final class TableCore {
  package let schema: Schema
  package let columns: [ColumnStore]
  /// The index column's position; nil on a table without one.
  package let indexColumn: Int?
  /// The most rows that the table keeps; nil for no limit.
  package let limit: Int?
  /// Whether change sets tell the keys of removed rows.
  package var tracksRemovedKeys = false
  /// The rows that are there.
  package internal(set) var live = RowBits()
  let keys: RowKeys
  /// Slots are below it.
  var slotCount = 0
  var freeSlots: [UInt32] = []
  /// Free only after the poll, so that a slot means one row throughout it.
  var slotsFreedInPoll: [UInt32] = []
  /// A limited table's rows, the oldest first from `oldest` on.
  var ages: [UInt32] = []
  var oldest = 0
  var pending: [PendingChange] = []
  /// Grows whenever anything in the table may have changed.
  package internal(set) var version = 0
  var observers: [WeakObserver] = []
  /// What computes views now, by what they ask for.
  var sharedViews: [ViewConfiguration: WeakObserver] = [:]
  var sharedViewsLimit = 16
  private var positions: [String: Int] = [:]
  private var ports = 0

  struct WeakObserver {
    weak var observer: (any TableObserver)?
  }

  /// - Parameters:
  ///   - schema: Names are different from each other.
  ///   - index: The name of the column by whose values rows are known.
  ///   - limit: The most rows to keep, 0 for a table that stays empty; not with an index.
  /// - Throws: When the index is not a column, or is one of booleans; when names repeat; when both an index and a limit are given.
  package init(schema: Schema, index: String? = nil, limit: Int? = nil) throws(TableError) {
    LargeMemory.prepare()
    for (position, column) in schema.columns.enumerated() {
      guard positions.updateValue(position, forKey: column.name) == nil else {
        throw TableError("Column `\(column.name)` is there twice; names of columns are different from each other")
      }
    }
    if index != nil, limit != nil { throw TableError("Cannot create a table with both `index` and `limit`") }
    if let limit, limit < 0 { throw TableError("The `limit` of a table is not negative") }
    self.schema = schema
    self.limit = limit
    columns = schema.columns.map { ColumnStore(name: $0.name, kind: $0.kind) }
    if let index {
      guard let position = positions[index] else { throw TableError("Specified index `\(index)` does not exist in dataset.") }
      guard columns[position].kind != .boolean else { throw TableError("Unsupported type `bool` for `index`.\n") }
      indexColumn = position
      keys = RowKeys(.index(columns[position]))
    } else {
      indexColumn = nil
      keys = RowKeys(.sequence)
    }
  }

  /// The position of a column; nil when there is none of that name.
  package func position(of name: String) -> Int? { positions[name] }

  /// Rows, as of the last poll.
  package var count: Int { live.count }

  /// What a format's reader takes as the schema of an update: the table's columns, and the column that may name rows by their keys.
  package var updateSchema: Schema {
    guard positions[Self.keyColumn] == nil else { return schema }
    return Schema(schema.columns + [Schema.Column(Self.keyColumn, indexColumn.map { columns[$0].kind } ?? .int64)])
  }

  static let keyColumn = "__INDEX__"

  /// A new port: a number from 1 on under which updates can be told apart.
  package func makePort() -> Int {
    ports += 1
    return ports
  }

  // MARK: Changes

  /// Hands rows in to be written by the next poll: new ones are put in, those whose key is there are changed where the batch says
  /// something.
  ///
  /// - Parameters:
  ///   - batch: Columns that the table does not have are passed over; those that it has may be missing.
  ///   - port: 0, or one from `makePort`.
  /// - Throws: When a column's values do not fit the table's column, or the port is unknown. Nothing of the batch is written then.
  package func update(_ batch: Batch, port: Int = 0) throws(TableError) {
    guard port >= 0, port <= ports else { throw TableError("Unknown port \(port); make one first") }
    let prepared = try PreparedBatch(batch, for: self)
    if prepared.rowCount > 0 { pending.append(.write(prepared, port: port)) }
  }

  /// Hands in keys whose rows the next poll removes; those that are not there are passed over.
  ///
  /// - Throws: On a table without an index.
  package func remove(_ keys: BatchColumn) throws(TableError) {
    guard let indexColumn else { throw TableError("Cannot remove from unindexed Table\n") }
    pending.append(.remove(KeyText.identities(keys, kind: columns[indexColumn].kind)))
  }

  /// Hands in rows that take the place of all that are there.
  ///
  /// - Throws: As `update`; the table stays as it is then.
  package func replace(_ batch: Batch) throws(TableError) { pending.append(.replace(try PreparedBatch(batch, for: self))) }

  /// Empties the table with the next poll. Schema, views and the count of rows stay.
  package func clear() { pending.append(.clear) }

  /// Whether writes wait for a poll.
  package var hasPendingChanges: Bool { !pending.isEmpty }

  /// Observes the table's rows as long as the observer lives.
  package func add(_ observer: any TableObserver) {
    observers.removeAll { $0.observer == nil }
    observers.append(WeakObserver(observer: observer))
  }

  package func remove(_ observer: any TableObserver) { observers.removeAll { $0.observer == nil || $0.observer === observer } }

  func notify(_ body: (any TableObserver) -> Void) {
    for weak in observers { if let observer = weak.observer { body(observer) } }
  }

  // MARK: Order

  /// Whether ascending slots are ascending keys.
  package var slotsAreOrdered: Bool { keys.slotsAreOrdered }

  /// Whether the row of one slot comes before that of another.
  @inline(__always) func precedes(_ one: UInt32, _ other: UInt32) -> Bool {
    let first = keys.orderKey(one)
    let second = keys.orderKey(other)
    return first != second ? first < second : one < other
  }

  /// Slots in the order of their keys.
  func inKeyOrder(_ slots: [UInt32]) -> [UInt32] {
    if keys.slotsAreOrdered { return slots.sorted() }
    return RadixSort.sorted(slots) { keys.orderKey($0) }
  }
}
