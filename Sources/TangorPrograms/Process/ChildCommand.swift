import Glibc

/// What a child process is to run.
package struct ChildCommand: Sendable, Equatable {
  /// The path of the executable from the root, or its name, which is looked up on the `PATH` of ``environment``.
  package var executable: String

  /// What it is given, without its own name.
  package var arguments: [String]

  /// All of its environment; nothing of this process's own is added but `PWD`.
  ///
  /// Names that are not made of ASCII letters, digits and underscores, or that begin with a digit, are left out: the shell that stands between
  /// drops them anyway.
  package var environment: [String: String]

  /// The folder that it starts in; nil for this process's own.
  package var folder: String?

  package init(executable: String, arguments: [String] = [], environment: [String: String] = [:], folder: String? = nil) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.folder = folder
  }

  /// The directories that are searched where the environment has no `PATH`.
  private static let usualFolders = "/usr/local/bin:/usr/bin:/bin"

  /// Finds the executable and checks everything that can be checked beforehand, so that mistakes are told in a sentence and not by a shell.
  ///
  /// - Returns: The path of the executable, from the root.
  /// - Throws: What is wrong with the command.
  func check() throws(ChildError) -> String {
    for text in arguments where text.utf8.contains(0) {
      throw ChildError(.malformedCommand, "An argument of \(executable) holds a NUL character.")
    }
    for (name, value) in environment where value.utf8.contains(0) {
      throw ChildError(.malformedCommand, "The environment variable \(name) holds a NUL character.")
    }
    if let folder { try Self.check(folder: folder) }
    return try path()
  }

  /// The environment without names that a shell would drop.
  var portableEnvironment: [String: String] {
    environment.filter { name, _ in
      guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
      return name.utf8.allSatisfy { $0 == UInt8(ascii: "_") || isalnum(Int32($0)) != 0 && $0 < 128 }
    }
  }

  private func path() throws(ChildError) -> String {
    guard !executable.isEmpty, !executable.utf8.contains(0) else {
      throw ChildError(.malformedCommand, "The command names no executable.")
    }
    if executable.hasPrefix("/") {
      try Self.check(executable: executable)
      return executable
    }
    guard !executable.contains("/") else {
      throw ChildError(
        .malformedCommand, "\(executable) is a relative path. Write the path from the root, or a name alone to have it looked up.")
    }
    let searched = environment["PATH"] ?? Self.usualFolders
    var refusal: ChildError?
    for folder in searched.split(separator: ":") where folder.hasPrefix("/") {
      let candidate = "\(folder)/\(executable)"
      do throws(ChildError) {
        try Self.check(executable: candidate)
        return candidate
      } catch {
        if error.code == .executableNotRunnable { refusal = refusal ?? error }
      }
    }
    throw refusal ?? ChildError(.executableNotFound, "\(executable) was found in no folder of PATH (\(searched)).")
  }

  private static func check(executable path: String) throws(ChildError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == EACCES { throw ChildError(.executableNotRunnable, "\(path) stands in a folder that this process may not enter.") }
      throw ChildError(.executableNotFound, "There is no file \(path).")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw ChildError(.executableNotRunnable, "\(path) is not a file.") }
    guard access(path, X_OK) == 0 else {
      throw ChildError(.executableNotRunnable, "This process may not run \(path). Is it marked as executable?")
    }
  }

  private static func check(folder path: String) throws(ChildError) {
    guard !path.utf8.contains(0) else { throw ChildError(.malformedCommand, "The path of the folder holds a NUL character.") }
    var status = stat()
    guard stat(path, &status) == 0 else { throw ChildError(.folderNotUsable, "There is no folder \(path) to start in.") }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw ChildError(.folderNotUsable, "\(path) is not a folder.") }
    guard access(path, X_OK) == 0 else { throw ChildError(.folderNotUsable, "This process may not enter the folder \(path).") }
  }
}
