import HTTPTypes
package import Hummingbird
import NIOCore
package import TangorCore
import TangorJSON

/// The HTTP endpoints of signals: `/signal/<name>`. The contract stands in `docs/wire.md`.
package struct SignalRoutes<Context: ChannelRequestContext>: Sendable {
  private let registry: SignalRegistry
  private let basePath: String
  private let origins: OriginPolicy

  /// - Parameters:
  ///   - registry: The signals.
  ///   - basePath: The path below which the routes are put.
  ///   - origins: Pages of which other origins may send.
  package init(_ registry: SignalRegistry, basePath: String, origins: OriginPolicy) {
    self.registry = registry
    self.basePath = basePath
    self.origins = origins
  }

  /// The endpoints, to be added to a router below the base path.
  package var endpoints: RouteCollection<Context> {
    let routes = RouteCollection(context: Context.self)
    routes.methods(at: "/signal/**", [(.get, wait), (.post, send)])
    return routes
  }

  private func name(_ request: Request) throws -> SignalName {
    try registry.name(inPath: request.uri.path.dropFirst(basePath.count + "/signal/".count))
  }

  /// The way of requests that cannot be parked on their event loop, among them all of applications with middleware.
  private func wait(_ request: Request, _ context: Context) async throws -> Response {
    let name = try name(request)
    let query = try SignalQuery(request.uri.query ?? "", isWait: true, configuration: registry.configuration)
    let id = try registry.reserve()
    let outcome = await withDisconnectHandler(channel: context.channel, onGone: { registry.cancel(id) }) {
      await registry.wait(id, for: [name], timeout: query.timeout)
    }
    switch outcome {
    case .signal(let message): return json(SignalAnswer.came(message))
    case .timedOut: return Response(status: .noContent, headers: [.cacheControl: "no-store"])
    case .cancelled: throw TangorError(.canceled)
    case .shutDown: throw TangorError.signalsShutDown
    }
  }

  private func send(_ request: Request, _ context: Context) async throws -> Response {
    try origins.check(request)
    let name = try name(request)
    let query = try SignalQuery(request.uri.query ?? "", isWait: false, configuration: registry.configuration)
    // Refused before the body is read.
    try registry.checkClient(name)
    let body = try await request.collectBody(upTo: registry.configuration.maximumValueSize)
    let value = try Self.value(body, type: request.headers[.contentType])
    return json(SignalAnswer.sent(try registry.send(value, to: name, query.recipients, sticky: query.sticky, byClient: true)))
  }

  private static func value(_ body: ByteBuffer, type: String?) throws -> JSONFragment {
    guard body.readableBytes > 0 else { return .null }
    if type?.isJSONMediaType == true {
      do { return try JSONFragment(validating: body.readableBytesView) } catch {
        throw TangorError(.parseError, "The body is not JSON: \(error)")
      }
    }
    guard let text = String(validating: body.readableBytesView, as: UTF8.self) else {
      throw TangorError(.unsupportedMediaType, "A signal carries JSON (Content-Type: application/json) or text in UTF-8.")
    }
    return JSONFragment(text)
  }

  private func json(_ fragment: JSONFragment) -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
      body: .init(byteBuffer: ByteBuffer(bytes: fragment.bytes)))
  }
}
