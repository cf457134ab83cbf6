import Glibc
import Subprocess
import SystemPackage

/// One start of a process, up to its end as the system tells it.
struct ChildLaunch: Sendable {
  let command: ChildCommand
  /// The path of the executable, from the root.
  let executable: String

  // The child's ends of its standard streams. This process's copies are closed with the start, so that the pipes end with the child.
  let input: Descriptor
  let output: Descriptor
  let error: Descriptor

  /// The group that the process leads, or why there is none.
  let group = Once<Result<ProcessGroup, ChildError>>()
  /// How the process ended, and the group that is left to be cleared; set for one that was not started, too.
  let end = Once<(status: ChildEnding, group: ProcessGroup?)>()

  /// Starts the process, waits for its end, and takes its status from the system.
  func run() async {
    var options = PlatformOptions()
    options.createSession = true
    let environment = command.portableEnvironment.map { (Environment.Key(stringLiteral: $0), $1) }
    defer { closeStreams() }
    var begun: ProcessGroup?
    do {
      // Nobody else closes the descriptors, so they are open until the body runs or the call fails.
      guard let input = input.whileOpen({ $0 }), let output = output.whileOpen({ $0 }), let error = error.whileOpen({ $0 }) else {
        throw Errno.badFileDescriptor
      }
      let result = try await Subprocess.run(
        .path(FilePath(Leash.shell)), arguments: Arguments(["-c", Leash.script, "sh", executable] + command.arguments),
        environment: .custom(Dictionary(uniqueKeysWithValues: environment)), workingDirectory: command.folder.map { FilePath($0) },
        platformOptions: options,
        input: .fileDescriptor(FileDescriptor(rawValue: input), closeAfterSpawningProcess: false),
        output: .fileDescriptor(FileDescriptor(rawValue: output), closeAfterSpawningProcess: false),
        error: .fileDescriptor(FileDescriptor(rawValue: error), closeAfterSpawningProcess: false)
      ) { execution in
        begun = ProcessGroup(execution.processIdentifier.value)
        began(execution.processIdentifier)
      }
      switch result.terminationStatus {
      case .exited(let number): end.set((.exited(number), begun))
      case .signaled(let number): end.set((.signaled(number), begun))
      }
    } catch {
      group.set(.failure(ChildError(starting: command.executable, error)))
      // Whether and how a process ended that had begun is not known then. The leash is released now, which kills what there is.
      end.set((.signaled(SIGKILL), begun))
    }
  }

  /// Tells of a process that has begun.
  private func began(_ identifier: ProcessIdentifier) {
    let group = ProcessGroup(identifier.value)
    // The end of a process is heard of through a descriptor. A system without such has another way; but where there was none left, the end
    // would never be heard of, so the process is given up. Its leash is released and it is waited for, while the call that began it stays
    // suspended for good.
    guard identifier.processDescriptor >= 0 || output.leavesRoom(for: 1) else {
      closeStreams()
      end.set((.signaled(SIGKILL), group))
      self.group.set(.failure(ChildError(.outOfResources, "No file could be opened when \(command.executable) was started.")))
      return
    }
    closeStreams()
    self.group.set(.success(group))
  }

  private func closeStreams() {
    input.close()
    output.close()
    error.close()
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
