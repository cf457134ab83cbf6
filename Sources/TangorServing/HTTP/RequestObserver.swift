import HTTPTypes
package import Hummingbird
import Logging
import NIOCore
import TangorCore

/// The outermost middleware: gives each request its id, logs and counts it, and turns errors into problems.
package struct RequestObserver<Context: ChannelRequestContext>: RouterMiddleware {
  private let metrics = RequestMetrics()

  package init() {}

  package func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    var context = context
    if let given = request.headers[.requestID], given.isRequestID {
      context.logger[metadataKey: "hb.request.id"] = .string(given)
    }
    let id = context.id
    var response: Response
    do {
      response = try await next(request, context)
    } catch {
      response = Self.response(to: error, request, context, id)
    }
    response.headers[.requestID] = id
    // What is written piece by piece may fail behind its head. Whole answers keep their short way out, and a switch of protocols
    // ends its request by throwing.
    if response.body.contentLength == nil, response.status.code >= 200 { response.body = response.body.logged(by: context.logger) }
    let duration = start.duration(to: .now)
    metrics.record(status: response.status.code, duration: duration)
    if context.logger.logLevel <= .info {
      context.logger.info(
        "\(request.method.rawValue) \(request.uri.path) \(response.status.code)",
        metadata: ["ms": "\(duration.roundedMilliseconds)", "client": "\(context.client.address)"])
    }
    return response
  }

  private static func response(to error: any Error, _ request: Request, _ context: Context, _ id: String) -> Response {
    let problem = problem(for: error, request)
    if problem.code.status >= 500, problem.code != .shuttingDown {
      context.logger.error("Request failed", metadata: ["error": "\(problem.underlying ?? problem)"])
    }
    return Problem(problem, requestID: id).response(accept: request.headers[.accept])
  }

  private static func problem(for error: any Error, _ request: Request) -> TangorError {
    switch error {
    case let error as TangorError: return error
    case is CancellationError: return TangorError(.shuttingDown, retryAfter: .seconds(1))
    case is NIOTooManyBytesError: return TangorError(.payloadTooLarge)
    case let error as HTTPError:
      switch error.status.code {
      case 404: return TangorError(.notFound, "Nothing stands at \(request.uri.path.prefix(200)).")
      case 413: return TangorError(.payloadTooLarge)
      case 400..<500: return TangorError(.invalidRequest, error.body ?? "The request is not valid.")
      default: return TangorError(.internalError, "The server failed.", underlying: error)
      }
    default: return TangorError(.internalError, "The server failed; its log tells more under the request id.", underlying: error)
    }
  }
}

extension HTTPField.Name {
  // A literal that is a valid field name.
  package static let requestID = HTTPField.Name("X-Request-Id")!
}

extension String {
  /// Whether a client's own request id may be taken over: 1 to 64 letters, digits, `-`, `_` and `.`.
  fileprivate var isRequestID: Bool {
    (1...64).contains(utf8.count)
      && utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}
