import Hummingbird
import Logging
import TangorCore
import TangorPerspective
import TangorServing

/// The WebSocket of Perspective's clients: `/websocket`, and `/websocket/<namespace>`.
struct PerspectiveEndpoint {
  private let tables: TableRegistry
  private let configuration: PerspectiveConfiguration
  private let upgrade: WebSocketUpgrade

  init(_ tables: TableRegistry, configuration: PerspectiveConfiguration, webSocket: WebSocketConfiguration, sockets: WebSocketRegistry) {
    self.tables = tables
    self.configuration = configuration
    var webSocket = webSocket
    webSocket.maximumMessageSize = configuration.maximumMessageSize
    webSocket.subprotocols = []
    upgrade = WebSocketUpgrade(configuration: webSocket, sockets: sockets)
  }

  /// Adds the routes, where there are any.
  func add(to group: some RouterMethods<TangorRequestContext>) {
    guard !configuration.path.isEmpty else { return }
    group.methods(at: RouterPath(configuration.path), [(.get, connect)])
    if configuration.namespaces { group.methods(at: RouterPath(configuration.path + "/:namespace"), [(.get, connectToNamespace)]) }
  }

  @Sendable private func connect(_ request: Request, _ context: TangorRequestContext) async throws -> Response {
    let server = tables.server
    return try await respond(request, context) { socket in await Self.serve(server, socket) }
  }

  @Sendable private func connectToNamespace(_ request: Request, _ context: TangorRequestContext) async throws -> Response {
    let namespaces = tables.namespaces
    let name = context.pathParameters["namespace"] ?? ""
    try namespaces.check(name)
    return try await respond(request, context) { socket in
      let server: PerspectiveServer
      do {
        server = try namespaces.enter(name)
      } catch {
        // Others took the last place in the moment of the handshake.
        return socket.close(.tryAgainLater, reason: "as many namespaces as may be are in use")
      }
      await Self.serve(server, socket)
      namespaces.leave(name)
    }
  }

  private func respond(
    _ request: Request, _ context: TangorRequestContext, _ perform: @escaping @Sendable (WebSocket) async -> Void
  ) async throws -> Response {
    try await upgrade.response(
      to: request, channel: context.channel, client: context.client, parameters: context.pathParameters, logger: context.logger,
      perform: perform)
  }

  private static func serve(_ server: PerspectiveServer, _ socket: WebSocket) async {
    let messages = socket.messages.compactMap { message -> [UInt8]? in
      if case .binary(let bytes) = message { return bytes }
      socket.close(.unsupportedData, reason: "requests are binary messages of Perspective's protocol")
      return nil
    }
    let ending = await withTaskExecutorPreference(TableExecutor.shared) {
      await server.makeSession().run(messages) { socket.send($0, done: $1) }
    }
    if ending == .overrun { socket.close(.messagesLost, reason: "changed rows were not read in time") }
  }
}
