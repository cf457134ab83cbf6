import ArgumentParser
import Tangor

/// `tangor config` and what stands below it.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Check or print the configuration.",
    discussion: """
      Examples:
        tangor config check tangor.yaml
        tangor config print > tangor.yaml
        tangor config print --config tangor.yaml
      """,
    subcommands: [Check.self, Print.self, Reference.self])

  /// `tangor config check FILE`.
  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Check a configuration file.",
      discussion: """
        Prints 'FILE: ok', or everything that is wrong with the file, with its line and column, and exits with status 1. \
        Environment variables are left aside.
        """)

    @Argument(help: ArgumentHelp("The file to check.", valueName: "file"))
    var file: String

    func run() async throws {
      try await reportingFailures {
        var loader = ConfigurationLoader()
        loader.read(file: file)
        _ = try loader.finish()
        print("\(file): ok")
      }
    }
  }

  /// `tangor config print`.
  struct Print: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "print",
      abstract: "Print the configuration with every key, what it does and its value.",
      discussion: """
        The values are the defaults, overridden by the file given with --config and by TANGOR_ variables. The output is a valid \
        configuration file that gives the same values; its paths are absolute, so that it may be kept anywhere.
        """)

    @Option(
      name: .shortAndLong,
      help: ArgumentHelp("The file whose values to print; without it, the file that TANGOR_CONFIG names.", valueName: "file"))
    var config: String?

    func run() async throws {
      try await reportingFailures {
        let environment = currentEnvironment()
        var loader = ConfigurationLoader()
        if let file = config ?? environment[ConfigurationLoader.fileVariable].flatMap({ $0.isEmpty ? nil : $0 }) {
          loader.read(file: file)
        }
        loader.read(environment: environment)
        let configuration = try loader.finish().withPaths(from: currentFolder())
        print(ConfigurationPrinter.text(of: configuration), terminator: "")
      }
    }
  }

  /// `tangor config reference`, from which docs/configuration.md is made.
  struct Reference: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "reference", abstract: "Print the table of all keys in Markdown.", shouldDisplay: false)

    func run() { print(ConfigurationReference.markdown(), terminator: "") }
  }
}
