import Synchronization
package import TangorJSON

/// The signals of an application: events by name that wake those who wait for them, once, with a value.
///
/// ```swift
/// let order = try await app.signals.wait(for: "order", timeout: .seconds(5), as: Order.self)
/// // elsewhere
/// let woken = try app.signals.send("order", Order(id: 7))
/// ```
///
/// A signal that nobody waits for is forgotten, unless it is sent as `sticky`. Waiting holds no thread, and sending never waits. Where it
/// matters that nothing is missed, channels are the better choice.
public final class SignalRegistry: Sendable {
  private struct Timer {
    var end: Duration
    var task: Task<Void, Never>
  }

  private struct State {
    var table: SignalTable
    var timer: Timer?
    var sent = 0
    var woken = 0
  }

  /// The settings.
  public let configuration: SignalsConfiguration
  private let time: TimeSource
  private let state: Mutex<State>

  /// Makes a registry in which nobody waits.
  ///
  /// - Parameters:
  ///   - configuration: The limits.
  ///   - time: Where time comes from.
  public init(configuration: SignalsConfiguration = SignalsConfiguration(), time: TimeSource = .continuous) {
    self.configuration = configuration
    self.time = time
    var limits = SignalTable.Limits()
    limits.waiters = configuration.maximumWaiters
    limits.kept = configuration.maximumKept
    limits.keptBytes = configuration.maximumKeptSize.bytes
    state = Mutex(State(table: SignalTable(limits: limits)))
  }

  deinit {
    state.withLock { $0.timer?.task.cancel() }
  }

  /// What there is, for `/healthz?verbose`.
  package var statistics: (waiting: Int, kept: Int, sent: Int, woken: Int) {
    state.withLock { ($0.table.waitingCount, $0.table.keptCount, $0.sent, $0.woken) }
  }

  // MARK: Names

  /// Reads a name.
  ///
  /// - Throws: `invalid_parameters` when it is empty or too long.
  package func name(_ text: String) throws -> SignalName { try SignalName(text, limit: configuration.maximumNameSize) }

  /// How many names one wait may have.
  package static let maximumNames = 100

  /// Reads the names of one wait; each is taken once.
  ///
  /// - Throws: `invalid_parameters` when there are none or too many, or one is none.
  package func names(_ texts: [String]) throws -> [SignalName] {
    guard (1...Self.maximumNames).contains(texts.count) else {
      throw TangorError(.invalidParameters, "One waits for 1 to \(Self.maximumNames) signals; \(texts.count) came.")
    }
    var seen: Set<SignalName> = []
    return try texts.compactMap { text in
      let name = try name(text)
      return seen.insert(name).inserted ? name : nil
    }
  }

  // MARK: Waiting

  /// Announces a wait, which has to begin later. It can be cancelled from now on.
  ///
  /// - Throws: `too_many_requests`, `shutting_down`.
  package func reserve() throws -> SignalTable.ID { try state.withLock { try $0.table.reserve() } }

  /// Begins an announced wait.
  ///
  /// - Parameters:
  ///   - id: What ``reserve()`` gave.
  ///   - names: The signals that end it.
  ///   - timeout: How long it may take; nil for ever.
  ///   - waiter: Who waits; told when the wait ends later.
  /// - Returns: How it ended, if it did so at once; then the waiter is not told.
  package func begin(_ id: SignalTable.ID, for names: [SignalName], timeout: Duration?, _ waiter: SignalWaiter) -> SignalOutcome? {
    let now = time.now()
    return state.withLock { state in
      let ending = state.table.begin(id, for: names, waiter, deadline: timeout.map { now + $0 }, at: now)
      if timeout != nil, ending == nil { arm(&state) }
      return ending
    }
  }

  /// Ends a wait, or keeps one from beginning; its waiter is told that it was cancelled.
  package func cancel(_ id: SignalTable.ID) {
    if let waiter = state.withLock({ $0.table.cancel(id) }) { SignalWaiter.end([waiter], .cancelled) }
  }

  /// Ends a wait without telling its waiter.
  ///
  /// - Returns: Whether it waited; otherwise it was told already, or is being told.
  @discardableResult
  package func forget(_ id: SignalTable.ID) -> Bool { state.withLock { $0.table.cancel(id) } != nil }

  /// Waits with an announced wait. Cancelling the task ends it.
  package func wait(_ id: SignalTable.ID, for names: [SignalName], timeout: Duration?) async -> SignalOutcome {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if let ending = begin(id, for: names, timeout: timeout, .task(continuation)) { continuation.resume(returning: ending) }
      }
    } onCancel: {
      cancel(id)
    }
  }

  // MARK: Sending

  /// Sends a signal.
  ///
  /// - Parameters:
  ///   - value: What goes with it.
  ///   - name: The signal.
  ///   - recipients: Whom it wakes.
  ///   - sticky: How long it is kept for the next one who waits, if it wakes nobody; nil to forget it.
  ///   - byClient: Whether a client sends it.
  /// - Throws: `payload_too_large`; `too_many_requests` when it cannot be kept; `forbidden` for a client that may not send it;
  ///   `shutting_down`.
  package func send(
    _ value: JSONFragment, to name: SignalName, _ recipients: SignalRecipients, sticky: Duration?, byClient: Bool = false
  ) throws -> SignalDelivery {
    if byClient { try checkClient(name) }
    guard value.bytes.count <= configuration.maximumValueSize.bytes else {
      throw TangorError(
        .payloadTooLarge, "A signal's value has at most \(configuration.maximumValueSize) of JSON; \(value.bytes.count) bytes came.")
    }
    let now = time.now()
    let (woken, isKept) = try state.withLock { state in
      let result = try state.table.send(value, name, to: recipients, keepUntil: sticky.map { now + $0 }, at: now)
      state.sent += 1
      state.woken += result.woken.count
      if result.isKept { arm(&state) }
      return result
    }
    SignalWaiter.end(woken, .signal(SignalMessage(name: name.text, value: value)))
    return SignalDelivery(woken: woken.count, isKept: isKept)
  }

  /// - Throws: `forbidden` when clients may not send a signal.
  package func checkClient(_ name: SignalName) throws {
    guard configuration.clientsMaySend, !name.isServers else {
      throw TangorError(.forbidden, "Clients may not send the signal '\(name.text)'.")
    }
  }

  // MARK: Endings

  /// Ends all waits with `shutting_down`; further ones, and further signals, are refused.
  package func shutdown() {
    let (waiters, timer) = state.withLock { state in
      defer { state.timer = nil }
      return (state.table.shutDown(), state.timer)
    }
    timer?.task.cancel()
    SignalWaiter.end(waiters, .shutDown)
  }

  /// Sees to it that the one timer rings when the next deadline comes.
  private func arm(_ state: inout State) {
    guard let end = state.table.nextDeadline else { return }
    if let timer = state.timer {
      // One that rings too early does no harm: it looks for the next deadline then.
      guard end < timer.end else { return }
      timer.task.cancel()
    }
    state.timer = Timer(
      end: end,
      task: Task { [time, weak self] in
        do { try await time.sleep(end) } catch { return }
        self?.ring(end)
      })
  }

  private func ring(_ end: Duration) {
    let now = time.now()
    let ended = state.withLock { state -> [SignalWaiter] in
      // Another timer may have taken the place of this one while it woke up.
      guard let timer = state.timer, timer.end == end else { return [] }
      state.timer = nil
      defer { arm(&state) }
      return state.table.expire(at: now)
    }
    SignalWaiter.end(ended, .timedOut)
  }
}
