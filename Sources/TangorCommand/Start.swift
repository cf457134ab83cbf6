import Foundation
import Tangor
import TangorGallery

/// Runs the application until it is stopped.
///
/// - Parameters:
///   - configuration: What to serve, and where; already checked by ``StartCheck``.
///   - gallerySales: The rows of the gallery's table of sales; nil for a server without the gallery.
///   - opensBrowser: Whether a browser is opened once the server listens.
func start(_ configuration: TangorConfiguration, gallerySales: Int? = nil, opensBrowser: Bool) async throws {
  let app = try TangorApp(configuration)
  if let gallerySales { try Gallery.install(in: app, salesRows: gallerySales) }
  try await app.run(
    onListening: { port in
      let address = configuration.address(port: port)
      if gallerySales != nil {
        printNow(
          """
          The gallery is at \(address)
          Try in another terminal:
            curl \(address)hello
            curl '\(address)prime-factors?n=60'     # answers a key; then: curl \(address)stream/<key>
            curl '\(address)prime?key=1'            # again and again
          Ctrl-C stops it.
          """)
      } else {
        printNow("Serving \(configuration.site.root ?? "nothing") at \(address) (Ctrl-C stops it)")
      }
      if opensBrowser { BrowserWindow.open(address) }
    }, onShutdown: { leaveBehind(after: configuration.serving.shutdownGrace) })
}

/// Ends the program when work that cannot be cancelled, such as a loop in a service, would keep it from ending.
private func leaveBehind(after grace: Duration) {
  // A thread of its own: the work that does not end may have taken all the others.
  Thread.detachNewThread {
    Thread.sleep(forTimeInterval: TimeInterval(grace.components.seconds) + 3)
    FileHandle.standardError.write(Data("tangor: some work did not end in time and was left behind\n".utf8))
    exit(1)
  }
}
