import Synchronization

/// A query on a table, kept current as the table changes.
///
/// ```swift
/// let view = try await trades.view(.init(groupBy: ["symbol"], aggregates: ["price": ["mean"]]))
/// for await _ in try await view.updates() {
///   let page = try await view.result(rows: 0..<50)
/// }
/// ```
///
/// Views of one table that ask for the same share what is computed, and each has its own open groups. The table forgets a view when nobody
/// has it any more, or when it is closed.
public final class View: Sendable {
  /// The table of which it is a view.
  public let table: Table
  /// What it was made with.
  public let configuration: ViewConfiguration
  private let id: Table.ViewID
  private let state = Mutex(State())

  private struct State {
    var isClosed = false
    var mailboxes: [ObjectIdentifier: UpdateMailbox] = [:]
  }

  fileprivate init(_ table: Table, _ configuration: ViewConfiguration, _ id: Table.ViewID) {
    (self.table, self.configuration, self.id) = (table, configuration, id)
  }

  deinit {
    guard !state.withLock({ $0.isClosed }) else { return }
    let (table, id) = (table, id)
    // A word to an actor that is going to be there until it has heard it.
    Task { await table.deleteView(id) }
  }

  /// Ends the view and its sequences of updates. What is asked of it afterwards fails.
  public func close() async {
    let mailboxes = state.withLock { state in
      state.isClosed = true
      defer { state.mailboxes = [:] }
      return state.mailboxes
    }
    for mailbox in mailboxes.values { mailbox.finish() }
    await table.deleteView(id)
  }

  // MARK: Reading

  /// Rows and columns of the view as they are now.
  ///
  /// - Parameters:
  ///   - rows: Positions among the visible rows; what lies beyond the last is not there. Nil for all.
  ///   - columns: Positions among the visible columns, those of splits counted one by one; nil for all.
  /// - Throws: When the view is closed.
  public func result(rows: Range<Int>? = nil, columns: Range<Int>? = nil) async throws(TableError) -> ViewResult {
    let viewport = Viewport(rows, columns)
    return ViewResult(try await ask { $0.slice(viewport, keys: false) })
  }

  /// Visible rows, totals among them.
  ///
  /// - Throws: When the view is closed.
  public var count: Int { get async throws(TableError) { try await ask { $0.rowCount } } }

  /// Visible columns, those of splits counted one by one.
  ///
  /// - Throws: When the view is closed.
  public var columnCount: Int { get async throws(TableError) { try await ask { $0.columnCount } } }

  /// The names and types of the columns, of splits those that are split; and of columns that only sort, where rows are groups.
  ///
  /// - Throws: When the view is closed.
  public var schema: [(name: String, type: ColumnType)] { get async throws(TableError) { try await ask { $0.schema } } }

  /// The least and the greatest value of a column over the rows of the view; of grouped views over the visible rows that have no others
  /// within them. Both are null where there is no value.
  ///
  /// - Parameter column: A column of the table that the view shows.
  /// - Throws: When the view does not show the column, or is closed.
  public func minMax(of column: String) async throws(TableError) -> (least: CellValue, greatest: CellValue) {
    try await ask { try $0.extremes(of: column) }
  }

  // MARK: Groups

  /// Shows the groups within the group at a row, theirs closed.
  ///
  /// - Parameter row: A position among the visible rows.
  /// - Returns: How many rows came; 0 where there is nothing to open.
  /// - Throws: When the view is closed.
  @discardableResult public func expand(row: Int) async throws(TableError) -> Int { try await ask { $0.expand(row) } }

  /// Hides the groups within the group at a row.
  ///
  /// - Parameter row: A position among the visible rows.
  /// - Returns: How many rows went; 0 where there is nothing to close.
  /// - Throws: When the view is closed.
  @discardableResult public func collapse(row: Int) async throws(TableError) -> Int { try await ask { $0.collapse(row) } }

  /// Opens all groups down to a level, and closes those below.
  ///
  /// - Parameter depth: 0 shows the total and the first level, 1 two levels, and so on.
  /// - Throws: When the view is closed.
  public func setDepth(_ depth: Int) async throws(TableError) { try await ask { $0.setDepth(depth) } }

  // MARK: Updates

  /// The writes to the table that come after this call, whether they change the view's rows or not.
  ///
  /// - Parameters:
  ///   - rows: Whether the view's rows that changed are wanted. That costs every write their making.
  ///   - capacity: How many updates with rows may wait; then they are given up for one without rows for each port. At least 1.
  /// - Throws: When the view is closed.
  public func updates(rows: Bool = false, capacity: Int = 64) async throws(TableError) -> TableUpdates {
    let mailbox = UpdateMailbox(capacity: capacity)
    let isOpen = state.withLock { state in
      if !state.isClosed { state.mailboxes[ObjectIdentifier(mailbox)] = mailbox }
      return !state.isClosed
    }
    guard isOpen else { throw Self.closed }
    do throws(TableError) {
      let subscription = try await table.subscribe(to: id, rows ? .updatesWithRows : .updates) { notice in
        guard case .update(let port, let rows) = notice else { return }
        mailbox.add(TableUpdate(port: port, changed: rows))
      }
      return TableUpdates(UpdateSubscription(mailbox, self, subscription))
    } catch {
      forget(mailbox)
      throw Self.closed
    }
  }

  func forget(_ mailbox: UpdateMailbox) { state.withLock { $0.mailboxes[ObjectIdentifier(mailbox)] = nil } }

  // MARK: The table

  private static let closed = TableError("The view is closed; make another one of its table")

  private func ask<Answer: Sendable>(_ body: @Sendable (any TableView) throws -> Answer) async throws(TableError) -> Answer {
    do {
      return try await table.withView(id, body)
    } catch {
      if state.withLock({ $0.isClosed }) { throw Self.closed }
      throw error as? TableError ?? TableError("\(error)")
    }
  }
}

extension Table {
  /// Makes a view of the table.
  ///
  /// - Parameter configuration: What it shows; by default all of the table.
  /// - Throws: When the configuration does not fit the table.
  public func view(_ configuration: ViewConfiguration = ViewConfiguration()) throws(TableError) -> View {
    View(self, configuration, try makeView(configuration))
  }

  /// What a view would show now, where it is asked for once.
  ///
  /// - Parameters:
  ///   - configuration: By default all of the table.
  ///   - rows: Positions among the visible rows; nil for all.
  ///   - columns: Positions among the visible columns; nil for all.
  /// - Throws: When the configuration does not fit the table.
  public nonisolated func query(
    _ configuration: ViewConfiguration = ViewConfiguration(), rows: Range<Int>? = nil, columns: Range<Int>? = nil
  ) async throws(TableError) -> ViewResult {
    ViewResult(try await slice(configuration, Viewport(rows, columns)))
  }
}

extension Viewport {
  fileprivate init(_ rows: Range<Int>?, _ columns: Range<Int>?) {
    self.init(startRow: rows?.lowerBound, endRow: rows?.upperBound, startColumn: columns?.lowerBound, endColumn: columns?.upperBound)
  }
}
