/// Which of many equally long leases ends next, in constant time for each step.
///
/// A pure value. All leases of one queue are equally long, so the queue is in the order of their ends; renewing a lease costs
/// nothing here, because its holder keeps the moment of its last use and a lease that comes up too early is put back.
package struct LeaseQueue<ID: Sendable>: Sendable {
  private var entries: [(id: ID, end: Duration)] = []
  private var head = 0

  package init() {}

  /// How many leases wait.
  package var count: Int { entries.count - head }

  /// When the first lease may end.
  package var nextEnd: Duration? { head < entries.count ? entries[head].end : nil }

  /// Adds a lease; its end must not lie before those already here.
  package mutating func append(_ id: ID, end: Duration) { entries.append((id, end)) }

  /// Takes the first lease out if its end has come.
  package mutating func popEnded(at now: Duration) -> ID? {
    guard head < entries.count, entries[head].end <= now else { return nil }
    let id = entries[head].id
    head += 1
    if head > 1_024, head * 2 > entries.count {
      entries.removeFirst(head)
      head = 0
    }
    return id
  }
}
