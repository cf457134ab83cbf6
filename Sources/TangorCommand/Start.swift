import Tangor
import TangorGallery

/// Runs the application until it is stopped.
///
/// - Parameters:
///   - configuration: What to serve, and where; already checked by ``StartCheck``.
///   - withGallery: Whether the gallery is installed in it.
///   - opensBrowser: Whether a browser is opened once the server listens.
func start(_ configuration: TangorConfiguration, withGallery: Bool, opensBrowser: Bool) async throws {
  let app = try TangorApp(configuration)
  if withGallery { try Gallery.install(in: app) }
  try await app.run { port in
    let address = configuration.address(port: port)
    if withGallery {
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
  }
}
