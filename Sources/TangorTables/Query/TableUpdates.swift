/// A write to the table of a view.
public struct TableUpdate: Sendable {
  /// The port through which the table was written; 0 for the default one, and for removals.
  public let port: Int
  /// The view's rows that the write changed or added, with all its columns, where they were asked for.
  ///
  /// Nil when they were not, and when the reader was too slow: what changed is not known any more, and the view is to be read again.
  public var rows: ViewResult? { changed.map { ViewResult($0.slice) } }

  /// What all who follow the view share.
  let changed: ChangedRows?

  init(port: Int, changed: ChangedRows?) { (self.port, self.changed) = (port, changed) }
}

/// The updates of a view's table, as they come, one after the other.
///
/// It is taken by one task, ends when that is cancelled and when the view is closed, and is not begun anew then. As long as it is there, the view is. While nothing
/// comes it costs neither a task nor a thread. Readers that are slow do not hold writers up, and find one update in the place of those
/// that would say no more than it.
public struct TableUpdates: AsyncSequence, Sendable {
  private let subscription: UpdateSubscription

  init(_ subscription: UpdateSubscription) { self.subscription = subscription }

  public func makeAsyncIterator() -> Iterator { Iterator(subscription: subscription) }

  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let subscription: UpdateSubscription

    public mutating func next() async -> TableUpdate? { await subscription.mailbox.next() }

    public mutating func next(isolation actor: isolated (any Actor)?) async -> TableUpdate? { await subscription.mailbox.next() }
  }
}

/// Ends a subscription with its last owner.
final class UpdateSubscription: Sendable {
  let mailbox: UpdateMailbox
  private let view: View
  private let id: Table.SubscriptionID

  init(_ mailbox: UpdateMailbox, _ view: View, _ id: Table.SubscriptionID) { (self.mailbox, self.view, self.id) = (mailbox, view, id) }

  deinit {
    view.forget(mailbox)
    let (table, id) = (view.table, id)
    // A word to an actor that is going to be there until it has heard it.
    Task { await table.unsubscribe(id) }
  }
}
