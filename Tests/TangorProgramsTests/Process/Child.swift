import NIOCore
import NIOPosix
import TangorCore

@testable import TangorPrograms

/// A child of a test, with a log of what it printed.
struct Child {
  let process: ChildProcess
  let log: ProgramLog

  /// The environment of the tests' children.
  static let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin"]

  /// Starts a program.
  static func start(_ command: ChildCommand) async throws -> Child {
    let log = ProgramLog(maximumLines: 100_000, maximumSize: .mebibytes(64))
    let process = try await ChildProcess.start(command, on: MultiThreadedEventLoopGroup.singleton.any()) { log.append($1, from: $0) }
    return Child(process: process, log: log)
  }

  /// Starts a script of the shell.
  static func start(script: String, _ arguments: String...) async throws -> Child {
    try await start(ChildCommand(executable: "sh", arguments: ["-c", script, "sh"] + arguments, environment: environment))
  }

  /// Waits for lines.
  ///
  /// - Returns: Their texts; fewer when the log ended before.
  func lines(_ count: Int) async -> [String] {
    var found: [String] = []
    for await line in log.lines() {
      found.append(line.text)
      if found.count == count { break }
    }
    return found
  }

  /// Waits for the end.
  ///
  /// - Returns: How it ended, and all that it printed.
  func end() async -> (ending: ChildEnding, standardOutput: [String], standardError: [String]) {
    let ending = await process.waitForEnd()
    log.finish()
    let printed = log.lines().lines
    return (
      ending, printed.filter { $0.stream == .standardOutput }.map(\.text), printed.filter { $0.stream == .standardError }.map(\.text)
    )
  }
}
