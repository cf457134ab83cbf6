import TangorPrograms
import TangorServing

extension ConfigurationType<String> {
  /// A program by its name, which is looked up as a shell does, or by its path.
  static let program = ConfigurationType(
    wanted: "a program's name or path", label: "program", shape: .scalar,
    read: { node, reading in
      guard case .scalar(let text, _) = node.content, text.contains("/") else { return name.read(node, &reading) }
      return path.read(node, &reading)
    },
    write: { .scalar($0, .quoted) })
}

extension ConfigurationType<String> {
  /// The path of a program's WebSocket, perhaps with all below it.
  fileprivate static let webSocketPath = string.restricted(
    to: "a path of URLs such as '/ws', or '/api/*' for all below it", label: "URL path"
  ) {
    text in
    guard text.hasSuffix("/*") else { return text.asURLPath.flatMap { $0.isEmpty ? nil : $0 } }
    return text.dropLast().asURLPath.map { $0 + "/*" }
  }
}

extension ConfigurationType<TrustedProxies> {
  /// Addresses and networks.
  static let proxies: Self = {
    let wanted = "a list of addresses such as 127.0.0.1 and networks such as 10.0.0.0/8"
    let list = ConfigurationType<[String]>.list(.name)
    return Self(
      wanted: wanted, label: "list: address or network", shape: .list,
      read: { node, reading in
        guard let addresses = list.read(node, &reading) else { return nil }
        guard let proxies = TrustedProxies(addresses) else {
          reading.refuse(node, wanted: wanted)
          return nil
        }
        return proxies
      },
      write: { list.write($0.addresses) })
  }()
}

extension ConfigurationType<ProgramKind> {
  /// The keys of a kind; docs/programs.md has them.
  static let programKindSchema = ConfigurationSchema<ProgramKind>([
    Key("command", \.command, .list(.string), "The program and its arguments, with placeholders such as {port} in braces."),
    Key("environment", \.environment, .map(.string), "Variables that are added to the server's own environment."),
    Key("folders", \.folders, .list(.path), "The folders from which scripts are started."),
    Key("ready", \.ready, .string, "The text on its output by which it is ready; empty when it is once its port answers."),
    Key(
      "start_timeout", \.startTimeout, .duration(in: .milliseconds(100) ... .seconds(3_600)), "How long it may take to become ready."),
    Key("websockets", \.webSockets, .list(.webSocketPath), "The paths of its WebSockets that are relayed."),
    Key("http", \.relaysHTTP, .boolean, "Whether plain HTTP is relayed below /program/<key>/."),
    Key("keep_path", \.keepsPath, .boolean, "Whether it is asked for the whole path, that of /program/<key>/ included."),
    Key("refused_arguments", \.refusedArguments, .list(.name), "Options that a client may not give."),
  ])

  /// A kind of programs.
  static let programKind: Self = {
    let record = ConfigurationType.record(programKindSchema, ProgramKind(command: []))
    return Self(
      wanted: record.wanted, label: record.label, shape: .map,
      read: { node, reading in
        guard let kind = record.read(node, &reading) else { return nil }
        let problem: String? =
          if reading.key == "programs.vtkweb" {
            "is the kind of the section 'vtkweb'; choose another name"
          } else if kind.command.first?.isEmpty ?? true {
            "needs a key 'command', a list of the program and its arguments"
          } else if kind.takesScript, kind.folders.isEmpty {
            "starts scripts, so it needs a key 'folders' that says where they lie"
          } else if kind.webSockets.isEmpty, !kind.relaysHTTP {
            "relays nothing; it needs 'websockets' or 'http'"
          } else {
            nil
          }
        if let problem {
          reading.note("'\(reading.key)' \(problem)", at: node.place)
          return nil
        }
        return kind
      },
      write: record.write)
  }()

  private typealias Key = ConfigurationKey<ProgramKind>
}
