import Glibc
package import NIOCore
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
  private let ending: Once<ChildEnding>

  /// How long to wait for output after the end of everything that should hold the pipes.
  private static let outputLimit = Duration.milliseconds(750)

  /// Descriptors that must be free for a start. It takes one of them itself; the rest is for what else happens meanwhile.
  private static let spareDescriptors = 16

  private init(processIdentifier: Int32, leash: Leash, ending: Once<ChildEnding>) {
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
    guard input.reading.leavesRoom(for: spareDescriptors) else {
      throw ChildError(
        .outOfResources, "Too many files are open to start \(command.executable). Raise the limit of open files (ulimit -n).")
    }
    let printed: ChildOutput
    do {
      printed = try await ChildOutput(
        standardOutput: standardOutput.reading, standardError: standardError.reading, on: eventLoop, sink: output)
    } catch {
      throw ChildError(.startFailed, "The output of \(command.executable) cannot be read: \(error).")
    }
    let launch = ChildLaunch(
      command: command, executable: executable, input: input.reading, output: standardOutput.writing, error: standardError.writing)
    let leash = Leash(input.writing)
    let ending = Once<ChildEnding>()
    Task { await launch.run() }
    Task {
      let (status, group) = await launch.end.value
      leash.release()
      await group?.vanish()
      await printed.finish(within: outputLimit)
      ending.set(status)
    }
    switch await launch.group.value {
    case .success(let group): return ChildProcess(processIdentifier: group.identifier, leash: leash, ending: ending)
    case .failure(let error):
      _ = await ending.value
      throw error
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
