import Glibc
package import NIOCore
import Subprocess
import SystemPackage
package import TangorCore

/// A process that this one started, with all that it starts itself.
///
/// It runs in a session and a group of its own, with an empty standard input and no descriptors but its standard ones. Nothing of the group
/// outlives the process that began it, or this process, however that ends; see ``Leash``. What leaves the group by making one of its own is
/// out of reach, as everywhere.
///
/// A child that nobody holds any more is killed.
package final class ChildProcess: Sendable {
  /// The number of the process, and of its session and group.
  package let processIdentifier: Int32

  private let leash: Leash
  private let ending: Task<ChildEnding, Never>

  /// How long to wait for output after the end of everything that should hold the pipes.
  private static let outputLimit = TimeAmount.milliseconds(750)

  private init(processIdentifier: Int32, leash: Leash, ending: Task<ChildEnding, Never>) {
    self.processIdentifier = processIdentifier
    self.leash = leash
    self.ending = ending
  }

  deinit { leash.release() }

  /// Starts a process.
  ///
  /// - Parameters:
  ///   - command: What to run.
  ///   - eventLoop: Where its output is read.
  ///   - output: What gets all that it prints, in the order of each stream, on the event loop. It is to be quick. A program that prints more than
  ///     20 MiB in a second is slowed down.
  /// - Throws: Why it could not be started; nothing is left of it then.
  package static func start(
    _ command: ChildCommand, on eventLoop: any EventLoop, output: @escaping @Sendable (OutputStream, ByteBuffer) -> Void
  ) async throws(ChildError) -> ChildProcess {
    let executable = try command.check()
    let input = try Descriptor.pipe()
    let standardOutput = try Descriptor.pipe()
    let standardError = try Descriptor.pipe()
    let theirs = StandardStreams(input: input.reading, output: standardOutput.writing, error: standardError.writing)
    let leash = Leash(input.writing)
    let launch = eventLoop.makePromise(of: Int32.self)
    let printed: ChildOutput
    do {
      printed = try await ChildOutput(
        standardOutput: standardOutput.reading, standardError: standardError.reading, on: eventLoop, sink: output)
    } catch {
      launch.fail(error)
      throw ChildError(.startFailed, "The output of \(command.executable) cannot be read: \(error).")
    }
    let ending = Task {
      let ending = await run(command, executable, theirs, launch)
      leash.release()
      if let group = ending.group { await group.vanish() }
      await printed.finish(within: outputLimit)
      return ending.ending
    }
    do {
      let processIdentifier = try await launch.futureResult.get()
      return ChildProcess(processIdentifier: processIdentifier, leash: leash, ending: ending)
    } catch {
      _ = await ending.value
      throw ChildError(starting: command.executable, error)
    }
  }

  /// Waits for the end of the process, and for what is left of its group to be gone.
  ///
  /// Everything that the group printed was handed on when it returns, unless a process that left the group holds its streams; that delays it by
  /// less than a second. It does not look at cancellation, and may be called by several tasks.
  package func waitForEnd() async -> ChildEnding { await ending.value }

  /// Ends the process and its group: asks all of them to terminate, and kills those that are left after a time or when the process itself has
  /// ended. When it returns, nothing of the group is left.
  ///
  /// - Parameter grace: How long the process may take to end by itself.
  @discardableResult package func terminate(grace: Duration) async -> ChildEnding {
    signal(SIGTERM)
    // One that was stopped would not see the first signal before it is killed.
    signal(SIGCONT)
    let limit = Task {
      try await Task.sleep(for: grace)
      signal(SIGKILL)
    }
    defer { limit.cancel() }
    return await ending.value
  }

  /// Sends a signal to the whole group, unless the process has ended.
  package func signal(_ number: Int32) { leash.signal(number, to: ProcessGroup(processIdentifier)) }

  /// The memory that the group has in the machine; nil after its end, or where the system does not tell.
  ///
  /// It looks at every process of the machine, which takes some milliseconds: call it on no event loop.
  package var memory: ByteSize? { ProcessGroup(processIdentifier).memory }
}

/// The child's ends of its standard streams.
private struct StandardStreams: Sendable {
  var input: Descriptor
  var output: Descriptor
  var error: Descriptor

  /// Closes this process's copies, so that the pipes end with the child.
  func close() {
    input.close()
    output.close()
    error.close()
  }
}

extension ChildProcess {
  /// Starts the process, waits for its end, and takes its status from the system.
  ///
  /// - Parameter launch: Is told the number of the process, or why there is none.
  /// - Returns: How it ended; `group` is nil when it was not started.
  private static func run(
    _ command: ChildCommand, _ executable: String, _ streams: StandardStreams, _ launch: EventLoopPromise<Int32>
  ) async -> (ending: ChildEnding, group: ProcessGroup?) {
    var options = PlatformOptions()
    options.createSession = true
    let environment = command.portableEnvironment.map { (Environment.Key(stringLiteral: $0), $1) }
    var group: ProcessGroup?
    defer { streams.close() }
    do {
      // The descriptors stay open until the body runs or the call fails, since only this task closes them.
      guard let input = streams.input.whileOpen({ $0 }), let output = streams.output.whileOpen({ $0 }),
        let error = streams.error.whileOpen({ $0 })
      else { throw Errno.badFileDescriptor }
      let result = try await Subprocess.run(
        .path(FilePath(Leash.shell)), arguments: Arguments(["-c", Leash.script, "sh", executable] + command.arguments),
        environment: .custom(Dictionary(uniqueKeysWithValues: environment)), workingDirectory: command.folder.map { FilePath($0) },
        platformOptions: options,
        input: .fileDescriptor(FileDescriptor(rawValue: input), closeAfterSpawningProcess: false),
        output: .fileDescriptor(FileDescriptor(rawValue: output), closeAfterSpawningProcess: false),
        error: .fileDescriptor(FileDescriptor(rawValue: error), closeAfterSpawningProcess: false)
      ) { execution in
        streams.close()
        group = ProcessGroup(execution.processIdentifier.value)
        launch.succeed(execution.processIdentifier.value)
      }
      switch result.terminationStatus {
      case .exited(let status): return (.exited(status), group)
      case .signaled(let signal): return (.signaled(signal), group)
      }
    } catch {
      if group == nil { launch.fail(error) }
      // The system does not tell how the process ended, or whether. The leash is released now, which kills what there is.
      return (.signaled(SIGKILL), group)
    }
  }
}

extension ChildError {
  /// What the system said when it was to start a process.
  fileprivate init(starting name: String, _ error: any Error) {
    let number = (error as? SubprocessError)?.underlyingError ?? error as? Errno
    switch number {
    case .resourceTemporarilyUnavailable?, .noMemory?, .tooManyOpenFiles?, .tooManyOpenFilesInSystem?:
      self.init(.outOfResources, "The system has no room for another process (\(name)): \(error).")
    case .argListTooLong?:
      self.init(.malformedCommand, "The arguments or the environment of \(name) are too long for the system.")
    default:
      self.init(.startFailed, "\(name) could not be started: \(error).")
    }
  }
}
