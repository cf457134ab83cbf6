package import HTTPTypes
package import Hummingbird
package import TangorCore

extension RouterMethods {
  /// Registers what a path answers to each method, and a 405 with `Allow` for every other method.
  ///
  /// `OPTIONS` answers 204 with `Allow` unless it is among the handlers.
  package func methods(
    at path: RouterPath,
    _ handlers: [(method: HTTPRequest.Method, handler: @Sendable (Request, Context) async throws -> Response)]
  ) {
    let allowed = handlers.map(\.method.rawValue)
    for (method, handler) in handlers { on(path, method: method, use: handler) }
    for method in Self.knownMethods where !handlers.contains(where: { $0.method == method }) {
      if method == .options {
        on(path, method: method) { _, _ in
          Response(status: .noContent, headers: [.allow: (allowed + ["OPTIONS"]).joined(separator: ", ")])
        }
      } else {
        on(path, method: method) { request, _ -> Response in
          throw TangorError.methodNotAllowed(request.method, allowed: allowed)
        }
      }
    }
  }

  /// The methods that HTTP and its parser here know and that a path may sensibly be asked with.
  package static var knownMethods: [HTTPRequest.Method] { [.get, .head, .post, .put, .patch, .delete, .options, .trace] }
}

extension TangorError {
  /// The error for a method that a path does not answer to.
  package static func methodNotAllowed(_ method: HTTPRequest.Method, allowed: [String]) -> TangorError {
    TangorError(
      .methodNotAllowed, "\(method.rawValue) is not allowed here; \(allowed.joined(separator: ", ")) may be used.", allowed: allowed)
  }
}
