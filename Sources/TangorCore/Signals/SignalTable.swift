package import TangorJSON

/// Who waits for which signals, and the signals that are kept for those who wait later.
///
/// A pure value without clock, lock or task: it is told the time, and gives out the waiters whose wait has ended for others to tell. Each
/// waiter comes out once. All steps take constant time for each waiter, but for deadlines, which take logarithmic time.
package struct SignalTable: Sendable {
  /// The limits.
  package struct Limits: Sendable {
    /// Waits at a time, those that are about to begin included.
    package var waiters = 100_000
    /// Kept signals at a time.
    package var kept = 10_000
    /// The bytes of their values.
    package var keptBytes = 64 << 20

    package init() {}
  }

  /// A wait, from the moment that it is announced until it has ended. No other wait gets the same one again.
  package struct ID: Sendable, Hashable {
    let slot: Int32
    let serial: UInt32
  }

  private enum Phase { case free, reserved, cancelled, waiting }

  private struct Slot {
    var waiter: SignalWaiter?
    var serial: UInt32 = 0
    /// The first of the waiter's links; the next free slot where it is free.
    var link: Int32 = none
    var phase = Phase.free
    var isTimed = false
  }

  /// A waiter's place in the queue of one name.
  private struct Link {
    var slot: Int32
    var queue: Int32
    var previous: Int32
    var next: Int32 = none
    /// The same waiter's link in another queue; the next free link where it is free.
    var sibling: Int32 = none
  }

  private struct Queue {
    var name: SignalName
    var first: Int32 = none
    var last: Int32 = none
  }

  private static let none: Int32 = -1

  private let limits: Limits
  private var slots: [Slot] = []
  private var freeSlot = none
  private var links: [Link] = []
  private var freeLink = none
  private var queues: [Queue] = []
  private var freeQueues: [Int32] = []
  private var places: [SignalName: Int32] = [:]
  private var deadlines = LeaseHeap<ID>()
  private var keeping: KeptSignals
  private var serial: UInt32 = 0
  private var timedCount = 0
  private var reservedCount = 0
  private var isShutDown = false

  /// How many wait.
  package private(set) var waitingCount = 0
  /// How many signals are kept.
  package var keptCount: Int { keeping.count }

  /// - Parameter limits: The limits.
  package init(limits: Limits = Limits()) {
    self.limits = limits
    keeping = KeptSignals(limit: limits.kept, byteLimit: limits.keptBytes)
  }

  /// When ``expire(at:)`` has something to do next; it may come too early and never too late.
  package var nextDeadline: Duration? {
    guard let waiting = deadlines.nextEnd else { return keeping.nextEnd }
    return keeping.nextEnd.map { min($0, waiting) } ?? waiting
  }

  // MARK: Waiting

  /// Announces a wait, which has to begin later. It can be cancelled from now on.
  ///
  /// - Throws: `too_many_requests` when as many wait as may, `shutting_down` after ``shutDown()``.
  package mutating func reserve() throws -> ID {
    if isShutDown { throw TangorError.signalsShutDown }
    guard waitingCount + reservedCount < limits.waiters else {
      throw TangorError(.tooManyRequests, "\(limits.waiters) wait for signals, as many as may; try again later.", retryAfter: .seconds(1))
    }
    reservedCount += 1
    serial &+= 1
    var index = freeSlot
    if index == Self.none {
      index = Int32(slots.count)
      slots.append(Slot())
    } else {
      freeSlot = slots[Int(index)].link
    }
    slots[Int(index)] = Slot(serial: serial, phase: .reserved)
    return ID(slot: index, serial: serial)
  }

  /// Begins an announced wait.
  ///
  /// - Parameters:
  ///   - id: What ``reserve()`` gave.
  ///   - names: The signals that end it, each once. Where several are kept, the first of these is taken.
  ///   - waiter: Who waits; given out when the wait ends later.
  ///   - deadline: When it gives up; nil for never.
  ///   - now: The time.
  /// - Returns: How the wait ended, if it did so at once; then the waiter is not given out.
  package mutating func begin(
    _ id: ID, for names: [SignalName], _ waiter: SignalWaiter, deadline: Duration?, at now: Duration
  ) -> SignalOutcome? {
    let index = Int(id.slot)
    let isCancelled = slots[index].phase == .cancelled
    precondition(slots[index].serial == id.serial && (isCancelled || slots[index].phase == .reserved), "a wait begins once")
    reservedCount -= 1
    let ending: SignalOutcome? =
      if isCancelled { .cancelled } else if isShutDown { .shutDown } else if let kept = keeping.take(names, at: now) {
        .signal(kept)
      } else if let
        deadline, deadline <= now
      { .timedOut } else { nil }
    if let ending {
      free(slot: index)
      return ending
    }
    waitingCount += 1
    slots[index].waiter = waiter
    slots[index].phase = .waiting
    for name in names { link(slot: id.slot, to: name) }
    if let deadline {
      slots[index].isTimed = true
      timedCount += 1
      deadlines.insert(id, end: deadline)
    }
    return nil
  }

  /// Ends a wait whose waiter has gone, or keeps one from beginning.
  ///
  /// - Returns: The waiter, if it waited.
  package mutating func cancel(_ id: ID) -> SignalWaiter? {
    guard slots.indices.contains(Int(id.slot)), slots[Int(id.slot)].serial == id.serial else { return nil }
    switch slots[Int(id.slot)].phase {
    case .reserved: slots[Int(id.slot)].phase = .cancelled
    case .waiting:
      defer { tidy() }
      return end(slot: Int(id.slot))
    case .free, .cancelled: break
    }
    return nil
  }

  // MARK: Sending

  /// Sends a signal.
  ///
  /// - Parameters:
  ///   - value: What goes with it.
  ///   - name: The signal.
  ///   - recipients: Whom it wakes.
  ///   - keepUntil: Until when it is kept if it wakes nobody, in place of one that was kept before; nil to forget it.
  ///   - now: The time.
  /// - Returns: Who was woken, those first who began to wait first, and whether the signal is kept.
  /// - Throws: `too_many_requests` when it cannot be kept, `shutting_down`; it was then not sent.
  package mutating func send(
    _ value: JSONFragment, _ name: SignalName, to recipients: SignalRecipients, keepUntil: Duration?, at now: Duration
  ) throws -> (woken: [SignalWaiter], isKept: Bool) {
    if isShutDown { throw TangorError.signalsShutDown }
    guard let place = places[name] else {
      guard let keepUntil, keepUntil > now else { return ([], false) }
      try keeping.keep(value, name, until: keepUntil, at: now)
      return ([], true)
    }
    var woken: [SignalWaiter] = []
    repeat {
      let first = links[Int(queues[Int(place)].first)].slot
      if let waiter = end(slot: Int(first)) { woken.append(waiter) }
    } while recipients == .all && queues[Int(place)].first != Self.none
    tidy()
    return (woken, false)
  }

  // MARK: Endings

  /// Ends the waits and the leases whose time is over.
  ///
  /// - Returns: Whose wait ended.
  package mutating func expire(at now: Duration) -> [SignalWaiter] {
    keeping.expire(at: now)
    var ended: [SignalWaiter] = []
    while let id = deadlines.popEnded(at: now) {
      guard isWaiting(id), let waiter = end(slot: Int(id.slot)) else { continue }
      ended.append(waiter)
    }
    tidy()
    return ended
  }

  /// Ends all waits, and refuses further ones and further signals.
  ///
  /// - Returns: Who waited.
  package mutating func shutDown() -> [SignalWaiter] {
    isShutDown = true
    keeping.removeAll()
    var ended: [SignalWaiter] = []
    for index in slots.indices where slots[index].phase == .waiting {
      if let waiter = end(slot: index) { ended.append(waiter) }
    }
    deadlines = LeaseHeap()
    return ended
  }

  private func isWaiting(_ id: ID) -> Bool {
    slots.indices.contains(Int(id.slot)) && slots[Int(id.slot)].serial == id.serial && slots[Int(id.slot)].phase == .waiting
  }

  private mutating func end(slot index: Int) -> SignalWaiter? {
    let waiter = slots[index].waiter
    var link = slots[index].link
    while link != Self.none {
      let sibling = links[Int(link)].sibling
      unlink(link)
      link = sibling
    }
    waitingCount -= 1
    if slots[index].isTimed { timedCount -= 1 }
    free(slot: index)
    return waiter
  }

  private mutating func free(slot index: Int) {
    slots[index].waiter = nil
    slots[index].phase = .free
    slots[index].isTimed = false
    slots[index].link = freeSlot
    freeSlot = Int32(index)
  }

  /// Lets go of what many endings left behind.
  private mutating func tidy() {
    if deadlines.count > 2 * timedCount + 64 {
      let slots = slots
      deadlines.removeAll { id in slots[Int(id.slot)].serial != id.serial || slots[Int(id.slot)].phase != .waiting }
    }
    guard waitingCount + reservedCount == 0, slots.count > 4_096 else { return }
    slots = []
    freeSlot = Self.none
    links = []
    freeLink = Self.none
    deadlines = LeaseHeap()
    guard queues.count > 4_096 else { return }
    queues = []
    freeQueues = []
    places = [:]
  }

  // MARK: Queues

  private mutating func link(slot: Int32, to name: SignalName) {
    let place: Int32
    if let known = places[name] {
      place = known
    } else {
      if let free = freeQueues.popLast() {
        place = free
        queues[Int(place)] = Queue(name: name)
      } else {
        place = Int32(queues.count)
        queues.append(Queue(name: name))
      }
      places[name] = place
    }
    let previous = queues[Int(place)].last
    let link = Link(slot: slot, queue: place, previous: previous, sibling: slots[Int(slot)].link)
    var index = freeLink
    if index == Self.none {
      index = Int32(links.count)
      links.append(link)
    } else {
      freeLink = links[Int(index)].sibling
      links[Int(index)] = link
    }
    slots[Int(slot)].link = index
    if previous == Self.none { queues[Int(place)].first = index } else { links[Int(previous)].next = index }
    queues[Int(place)].last = index
  }

  private mutating func unlink(_ index: Int32) {
    let link = links[Int(index)]
    let place = Int(link.queue)
    if link.previous == Self.none { queues[place].first = link.next } else { links[Int(link.previous)].next = link.next }
    if link.next == Self.none { queues[place].last = link.previous } else { links[Int(link.next)].previous = link.previous }
    links[Int(index)].sibling = freeLink
    freeLink = index
    guard queues[place].first == Self.none else { return }
    places[queues[place].name] = nil
    freeQueues.append(link.queue)
  }
}

extension TangorError {
  package static var signalsShutDown: TangorError {
    TangorError(.shuttingDown, "The server is going down; try again in a moment.", retryAfter: .seconds(5))
  }
}
