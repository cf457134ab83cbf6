/// Who is inside and who waits, first come first in: the decisions of a ``Turnstile``, without its lock.
struct TurnstileState<Waiter> {
  private let capacity: Int
  private(set) var inside = 0
  private var waiting: [Int: Waiter] = [:]
  private var order: [Int] = []
  private var head = 0
  /// Those that have a number and do not wait yet; with the reason when they have given up already.
  private var arriving: [Int: (any Error)?] = [:]
  private var nextNumber = 0

  /// - Parameter capacity: How many may be inside at a time.
  init(capacity: Int) { self.capacity = capacity }

  var waitingCount: Int { waiting.count }

  /// Goes in if there is room and nobody waits.
  mutating func tryEnter() -> Bool {
    guard inside < capacity, waiting.isEmpty else { return false }
    inside += 1
    return true
  }

  /// A number for one who may have to wait.
  mutating func arrive() -> Int {
    nextNumber += 1
    arriving[nextNumber] = .some(nil)
    return nextNumber
  }

  enum Arrival {
    case entered
    case waits
    case gaveUp(any Error)
  }

  /// Goes in, or waits.
  mutating func enter(_ number: Int, _ waiter: Waiter) -> Arrival {
    if let error = arriving.removeValue(forKey: number) ?? nil { return .gaveUp(error) }
    if tryEnter() { return .entered }
    waiting[number] = waiter
    order.append(number)
    return .waits
  }

  /// Stops waiting.
  ///
  /// - Returns: Who is to be told; `nil` when that one went in already, or has not begun to wait and hears of it then.
  mutating func giveUp(_ number: Int, _ error: any Error) -> Waiter? {
    if arriving[number] != nil {
      arriving[number] = .some(error)
      return nil
    }
    let waiter = waiting.removeValue(forKey: number)
    if waiting.isEmpty { clearOrder() }
    return waiter
  }

  /// Goes out.
  ///
  /// - Returns: Who goes in instead.
  mutating func leave() -> Waiter? {
    while head < order.count {
      let number = order[head]
      head += 1
      guard let waiter = waiting.removeValue(forKey: number) else { continue }
      if waiting.isEmpty { clearOrder() } else if head > 64, head > order.count / 2 { order.removeFirst(take(&head)) }
      return waiter
    }
    inside -= 1
    return nil
  }

  private mutating func clearOrder() {
    order.removeAll(keepingCapacity: order.capacity <= 64)
    head = 0
  }

  private func take(_ count: inout Int) -> Int {
    defer { count = 0 }
    return count
  }
}
