import Synchronization
package import TangorCore

/// Lets a number of callers in at a time, first come first in. Nobody who waits holds a thread.
package final class Turnstile: Sendable {
  /// The time for going in has passed.
  struct TooLate: Error {}

  /// How waiting ends.
  enum Admission: Equatable { case entered, tooLate, gaveUp }

  /// What one who was let in has done with it.
  enum Stay: Equatable {
    /// It is inside, and leaves when it has done what it wants to do.
    case goesOn
    /// It has done all it wanted to do; who let it in leaves in its place.
    case isOver
  }

  /// One who waits: told once how that ends, on any thread and with no lock held.
  typealias Waiter = @Sendable (Admission) -> Stay

  /// How many who wait are served on the thread of one who leaves.
  private static let maximumHelp = 32

  private let state: Mutex<TurnstileState<Waiter>>

  /// - Parameter capacity: How many may be inside at a time.
  package init(capacity: Int = 1) { state = Mutex(TurnstileState(capacity: capacity)) }

  /// How many are inside, and how many wait.
  package var counts: (inside: Int, waiting: Int) { state.withLock { ($0.inside, $0.waitingCount) } }

  /// Goes in if that is possible at once. Each entry is followed by one ``leave(helping:)``.
  package func tryEnter() -> Bool { state.withLock { $0.tryEnter() } }

  /// Goes in, or waits.
  ///
  /// - Parameters:
  ///   - deadline: The moment at which it is too late; `nil` for never.
  ///   - time: Where time comes from.
  ///   - waiter: Told when waiting ends.
  /// - Returns: `nil` when it is inside; otherwise the number to give up with.
  func enter(until deadline: Duration?, _ time: TimeSource, _ waiter: @escaping Waiter) -> Int? {
    guard case .waits(let number, let alarm) = state.withLock({ $0.enter(until: deadline, waiter) }) else { return nil }
    if let alarm { setTimer(alarm, time) }
    return number
  }

  /// Stops waiting: the waiter is told, unless it was told something already.
  func giveUp(_ number: Int) {
    if let waiter = state.withLock({ $0.giveUp(number) }) { _ = waiter(.gaveUp) }
  }

  /// Goes out, and lets the next one in.
  ///
  /// - Parameter helping: Whether those who wait may do what is quick here and now. Only where the caller holds no locks: they run code
  ///   of objects' authors.
  package func leave(helping: Bool = false) {
    var count = 0
    while let waiter = state.withLock({ $0.leave() }) {
      guard helping, count < Self.maximumHelp else {
        Task { if waiter(.entered) == .isOver { self.leave(helping: true) } }
        return
      }
      count += 1
      guard waiter(.entered) == .isOver else { return }
    }
  }

  /// Wakes those for whom it is too late. One timer serves all who wait.
  private func setTimer(_ alarm: Duration, _ time: TimeSource) {
    Task { [weak self] in
      try await time.sleep(alarm)
      self?.expire(at: max(alarm, time.now()), time)
    }
  }

  private func expire(at now: Duration, _ time: TimeSource) {
    let (late, alarm) = state.withLock { $0.expire(at: now) }
    if let alarm { setTimer(alarm, time) }
    for waiter in late { _ = waiter(.tooLate) }
  }
}

extension Turnstile {
  /// Goes in, and waits for it if need be.
  ///
  /// - Parameters:
  ///   - deadline: The moment at which it is too late; `nil` for never.
  ///   - time: Where time comes from.
  /// - Throws: `TooLate`, or `CancellationError` when the task is cancelled; it is outside then.
  package func enter(until deadline: Duration?, _ time: TimeSource) async throws {
    if tryEnter() { return }
    let ticket = Ticket()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let number = enter(until: deadline, time) { admission in
          switch admission {
          case .entered: continuation.resume()
          case .tooLate: continuation.resume(throwing: TooLate())
          case .gaveUp: continuation.resume(throwing: CancellationError())
          }
          return .goesOn
        }
        guard let number else { return continuation.resume() }
        if ticket.isCancelled(keeping: number) { giveUp(number) }
      }
    } onCancel: {
      if let number = ticket.cancel() { giveUp(number) }
    }
  }
}

/// The number of a task that waits, and whether the task was cancelled; each may come first.
private final class Ticket: Sendable {
  private struct State {
    var number: Int?
    var isCancelled = false
  }

  private let state = Mutex(State())

  func isCancelled(keeping number: Int) -> Bool {
    state.withLock { state in
      state.number = number
      return state.isCancelled
    }
  }

  func cancel() -> Int? {
    state.withLock { state in
      state.isCancelled = true
      return state.number
    }
  }
}
