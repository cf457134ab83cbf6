import ArgumentParser
import Tangor

/// The options of every command that starts a server.
struct ListeningOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Read the settings from a YAML file; without it, from the file that TANGOR_CONFIG names.", valueName: "file"))
  var config: String?

  @Option(
    help: ArgumentHelp(
      "The address to listen on: 127.0.0.1 is this machine alone (the default), 0.0.0.0 every IPv4 address.", valueName: "address"))
  var host: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("The port to listen on (default: 8080); 0 takes a free one.", valueName: "port"))
  var port: String?

  @Option(help: ArgumentHelp("The path below which everything is served, such as /app.", valueName: "path"))
  var basePath: String?

  @Option(
    help: ArgumentHelp("The Python interpreter that has VTK, for the programs that /vtkweb launches.", valueName: "program"))
  var vtkpython: String?

  @Option(
    help: ArgumentHelp(
      "The least severe messages to log: trace, debug, info (the default), notice, warning, error or critical.", valueName: "level"))
  var logLevel: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set any key of the configuration, as in --set streams.lease=30s; may be given several times.", valueName: "key=value"))
  var assignments: [String] = []

  @Flag(help: "Open the address in a browser once the server listens.")
  var open = false

  func validate() throws {
    for assignment in assignments where ConfigurationSetting(assignment: assignment) == nil {
      throw ValidationError("--set takes key=value, as in --set streams.lease=30s, not '\(assignment)'")
    }
  }

  /// What the options set, over the file and the environment.
  var settings: [ConfigurationSetting] {
    var settings: [ConfigurationSetting] = []
    if let host { settings.append(ConfigurationSetting("host", host, flag: "--host")) }
    if let port { settings.append(ConfigurationSetting("port", port, flag: "--port")) }
    if let basePath { settings.append(ConfigurationSetting("base_path", basePath, flag: "--base-path")) }
    if let vtkpython { settings.append(ConfigurationSetting("vtkweb.vtkpython", vtkpython, flag: "--vtkpython")) }
    if let logLevel { settings.append(ConfigurationSetting("log.level", logLevel, flag: "--log-level")) }
    return settings + assignments.compactMap { ConfigurationSetting(assignment: $0) }
  }

  /// Reads all sources.
  ///
  /// - Parameter further: What the command sets beside these options.
  func loader(_ further: [ConfigurationSetting] = []) -> ConfigurationLoader {
    let environment = currentEnvironment()
    var loader = ConfigurationLoader()
    if let file = config ?? environment[ConfigurationLoader.fileVariable].flatMap({ $0.isEmpty ? nil : $0 }) {
      loader.read(file: file)
    }
    loader.read(environment: environment)
    loader.read(settings: settings + further)
    return loader
  }
}
