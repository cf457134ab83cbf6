import HTTPTypes
package import Hummingbird
import NIOCore
import TangorCore
package import TangorServing

/// Relays what is asked for below a program's key: `/<key>/ws`, and `/program/<key>/…`.
package struct ProgramResponder<Context: ChannelRequestContext>: Sendable {
  private let registry: ProgramRegistry
  private let basePath: String
  private let configuration: RelayConfiguration
  private let webSockets: WebSocketRelay

  /// - Parameters:
  ///   - registry: The programs.
  ///   - basePath: The path below which the server serves.
  ///   - webSocket: The settings of the server's WebSockets; its origins and times count for relayed ones too.
  ///   - sockets: Counts the sockets, and closes them when the server goes down.
  ///   - isSecure: Whether the server itself speaks TLS.
  ///   - proxies: Whose word about the client's scheme and host is passed on to programs.
  package init(
    _ registry: ProgramRegistry, basePath: String, webSocket: WebSocketConfiguration, sockets: WebSocketRegistry, isSecure: Bool,
    proxies: TrustedProxies
  ) {
    self.registry = registry
    self.basePath = basePath
    var configuration = RelayConfiguration()
    configuration.maximumMessageSize = registry.configuration.limits.maximumMessageSize
    configuration.origins = webSocket.origins
    configuration.pingInterval = webSocket.pingInterval
    configuration.pingTimeout = webSocket.pingTimeout
    configuration.closeTimeout = webSocket.closeTimeout
    configuration.isSecure = isSecure
    configuration.proxies = proxies
    self.configuration = configuration
    webSockets = WebSocketRelay(configuration: configuration, sockets: sockets)
  }

  /// Answers a request, if it is for a program.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - path: Its path below the base path, as it came.
  /// - Returns: nil when the path belongs to no program.
  /// - Throws: `program_not_found` for keys of none that runs, and what the relays throw.
  package func respond(to request: Request, at path: some StringProtocol, context: Context) async throws -> Response? {
    let segments = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: true)
    guard segments.count == 2 else { return nil }
    if segments[1] == "ws", let key = Key(segments[0]) {
      let program = try running(key)
      guard let target = program.settings.mainWebSocket else { throw TangorError(.notFound, "This program has no WebSocket.") }
      return try await webSockets.response(to: request, channel: context.channel, target: program, path: target + request.query)
    }
    guard segments[0] == "program", registry.configuration.isEnabled else { return nil }
    return try await respondBelow(segments[1], request, context)
  }

  private func respondBelow(_ rest: some StringProtocol, _ request: Request, _ context: Context) async throws -> Response {
    let text = rest.prefix { $0 != "/" }
    guard let key = Key(text) else { throw TangorError.programNotFound(String(text)) }
    let program = try running(key)
    let prefix = "\(basePath)/program/\(key)"
    let path = String(rest.dropFirst(text.count))
    guard !path.isEmpty else {
      return Response(status: .permanentRedirect, headers: [.location: prefix + "/" + request.query])
    }
    let target = (program.settings.keepsPath ? prefix : "") + path + request.query
    if request.headers[.upgrade]?.lowercased() == "websocket" {
      guard program.settings.relaysWebSocket(at: path) else {
        throw TangorError(.notFound, "No WebSocket of this program is relayed at \(path.prefix(200)).")
      }
      return try await webSockets.response(
        to: request, channel: context.channel, target: program, path: target, passesCookies: program.settings.relaysHTTP)
    }
    guard program.settings.relaysHTTP else { throw TangorError(.notFound, "Plain HTTP is not relayed to this program.") }
    return try await relayRequest(request, context, program, path: target, prefix: prefix)
  }

  private func relayRequest(
    _ request: Request, _ context: Context, _ program: Program, path: String, prefix: String
  ) async throws -> Response {
    guard let use = ProgramUse(of: program) else { throw TangorError.programNotFound(program.key.description) }
    var response = try await registry.httpRelay(configuration).response(
      to: request, channel: context.channel, target: program, path: path, prefix: prefix)
    let body = response.body
    // The program is in use until the answer has gone out, or is given up.
    response.body = ResponseBody(contentLength: body.contentLength) { writer in
      try await body.write(writer)
      withExtendedLifetime(use) {}
    }
    return response
  }

  private func running(_ key: Key) throws -> Program {
    let program = try registry.program(key)
    guard program.isRunning else { throw TangorError(.programNotFound, "This program has ended.") }
    return program
  }
}

extension Request {
  /// The query with its question mark; empty without one.
  fileprivate var query: String { uri.query.map { "?" + $0 } ?? "" }
}
