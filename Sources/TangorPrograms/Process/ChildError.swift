/// Why a child process could not be started.
package struct ChildError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of failure it is; short and bounded, fit for a metric's label.
  package enum Code: String, Sendable {
    /// There is no such file, or no such name on the environment's `PATH`.
    case executableNotFound = "executable_not_found"
    /// The file is there, but may not be run, or is none that can be.
    case executableNotRunnable = "executable_not_runnable"
    /// The folder to start in is missing, is no folder, or may not be entered.
    case folderNotUsable = "folder_not_usable"
    /// An argument, a value of the environment or a path that no process can be given.
    case malformedCommand = "malformed_command"
    /// The system has no process, descriptor or memory left.
    case outOfResources = "out_of_resources"
    /// The system refused for another reason.
    case startFailed = "start_failed"
  }

  package let code: Code

  /// A sentence for whoever launched or configured the program.
  package let description: String

  package init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
