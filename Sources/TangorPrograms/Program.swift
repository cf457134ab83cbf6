import NIOCore
import Synchronization
public import TangorCore
import TangorServing

/// A program that was started for a client, known by its key.
public final class Program: Sendable {
  /// What pages name it by; who has the key may use the program.
  public let key: Key
  /// The name of its kind.
  public let kind: String
  /// The script that it runs, by its path within its folder.
  public let script: String?
  /// What a page shows to the program where that asks for it, as VTK's do; random.
  public let secret: String
  let settings: ProgramKind
  let client: String
  let log: ProgramLog
  private let time: TimeSource
  private let state: Mutex<ProgramState>
  private let child = Mutex<ChildProcess?>(nil)

  init(kind: String, settings: ProgramKind, script: String?, client: String, limits: ProgramLimits, time: TimeSource) {
    key = Key()
    // Two keys: 256 random bits.
    secret = "\(Key())\(Key())"
    self.kind = kind
    self.settings = settings
    self.script = script
    self.client = client
    self.time = time
    log = ProgramLog(maximumLines: limits.logLines, maximumSize: limits.logSize)
    state = Mutex(ProgramState(now: time.now()))
  }

  // MARK: What it is doing

  /// Whether it is there for pages.
  public var isRunning: Bool { state.withLock { $0.isRunning } }

  /// Whether its process has ended.
  public var hasEnded: Bool { state.withLock { $0.phase == .ended } }

  /// How it ended: its status, or the number of the signal that ended it with a minus; nil while it has not.
  public var returnCode: Int32? { state.withLock { $0.returnCode } }

  /// WebSockets that are connected to it.
  public var socketCount: Int { state.withLock { $0.socketCount } }

  /// Its process; nil before it has one.
  public var processIdentifier: Int32? { child.withLock { $0?.processIdentifier } }

  /// The resident memory of the program and its children, where the system tells.
  public var memory: ByteSize? { child.withLock { $0 }?.memory }

  /// Whether it has been ready.
  var hasRun: Bool { state.withLock { $0.hasRun } }

  var phase: ProgramState.Phase { state.withLock { $0.phase } }

  // MARK: Its life

  func started(_ process: ChildProcess) { child.withLock { $0 = process } }

  func willStart(port: Int) { state.withLock { $0.start(port: port) } }

  /// Starts anew what ended before it was ready.
  func startAgain() -> Bool { state.withLock { $0.startAgain() } }

  func becomeReady() -> Bool { state.withLock { $0.becomeReady(now: time.now()) } }

  /// Tells sockets that it ends. Its process is not touched.
  ///
  /// - Returns: Whether it is the caller who has to end the process.
  func beginEnd(_ cause: ProgramState.Cause) -> Bool {
    let (sockets, notice) = state.withLock { ($0.end(cause), $0.notice) }
    guard let sockets else { return false }
    tell(sockets, notice)
    return true
  }

  /// Ends its process, where it has one, and waits until nothing of it is left.
  func endProcess(grace: Duration) async {
    _ = await child.withLock { $0 }?.terminate(grace: grace)
  }

  func processEnded(_ ending: ChildEnding) {
    let (sockets, notice) = state.withLock { ($0.processEnded(returnCode: ending.returnCode), $0.notice) }
    tell(sockets, notice)
  }

  private func tell(_ sockets: [any RelayedSocket], _ notice: ProgramState.Notice?) {
    guard let notice else { return }
    for socket in sockets { socket.programEnded(notice.code, notice.reason) }
  }

  func due(_ limits: ProgramLimits) -> ProgramState.Cause? {
    let now = time.now()
    return state.withLock { $0.due(now: now, limits) }
  }

  fileprivate func beginRequest() -> Bool { state.withLock { $0.beginRequest(now: time.now()) } }

  fileprivate func endRequest() { state.withLock { $0.endRequest(now: time.now()) } }
}

extension Program: RelayTarget {
  package var port: Int { state.withLock { $0.port } }

  package func attach(_ socket: any RelayedSocket) -> Bool { state.withLock { $0.attach(socket, now: time.now()) } }

  package func detach(_ socket: any RelayedSocket) { state.withLock { $0.detach(socket, now: time.now()) } }
}

/// A request that is relayed to a program, which is in use for as long as this is held.
final class ProgramUse: Sendable {
  private let program: Program

  /// - Returns: nil when the program is not there for pages.
  init?(of program: Program) {
    guard program.beginRequest() else { return nil }
    self.program = program
  }

  deinit { program.endRequest() }
}
