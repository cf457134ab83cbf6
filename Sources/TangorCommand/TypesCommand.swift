import ArgumentParser
import Foundation
import TangorJSON
import TangorObjects

/// `tangor types`.
struct TypesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "types",
    abstract: "Print the TypeScript declaration of an exposed object.",
    discussion: """
      Asks a running server what the object is. For a page's script:
        tangor types sample > sample.d.ts
        import type { Sample } from "./sample";
        const sample = await tangor.object<Sample>("sample");
      """)

  @Argument(help: ArgumentHelp("The name of the object.", valueName: "object"))
  var object: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The server's base address.", valueName: "address"))
  var server = "http://127.0.0.1:8080"

  @Option(
    name: .customLong("import"), help: ArgumentHelp("From where the script imports the client's declarations.", valueName: "module"))
  var module = "./tangor/tangor.js"

  func validate() throws {
    guard let address = URL(string: server), ["http", "https"].contains(address.scheme?.lowercased()), address.host?.isEmpty == false else {
      throw ValidationError("--server takes the address of a server, as http://127.0.0.1:8080, not '\(server)'")
    }
  }

  func run() async throws {
    try await reportingFailures {
      guard let address = URL(string: server) else { throw ExitCode.validationFailure }
      let remote = RemoteCall(server: address)
      let description: JSONValue
      do {
        description = try await remote.result(of: "object.describe", ["path": .string(object)])
      } catch let failure as RemoteCall.Failure where failure.code == "object_not_found" {
        let names = try await remote.result(of: "object.list", [:]).array?.compactMap(\.string) ?? []
        let there = names.isEmpty ? "it exposes none" : "it has \(names.joined(separator: ", "))"
        throw RemoteCall.Failure(description: "\(server) has no object '\(object)'; \(there).", code: failure.code)
      }
      print(try TypeScriptDeclaration(describing: description, importing: module).text, terminator: "")
    }
  }
}
