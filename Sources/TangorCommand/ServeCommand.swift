import ArgumentParser
import Tangor

/// `tangor serve`.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a folder.",
    discussion: """
      Serves the files of a folder until Ctrl-C: the current one where neither a folder nor static.folders is named. Dot-files, configuration files and whatever \
      leaves the folder are never served.

      Settings come from the file given with --config, then from environment variables such as TANGOR_PORT, then from these \
      options; each overrides the ones before.

      Examples:
        tangor serve
        tangor serve site --port 9000 --list-dir
        tangor serve --config tangor.yaml --set streams.lease=5m --set log.format=json
      """)

  @Argument(
    help: ArgumentHelp(
      "The folder to serve (default: the configured one, else the current folder unless static.folders is set).", valueName: "root"))
  var folder: String?

  @Option(help: ArgumentHelp("The folder to serve; the same as naming it alone.", valueName: "root"))
  var root: String?

  @Flag(inversion: .prefixedNo, exclusivity: .exclusive, help: "Show what is in a directory that has no index.html (default: no).")
  var listDir: Bool?

  @OptionGroup var listening: ListeningOptions

  func validate() throws {
    if folder != nil, root != nil { throw ValidationError("the folder is given twice, alone and with --root; name it once") }
  }

  func run() async throws {
    try await reportingFailures {
      var further: [ConfigurationSetting] = []
      if let folder { further.append(ConfigurationSetting("root", folder, flag: folder)) }
      if let root { further.append(ConfigurationSetting("root", root, flag: "--root")) }
      if let listDir {
        further.append(ConfigurationSetting("static.listings", String(listDir), flag: listDir ? "--list-dir" : "--no-list-dir"))
      }
      let loader = listening.loader(further)
      var configuration = try loader.finish()
      // Who names folders for paths of their own means those, and not all that lies beside them.
      if loader.given["root"] == nil, configuration.site.folders.isEmpty { configuration.serve(folder: ".") }
      try StartCheck.check(configuration)
      try await start(configuration, opensBrowser: listening.open)
    }
  }
}
