import Tangor

/// Runs the application until it is stopped.
///
/// - Parameters:
///   - configuration: What to serve, and where; already checked by ``StartCheck``.
///   - withGallery: Whether the gallery is installed in it.
///   - opensBrowser: Whether a browser is opened once the server listens.
func start(_ configuration: TangorConfiguration, withGallery: Bool, opensBrowser: Bool) async throws {
  throw StartError("this build has no application to run")
}
