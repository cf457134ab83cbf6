/// How programs of one kind are started, how they say that they are ready, and what of them is relayed to pages.
public struct ProgramKind: Sendable, Hashable {
  /// The program and its arguments. In each of them the placeholders are filled in: `{script}`, `{port}`, `{host}`, `{key}`, `{secret}`,
  /// and `{path}`, the path at which pages reach the program. `{arguments}`, alone in an element, stands for what the client asks for;
  /// without it that comes last.
  public var command: [String]
  /// Variables that are added to the server's own environment; placeholders are filled in. Default none.
  public var environment: [String: String] = [:]
  /// The folders from which scripts are started, where the command has `{script}`. Default none, so that nothing is.
  public var folders: [String] = []
  /// The text on the program's output by which it is ready; empty when it is once its port answers. Default empty.
  public var ready = ""
  /// How long it may take to become ready, where a client does not say. Default 30 s.
  public var startTimeout = Duration.seconds(30)
  /// The program's own paths of WebSockets that are relayed; one that ends in `/*` stands for all below it. The first is also at
  /// `/<key>/ws`, unless it ends so. Default `/ws`.
  public var webSockets = ["/ws"]
  /// Whether plain HTTP is relayed below `/program/<key>/`. Default false.
  public var relaysHTTP = false
  /// Whether the program is asked for the whole path, `/program/<key>/…`, and not for what stands behind the key. Default false.
  public var keepsPath = false
  /// Options that a client may not give, because the server decides about them. Default `--port`, `-p` and `--host`.
  public var refusedArguments = ["--port", "-p", "--host"]

  /// - Parameter command: The program and its arguments.
  public init(command: [String]) { self.command = command }

  /// Whether a script is started by it.
  package var takesScript: Bool { command.contains { $0.contains("{script}") } }

  /// The path of the WebSocket at `/<key>/ws`.
  var mainWebSocket: String? { webSockets.first.flatMap { $0.hasSuffix("/*") ? nil : $0 } }

  /// Whether a WebSocket at a path of the program's is relayed.
  func relaysWebSocket(at path: String) -> Bool {
    webSockets.contains { $0.hasSuffix("/*") ? path.hasPrefix($0.dropLast()) : path == $0 }
  }
}

/// What placeholders in a command stand for.
struct ProgramPlaceholders: Sendable {
  var values: [String: String]

  /// The names that may stand in braces; `arguments` stands alone.
  static let names = ["script", "port", "host", "key", "secret", "path"]

  /// A text with its placeholders filled in. Braces around anything else stay as they are.
  func fill(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      rest = rest[open...]
      guard let close = rest.firstIndex(of: "}"), let value = values[String(rest[rest.index(after: open)..<close])] else {
        result += "{"
        rest = rest.dropFirst()
        continue
      }
      result += value
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  /// A command with its placeholders and a client's arguments.
  func fill(_ command: [String], arguments: [String]) -> [String] {
    let filled = command.flatMap { $0 == "{arguments}" ? arguments : [fill($0)] }
    return command.contains("{arguments}") ? filled : filled + arguments
  }
}
