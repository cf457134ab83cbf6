package import TangorCore
import TangorJSON
package import TangorServing

/// The methods `program.*` of the live connection. The contract stands in `docs/wire.md`.
package struct ProgramMethods: Sendable {
  /// Opens a stream of a program's lines for a client, and returns its key.
  package typealias OpenStream = @Sendable (_ lines: ProgramLogLines, _ client: Client) throws -> Key

  private let registry: ProgramRegistry
  private let answer: ProgramAnswer
  private let openStream: OpenStream

  /// - Parameters:
  ///   - registry: The programs.
  ///   - basePath: The path below which the server serves.
  ///   - openStream: Opens a stream of lines.
  package init(_ registry: ProgramRegistry, basePath: String, openStream: @escaping OpenStream) {
    self.registry = registry
    answer = ProgramAnswer(basePath: basePath)
    self.openStream = openStream
  }

  /// The methods.
  package var methods: [LiveMethod] { [launch, list, info, logs, terminate] }

  private static let key = LiveParameter.required("key", .string, "The program's key.")

  private var launch: LiveMethod {
    LiveMethod(
      "program.launch", "Launches a program and waits until it is ready.",
      parameters: [
        .optional("kind", .string, "The kind of program; vtkweb where it is left out."),
        .optional("script", .string, "The script's path within the folders of the kind."),
        .optional("arguments", .any, "What the program is given beside: a list of texts, or a text with blanks between them."),
        .optional("timeout", .any, "How long it may take to become ready: seconds, or a text such as \"20s\"."),
      ],
      result: "key, kind, script, process, port, socket, page, secret, sockets."
    ) { [registry, answer] call in
      let arguments = call.arguments
      do {
        let program = try await registry.launch(
          kind: try arguments.optionalString("kind") ?? VTKWebConfiguration.name, script: try arguments.optionalString("script"),
          arguments: try arguments["arguments"].map(ProgramRequest.arguments) ?? [],
          timeout: try arguments.optionalDuration("timeout", upTo: .seconds(3_600)), client: call.client)
        return answer.launched(program, at: nil)
      } catch let failure as ProgramStartError {
        throw failure.error
      }
    }
  }

  private var list: LiveMethod {
    .immediate("program.list", "Lists the programs that run.", result: "An array of what program.info tells.") { [registry, answer] _ in
      answer.infos(registry.programs)
    }
  }

  private var info: LiveMethod {
    .immediate(
      "program.info", "Tells of a program.", parameters: [Self.key],
      result: "key, kind, script, process, port, returncode once it has ended, socket, page, secret, sockets."
    ) { [registry, answer] call in answer.info(try registry.program(call.arguments.key("key"))) }
  }

  private var logs: LiveMethod {
    .immediate(
      "program.logs", "Tells what a program printed.",
      parameters: [
        Self.key, .optional("after", .integer, "The index of the line behind which to begin."),
        .optional("max", .integer, "The most lines, up to 1,000."),
        .optional("stream", .boolean, "Whether to open a stream of the lines, which goes on until the program ends."),
      ],
      result: "lines, next and finished; or the key of a stream."
    ) { [registry, openStream] call in
      let program = try registry.program(call.arguments.key("key"))
      let after = try call.arguments.optionalInteger("after", in: 0...Int.max - 1) ?? 0
      let maximum = try call.arguments.optionalInteger("max", in: 1...ProgramLog.Page.largest) ?? ProgramLog.Page.largest
      guard call.arguments["stream"]?.bool == true else { return program.log.lines(after: after, max: maximum).json }
      return ProgramAnswer.key(try openStream(program.log.lines(from: after + 1), call.client))
    }
  }

  private var terminate: LiveMethod {
    LiveMethod(
      "program.terminate", "Ends a program and waits until nothing of it is left.", parameters: [Self.key], result: "The program's key."
    ) { [registry] call in
      let key = try call.arguments.key("key")
      try await registry.terminate(key)
      return ProgramAnswer.key(key)
    }
  }
}
