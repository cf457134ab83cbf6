package import Hummingbird
package import Logging
import NIOCore
import TangorCore

extension ResponseBody {
  /// The same body, whose failure is told to a log.
  ///
  /// The head has gone out then, with its status; all that can be done for the client is to end the connection without the body's
  /// end, which the server does.
  ///
  /// - Parameter logger: Carries the request's id.
  package func logged(by logger: Logger) -> ResponseBody {
    ResponseBody(contentLength: contentLength) { writer in
      do { try await self.write(writer) } catch {
        if error.isOfConnection {
          logger.debug("The client did not take the whole response", metadata: ["error": "\(error)"])
        } else {
          let cause = (error as? TangorError).map { $0.underlying ?? $0 } ?? error
          logger.error("Response broke off", metadata: ["error": "\(cause)"])
        }
        throw error
      }
    }
  }
}

extension Error {
  /// Whether a writer throws this because its connection has ended, or the server ends.
  fileprivate var isOfConnection: Bool {
    self is ChannelError || self is IOError || self is NIOAsyncWriterError || self is CancellationError
  }
}
