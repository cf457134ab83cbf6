import ArgumentParser
import Tangor
import TangorGallery

/// `tangor demo`.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Show what Tangor does: start the gallery.",
    discussion: """
      Starts a server with the gallery on http://127.0.0.1:8080/, or on the next free port if 8080 is taken and no port was asked \
      for, and prints its address. Ctrl-C stops it.

      Examples:
        tangor demo --open
        tangor demo --port 9000 --log-level debug
      """)

  @OptionGroup var listening: ListeningOptions

  @Option(
    help: ArgumentHelp(
      "Serve Perspective's viewer from this folder, which 'make demo' gets (default: pages load it from cdn.jsdelivr.net).",
      valueName: "folder"))
  var viewer: String?

  @Option(help: ArgumentHelp("The rows of the table of sales.", valueName: "count"))
  var rows = Gallery.salesRows

  func validate() throws {
    guard (0...Self.mostRows).contains(rows) else { throw ValidationError("--rows takes a number from 0 to \(Self.mostRows)") }
  }

  /// A gigabyte or so.
  private static let mostRows = 20_000_000

  func run() async throws {
    try await reportingFailures {
      let loader = listening.loader()
      var configuration = try loader.finish()
      if loader.given["port"] == nil, let port = StartCheck.freePort(on: configuration.host, from: configuration.port) {
        configuration.port = port
      }
      let uploads = try GalleryUploads(in: &configuration)
      defer { uploads?.remove() }
      let scripts = try GalleryScripts(in: &configuration)
      defer { scripts.remove() }
      if let viewer { try ViewerDistribution.serve(viewer, in: &configuration) }
      // A page that wants tables of its own has a place for them.
      if loader.given["perspective.namespaces"] == nil { configuration.perspective.namespaces = true }
      try StartCheck.check(configuration)
      try await start(configuration, gallerySales: rows, opensBrowser: listening.open)
    }
  }
}
