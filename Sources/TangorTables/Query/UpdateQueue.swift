/// Updates that wait for who takes them: a value, so that its rules are tested by themselves.
///
/// An update without rows says "changed; look again", and the later ones of its port say no more than that as long as it waits.
struct UpdateQueue {
  private var waiting: [TableUpdate] = []
  private var taken = 0
  private let capacity: Int
  private(set) var isFinished = false

  /// - Parameter capacity: Updates with rows that wait at most.
  init(capacity: Int) { self.capacity = max(capacity, 1) }

  /// Updates that wait.
  var count: Int { waiting.count - taken }

  mutating func add(_ update: TableUpdate) {
    guard !isFinished, !waiting[taken...].contains(where: { $0.port == update.port && $0.changed == nil }) else { return }
    waiting.append(update)
    // Ports alone may be more than the capacity; they are what they are.
    if count > capacity, waiting[taken...].contains(where: { $0.changed != nil }) { forgetRows() }
  }

  /// Leaves one update without rows for each port.
  private mutating func forgetRows() {
    var ports: Set<Int> = []
    waiting = waiting[taken...].filter { ports.insert($0.port).inserted }.map { TableUpdate(port: $0.port, changed: nil) }
    taken = 0
  }

  /// The update that came first; nil when none waits.
  mutating func next() -> TableUpdate? {
    guard taken < waiting.count else { return nil }
    let update = waiting[taken]
    taken += 1
    if taken == waiting.count {
      waiting.removeAll(keepingCapacity: true)
      taken = 0
    } else if taken > 64, taken > waiting.count / 2 {
      waiting.removeFirst(taken)
      taken = 0
    }
    return update
  }

  /// Takes nothing more, and forgets what waits.
  mutating func finish() {
    isFinished = true
    waiting = []
    taken = 0
  }
}
