import TangorCore
import TangorServing

/// What becomes of one program: a pure value without process, socket or clock.
struct ProgramState {
  /// Why the server ends a program.
  enum Cause: Sendable, Hashable {
    case deleted, shutdown, idle, runTime, memory
    /// It did not become ready, or nobody waits for it any more.
    case abandoned
  }

  enum Phase: Sendable, Hashable {
    case starting
    case running
    /// It was told to end, and has not yet.
    case ending(Cause)
    case ended
  }

  /// What sockets are told.
  struct Notice: Sendable, Hashable {
    let code: WebSocketCloseCode
    let reason: String
  }

  private(set) var phase = Phase.starting
  /// Whether it has been ready.
  private(set) var hasRun = false
  /// How it ended, as Python counts: the status, or the signal's number with a minus.
  private(set) var returnCode: Int32?
  private(set) var port = 0
  /// Whether the server ended it.
  private var wasTold = false
  private var sockets: [ObjectIdentifier: any RelayedSocket] = [:]
  /// Requests that are relayed at this moment.
  private var requests = 0
  private var startedAt: Duration
  private var lastUse: Duration
  /// What who comes later is told.
  private(set) var notice: Notice?

  init(now: Duration) { (startedAt, lastUse) = (now, now) }

  var socketCount: Int { sockets.count }

  /// Whether pages can reach it.
  var isRunning: Bool { phase == .running }

  // MARK: Its life

  /// It is about to be started on a port.
  mutating func start(port: Int) { self.port = port }

  /// It is ready.
  ///
  /// - Returns: Whether it still may run.
  mutating func becomeReady(now: Duration) -> Bool {
    guard phase == .starting else { return false }
    (phase, hasRun, startedAt, lastUse) = (.running, true, now, now)
    return true
  }

  /// It ended before it was ready, and is started once more.
  ///
  /// - Returns: Whether it may be.
  mutating func startAgain() -> Bool {
    guard phase == .ended, !hasRun, !wasTold else { return false }
    (phase, returnCode, notice) = (.starting, nil, nil)
    return true
  }

  /// It is to end.
  ///
  /// - Returns: The sockets to be told, and nil when it ends or has ended already.
  mutating func end(_ cause: Cause) -> [any RelayedSocket]? {
    switch phase {
    case .starting, .running:
      phase = .ending(cause)
      wasTold = true
      return takeSockets(Notice(cause))
    case .ending, .ended: return nil
    }
  }

  /// It has ended.
  mutating func processEnded(returnCode: Int32) -> [any RelayedSocket] {
    guard phase != .ended else { return [] }
    self.returnCode = returnCode
    phase = .ended
    return takeSockets(notice ?? Notice(returnCode: returnCode))
  }

  private mutating func takeSockets(_ notice: Notice) -> [any RelayedSocket] {
    self.notice = notice
    defer { sockets = [:] }
    return Array(sockets.values)
  }

  // MARK: Its use

  mutating func attach(_ socket: any RelayedSocket, now: Duration) -> Bool {
    guard isRunning else { return false }
    sockets[ObjectIdentifier(socket)] = socket
    lastUse = now
    return true
  }

  mutating func detach(_ socket: any RelayedSocket, now: Duration) {
    if sockets.removeValue(forKey: ObjectIdentifier(socket)) != nil { lastUse = now }
  }

  mutating func beginRequest(now: Duration) -> Bool {
    guard isRunning else { return false }
    requests += 1
    lastUse = now
    return true
  }

  mutating func endRequest(now: Duration) {
    requests -= 1
    lastUse = now
  }

  /// Why it has to end now, by its limits.
  func due(now: Duration, _ limits: ProgramLimits) -> Cause? {
    guard isRunning else { return nil }
    if let runTime = limits.runTime, now - startedAt >= runTime { return .runTime }
    if let idleTime = limits.idleTime, sockets.isEmpty, requests == 0, now - lastUse >= idleTime { return .idle }
    return nil
  }
}

extension ProgramState.Notice {
  fileprivate init(_ cause: ProgramState.Cause) {
    switch cause {
    case .deleted, .abandoned: self.init(code: .programEnded, reason: "the program was ended")
    case .shutdown: self.init(code: .goingAway, reason: "the server is going down")
    case .idle: self.init(code: .programEnded, reason: "the program was ended because nobody used it")
    case .runTime: self.init(code: .programEnded, reason: "the program was ended because it ran as long as it may")
    case .memory: self.init(code: .programFailed, reason: "the program was ended because it used more memory than it may")
    }
  }

  fileprivate init(returnCode: Int32) {
    switch returnCode {
    case 0: self.init(code: .programEnded, reason: "the program has ended")
    case ..<0: self.init(code: .programFailed, reason: "the program was ended by signal \(-returnCode)")
    default: self.init(code: .programFailed, reason: "the program has ended with status \(returnCode)")
    }
  }
}
