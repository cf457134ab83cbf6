import Foundation

/// The settings of the kind `vtkweb`, which is always there: VTK's programs for pages.
public struct VTKWebConfiguration: Sendable, Hashable {
  /// The Python interpreter that has VTK, by its path or its name; nil when no such program can be started. Default none.
  public var vtkpython: String?
  /// The folders that scripts are started from. Default none.
  public var folders: [String] = []
  /// Variables that are added to the server's own environment. Default none.
  public var environment: [String: String] = [:]
  /// How long a script may take to become ready, where a client does not say. Default 30 s.
  public var timeout = Duration.seconds(30)

  /// The defaults.
  public init() {}

  /// The kind's name.
  static let name = "vtkweb"

  /// The kind; nil without an interpreter.
  var kind: ProgramKind? {
    guard let vtkpython else { return nil }
    // A relative path starts from where the server was started; programs start in their scripts' folders. Links stay as they are: by
    // them an environment of Python's knows itself.
    let interpreter = vtkpython.contains("/") ? URL(fileURLWithPath: vtkpython).path : vtkpython
    var kind = ProgramKind(command: [interpreter, "-c", Self.launcher, "{script}", "{arguments}"])
    kind.environment = [
      // What wslink says when it listens, here with the end of a line; without it the log would show it with what comes next.
      "WSLINK_READY_MSG": "wslink: Starting factory\n", "PYTHONUNBUFFERED": "1",
    ].merging(environment) { $1 }
    // No text says that a script is ready: those with a `main` of their own say other things than wslink's, or nothing. Its port does.
    kind.folders = folders
    kind.startTimeout = timeout
    kind.refusedArguments += [
      "--authKey", "--content", "--fs-endpoints", "--nosignalhandlers", "--reverse-url", "--ssl", "--ws-endpoint", "--no-ws-endpoint",
    ]
    return kind
  }

  /// The script that starts the script.
  private static let launcher = String(
    decoding: BundledPython.files().first { $0.path == "vtkweb.py" }?.bytes ?? [], as: UTF8.self)
}
