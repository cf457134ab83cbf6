import ArgumentParser
import Tangor

/// The program `tangor`.
@main
struct TangorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tangor",
    abstract: "A server for live data applications.",
    discussion: """
      Tangor serves a folder of web pages, and lets the pages reach what lives on the server: streams of values, services and \
      more, over plain HTTP and over one WebSocket.

      To see what it does:
        tangor demo

      To serve the current folder on http://127.0.0.1:8080/:
        tangor serve

      To begin a configuration file with every key explained:
        tangor config print > tangor.yaml

      A command that fails says why on standard error and exits with status 1; one that was written wrongly, with status 64.
      """,
    version: tangorVersion,
    subcommands: [ServeCommand.self, DemoCommand.self, ConfigCommand.self, TypesCommand.self, VersionCommand.self])
}

/// `tangor version`.
struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

  func run() { print(tangorVersion) }
}
