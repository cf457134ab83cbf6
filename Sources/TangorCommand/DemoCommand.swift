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

  func run() async throws {
    try await reportingFailures {
      let loader = listening.loader()
      var configuration = try loader.finish()
      if loader.given["port"] == nil, let port = StartCheck.freePort(on: configuration.host, from: configuration.port) {
        configuration.port = port
      }
      let uploads = try GalleryUploads(in: &configuration)
      defer { uploads?.remove() }
      try StartCheck.check(configuration)
      try await start(configuration, withGallery: true, opensBrowser: listening.open)
    }
  }
}
