import NIOCore
import Synchronization
public import TangorCore
import TangorServing

/// One attempt to start a program's process and to see it become ready.
struct ProgramStart {
  enum Outcome: Sendable {
    case ready
    case failed(returnCode: Int32)
    case timedOut
  }

  let program: Program
  let port: Int
  let eventLoop: any EventLoop
  let time: TimeSource

  /// How often a port is asked whether it answers.
  private static let probeInterval = Duration.milliseconds(25)

  /// Starts it, and waits.
  ///
  /// - Parameters:
  ///   - command: What is started.
  ///   - deadline: Until when it has to be ready.
  ///   - onEnd: Called when the process has ended, whenever that is.
  /// - Throws: `program_failed` when there is nothing to start, `CancellationError` when the task is cancelled; the process may run then.
  func run(_ command: ChildCommand, until deadline: Duration, onEnd: @escaping @Sendable () -> Void) async throws -> Outcome {
    let (outcomes, outcome) = AsyncStream.makeStream(of: Outcome.self)
    let (signs, sign) = AsyncStream.makeStream(of: Void.self)
    let watch = Mutex(ReadySign(program.settings.ready))
    let child: ChildProcess
    do {
      child = try await ChildProcess.start(command, on: eventLoop) { [program] stream, bytes in
        program.log.append(bytes, from: stream)
        if watch.withLock({ $0.look(at: bytes.readableBytesView, of: stream) }) { sign.finish() }
      }
    } catch {
      throw TangorError(.programFailed, error.publicSentence, underlying: error)
    }
    program.started(child)
    // Ends with the process, which ends with the program at the latest.
    Task { [program] in
      let ending = await child.waitForEnd()
      program.processEnded(ending)
      onEnd()
      outcome.yield(.failed(returnCode: ending.returnCode))
    }
    let group = ProcessGroup(child.processIdentifier)
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
      defer { tasks.cancelAll() }
      tasks.addTask { [time] in
        try await time.sleep(deadline)
        outcome.yield(.timedOut)
      }
      tasks.addTask { [time, port, eventLoop, program] in
        let saysSo = !program.settings.ready.isEmpty
        if saysSo { for await _ in signs {} }
        // What says that it is ready may be about to listen only. What says nothing is not taken for another that has its port.
        while !(await PortProbe.answers(port: port, on: eventLoop) && (saysSo || PortListener.isHeld(port, by: group) ?? true)) {
          try await time.sleep(time.now() + Self.probeInterval)
        }
        outcome.yield(.ready)
      }
      for await outcome in outcomes { return outcome }
      throw CancellationError()
    }
  }
}

extension ChildError {
  /// What a client may read about it; paths of the machine are for the log.
  fileprivate var publicSentence: String {
    switch code {
    case .executableNotFound: "The program that the configuration names for this kind is not there; the server's log has its path."
    case .executableNotRunnable: "The program that the configuration names for this kind cannot be run; the server's log has its path."
    case .folderNotUsable: "The script's folder cannot be entered."
    case .malformedCommand: "The arguments cannot be given to a program: they are too long, or hold a null character."
    case .outOfResources: "The system has no room for another process; try again later."
    case .startFailed: "The system refused to start the program; the server's log says why."
    }
  }
}

/// A program that did not become ready.
public struct ProgramStartError: Error, Sendable {
  /// The error as other doors tell it; its detail has the last lines of the program's output.
  public let error: TangorError
  /// What it had printed, as far as it is kept, in lines.
  public let standardOutput: [String]
  /// What it had printed as errors, in lines.
  public let standardError: [String]
  /// How it ended; nil when it did not in its time to start.
  public let returnCode: Int32?

  init(_ program: Program, returnCode: Int32) {
    let how = returnCode < 0 ? "was ended by signal \(-returnCode)" : "ended with status \(returnCode)"
    self.init(program, .programFailed, "The program \(how) before it was ready.", returnCode: returnCode)
  }

  init(_ program: Program, timeout: Duration) {
    self.init(
      program, .programTimeout, "The program was not ready within \(timeout.unitDescription), and was ended.", returnCode: nil)
  }

  private init(_ program: Program, _ code: ErrorCode, _ sentence: String, returnCode: Int32?) {
    let report = program.log.drain()
    standardOutput = report.standardOutput
    standardError = report.standardError
    self.returnCode = returnCode
    // Errors say more than what was printed besides.
    let lines = (standardError.isEmpty ? standardOutput : standardError).suffix(Self.shownLines)
    let text = lines.joined().suffix(Self.shownCharacters).split(whereSeparator: \.isNewline).joined(separator: "\n")
    error = TangorError(code, text.isEmpty ? "\(sentence) It printed nothing." : "\(sentence) Its last lines: \(text)")
  }

  private static let shownLines = 10
  private static let shownCharacters = 2_000
}

extension ProgramStartError: CustomStringConvertible {
  public var description: String { error.description }
}
