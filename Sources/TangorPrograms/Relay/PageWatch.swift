import NIOCore

/// Decides when a page is pinged and when it is given up. A pure value: the caller brings the time, about once a second.
struct PageWatch {
  enum Action: Equatable {
    case none
    /// A ping is to be sent; ``pinged(at:)`` tells when it was.
    case ping
    case giveUp
  }

  private let interval: TimeAmount
  private let timeout: TimeAmount
  private var lastHeard = NIODeadline.uptimeNanoseconds(0)
  private var isPinging = false
  private var wasPinged = false
  private var deadline: NIODeadline?

  /// - Parameters:
  ///   - interval: How long a page may be silent.
  ///   - timeout: How long its pong may take.
  init(interval: TimeAmount, timeout: TimeAmount) {
    self.interval = interval
    self.timeout = timeout
  }

  /// Looks at the time.
  ///
  /// - Parameters:
  ///   - isAlive: Whether since the last call the page has sent something or taken something, or was not listened to.
  ///   - isStuck: Whether bytes wait for the page, so that even a ping may have to wait.
  mutating func tick(_ now: NIODeadline, isAlive: Bool, isStuck: Bool) -> Action {
    if isAlive || lastHeard == .uptimeNanoseconds(0) {
      lastHeard = now
      // A ping that waits for a frame's end is still to come, and what it finds out does no harm.
      if wasPinged || !isPinging { (isPinging, wasPinged) = (false, false) }
      deadline = nil
      return .none
    }
    if isPinging, !wasPinged {
      // As long as a program is in the middle of a frame, the page cannot be asked; only bytes that it does not take speak against it.
      deadline = isStuck ? deadline ?? now + timeout : nil
    }
    if let deadline { return now >= deadline ? .giveUp : .none }
    guard !isPinging, now >= lastHeard + interval else { return .none }
    isPinging = true
    return .ping
  }

  /// Notes that the ping is on its way.
  mutating func pinged(at now: NIODeadline) {
    guard isPinging else { return }
    wasPinged = true
    deadline = now + timeout
  }
}
