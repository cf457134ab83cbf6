/// Who is inside and who waits, first come first in: the decisions of a ``Turnstile``, without its lock and its clock.
struct TurnstileState<Waiter> {
  private struct Place {
    var waiter: Waiter
    var deadline: Duration?
  }

  private let capacity: Int
  private(set) var inside = 0
  private(set) var waitingCount = 0
  /// Those who wait, in the order of their arrival; nothing where one has given up. What stands before `head` is over.
  private var line: [Place?] = []
  private var head = 0
  /// The number of the first place in the line.
  private var firstNumber = 0
  /// The next moment at which somebody may be too late, for which a timer runs.
  private var alarm: Duration?

  /// - Parameter capacity: How many may be inside at a time.
  init(capacity: Int) { self.capacity = capacity }

  /// Goes in if there is room and nobody waits.
  mutating func tryEnter() -> Bool {
    guard inside < capacity, waitingCount == 0 else { return false }
    inside += 1
    return true
  }

  enum Arrival: Equatable {
    case entered
    /// The number is for giving up. When there is an `alarm`, ``expire(at:)`` is to be called at that moment.
    case waits(number: Int, alarm: Duration?)
  }

  /// Goes in, or waits.
  ///
  /// - Parameters:
  ///   - deadline: The moment at which waiting ends; `nil` for never.
  ///   - waiter: Who is to be told.
  mutating func enter(until deadline: Duration?, _ waiter: Waiter) -> Arrival {
    if tryEnter() { return .entered }
    line.append(Place(waiter: waiter, deadline: deadline))
    waitingCount += 1
    let number = firstNumber + line.count - 1
    guard let deadline, alarm.map({ deadline < $0 }) ?? true else { return .waits(number: number, alarm: nil) }
    alarm = deadline
    return .waits(number: number, alarm: deadline)
  }

  /// Stops waiting.
  ///
  /// - Returns: Who waited; `nil` when that one went in already or has given up before.
  mutating func giveUp(_ number: Int) -> Waiter? {
    let index = number - firstNumber
    guard index >= head, index < line.count, let place = line[index] else { return nil }
    line[index] = nil
    removed()
    return place.waiter
  }

  /// Goes out.
  ///
  /// - Returns: Who goes in instead.
  mutating func leave() -> Waiter? {
    while waitingCount > 0 {
      let place = line[head]
      line[head] = nil
      head += 1
      guard let place else { continue }
      removed()
      return place.waiter
    }
    inside -= 1
    return nil
  }

  /// Takes those out of the line for whom it is too late.
  ///
  /// - Parameter now: The moment now.
  /// - Returns: Who they are, in their order, and the moment at which this is to be called again.
  mutating func expire(at now: Duration) -> (late: [Waiter], alarm: Duration?) {
    // Behind a later alarm another timer stands.
    guard let alarm, alarm <= now else { return ([], nil) }
    var late: [Waiter] = []
    var next: Duration?
    for index in head..<line.count {
      guard let place = line[index], let deadline = place.deadline else { continue }
      if deadline <= now {
        late.append(place.waiter)
        line[index] = nil
        waitingCount -= 1
      } else {
        next = min(next ?? deadline, deadline)
      }
    }
    self.alarm = next
    compact()
    return (late, next)
  }

  private mutating func removed() {
    waitingCount -= 1
    compact()
  }

  private mutating func compact() {
    if waitingCount == 0 {
      firstNumber += line.count
      line.removeAll(keepingCapacity: line.count <= 1_024)
      head = 0
    } else if head > 64, head > line.count / 2 {
      firstNumber += head
      line.removeFirst(head)
      head = 0
    }
  }
}
