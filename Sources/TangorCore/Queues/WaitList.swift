/// Tasks that wait for something to change, in the order in which they came. It belongs behind its owner's lock.
struct WaitList: Sendable {
  private var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
  private var lastID = 0

  var count: Int { waiters.count }

  /// A ticket for one wait.
  mutating func ticket() -> Int {
    lastID += 1
    return lastID
  }

  mutating func add(_ ticket: Int, _ continuation: CheckedContinuation<Void, Never>) { waiters[ticket] = continuation }

  mutating func remove(_ ticket: Int) -> CheckedContinuation<Void, Never>? { waiters.removeValue(forKey: ticket) }

  /// All of them, the oldest first; each must be resumed.
  mutating func takeAll() -> [CheckedContinuation<Void, Never>] {
    defer { waiters = [:] }
    return waiters.sorted { $0.key < $1.key }.map(\.value)
  }
}
