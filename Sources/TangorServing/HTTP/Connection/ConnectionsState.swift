/// How many connections are open, which of their tasks have to be started, and whether all is over. A pure value.
struct ConnectionsState<Work, Waiter> {
  /// Whether a new connection may be.
  enum Admission {
    case welcome
    /// It may only end.
    case closing
    /// Nobody would run its task: it must be closed without having had one.
    case refused
  }

  /// What to do next.
  enum Step {
    case start([Work])
    /// Nothing, until the waiter is woken.
    case wait
    case end
  }

  private enum Phase { case open, closing, ended }

  private var phase = Phase.open
  private(set) var openCount = 0
  private var works: [Work] = []
  private var waiter: Waiter?

  /// A connection has been opened. It has to leave, unless it is refused.
  mutating func enter() -> Admission {
    if phase == .ended { return .refused }
    openCount += 1
    return phase == .open ? .welcome : .closing
  }

  /// A connection that is there needs a task.
  ///
  /// - Returns: Who is to be woken.
  mutating func add(_ work: Work) -> Waiter? {
    works.append(work)
    return waiter.take()
  }

  /// A connection has gone.
  ///
  /// - Returns: Who is to be woken.
  mutating func leave() -> Waiter? {
    openCount -= 1
    return isOver ? waiter.take() : nil
  }

  /// No more connections than there are.
  ///
  /// - Returns: Who is to be woken.
  mutating func close() -> Waiter? {
    if phase == .open { phase = .closing }
    return isOver ? waiter.take() : nil
  }

  /// What to do next; the end comes once no connection is left to ask for a task.
  ///
  /// - Parameter waiter: Who waits where there is nothing to do. There is one at a time.
  mutating func next(_ waiter: Waiter) -> Step {
    if !works.isEmpty {
      defer { works = [] }
      return .start(works)
    }
    if isOver {
      phase = .ended
      return .end
    }
    self.waiter = waiter
    return .wait
  }

  private var isOver: Bool { phase != .open && openCount == 0 && works.isEmpty }
}
