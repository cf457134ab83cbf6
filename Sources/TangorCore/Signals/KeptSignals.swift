import TangorJSON

/// The signals that woke nobody and are kept for the next one who waits, one for each name. A pure value.
struct KeptSignals: Sendable {
  private struct Kept {
    var value: JSONFragment
    var end: Duration
    var number: Int
  }

  private struct Lease: Sendable {
    var name: SignalName
    var number: Int
  }

  private let limit: Int
  private let byteLimit: Int
  private var signals: [SignalName: Kept] = [:]
  private var leases = LeaseHeap<Lease>()
  private var bytes = 0
  private var number = 0

  /// How many there are.
  var count: Int { signals.count }

  /// When the next lease may end.
  var nextEnd: Duration? { leases.nextEnd }

  /// - Parameters:
  ///   - limit: How many may be kept.
  ///   - byteLimit: How many bytes their values may have together.
  init(limit: Int, byteLimit: Int) {
    self.limit = limit
    self.byteLimit = byteLimit
  }

  /// Keeps a signal in place of one of that name.
  ///
  /// - Throws: `too_many_requests`; the older one then stays.
  mutating func keep(_ value: JSONFragment, _ name: SignalName, until end: Duration, at now: Duration) throws {
    expire(at: now)
    let older = signals[name]
    guard older != nil || signals.count < limit else {
      throw TangorError(.tooManyRequests, "\(limit) signals are kept, as many as may be; try again later.", retryAfter: .seconds(1))
    }
    let size = bytes - (older?.value.bytes.count ?? 0) + value.bytes.count
    guard size <= byteLimit else {
      throw TangorError(
        .tooManyRequests, "The kept signals have \(ByteSize(bytes: byteLimit)), as much as they may; try again later.",
        retryAfter: .seconds(1))
    }
    bytes = size
    number += 1
    signals[name] = Kept(value: value, end: end, number: number)
    leases.insert(Lease(name: name, number: number), end: end)
    if leases.count > 2 * signals.count + 64 {
      let signals = signals
      leases.removeAll { signals[$0.name]?.number != $0.number }
    }
  }

  /// Takes a kept signal out: that of the first of the names that has one.
  mutating func take(_ names: [SignalName], at now: Duration) -> SignalMessage? {
    guard !signals.isEmpty else { return nil }
    for name in names {
      guard let kept = signals[name], kept.end > now else { continue }
      remove(name)
      return SignalMessage(name: name.text, value: kept.value)
    }
    return nil
  }

  /// Forgets the signals whose lease has ended.
  mutating func expire(at now: Duration) {
    while let lease = leases.popEnded(at: now) {
      if signals[lease.name]?.number == lease.number { remove(lease.name) }
    }
  }

  /// Forgets all.
  mutating func removeAll() {
    signals = [:]
    leases = LeaseHeap()
    bytes = 0
  }

  private mutating func remove(_ name: SignalName) {
    bytes -= signals.removeValue(forKey: name)?.value.bytes.count ?? 0
  }
}
