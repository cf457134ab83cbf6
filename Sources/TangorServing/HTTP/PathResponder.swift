public import Hummingbird

/// Something that may answer a request by its path, and says so by returning `nil` when it has nothing there.
///
/// Services and static files share all paths that no fixed route takes; the application asks them in turn.
public protocol PathResponder<Context>: Sendable {
  associatedtype Context: ChannelRequestContext

  /// Answers a request.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - path: The path below the base path, with its leading slash, percent-encoded as it came.
  ///   - context: The request's context.
  /// - Returns: The answer, or `nil` when nothing stands at this path.
  /// - Throws: The error to answer with, when something stands there and cannot be given.
  func respond(to request: Request, at path: Substring, context: Context) async throws -> Response?
}
