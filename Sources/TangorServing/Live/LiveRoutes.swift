import HTTPTypes
package import Hummingbird
import NIOCore
import TangorCore
import TangorJSON

/// The doors of JSON-RPC: the live connection at `/live`, and `POST /rpc`.
package struct LiveRoutes<Context: ChannelRequestContext>: Sendable {
  private let dispatcher: LiveDispatcher
  private let configuration: ServingConfiguration
  private let upgrade: WebSocketUpgrade
  private let identify: Identify?

  package init(
    dispatcher: LiveDispatcher, configuration: ServingConfiguration, sockets: WebSocketRegistry, identify: Identify? = nil
  ) {
    self.dispatcher = dispatcher
    self.identify = identify
    self.configuration = configuration
    var webSocket = configuration.webSocket
    webSocket.subprotocols = ["tangor.v1"]
    upgrade = WebSocketUpgrade(configuration: webSocket, sockets: sockets)
  }

  /// The routes, for any Hummingbird router.
  package var collection: RouteCollection<Context> {
    let routes = RouteCollection(context: Context.self)
    routes.methods(at: "/live", [(.get, live)])
    routes.methods(at: "/rpc", [(.post, rpc)])
    return routes
  }

  @Sendable private func live(_ request: Request, _ context: Context) async throws -> Response {
    let client = try await identified(request, context)
    return try await upgrade.response(to: request, channel: context.channel) { eventLoop in
      LiveConnection(dispatcher: dispatcher, client: client, configuration: configuration, eventLoop: eventLoop)
    }
  }

  @Sendable private func rpc(_ request: Request, _ context: Context) async throws -> Response {
    try OriginPolicy(configuration.webSocket.origins).check(request)
    guard request.headers[.contentType]?.isJSONMediaType == true else {
      throw TangorError(.unsupportedMediaType, "Requests are JSON: send Content-Type: application/json.")
    }
    let body = try await request.collectBody(upTo: configuration.maximumBodySize)
    let client = try await identified(request, context)
    let answer = try await withCancellationOnDisconnect(channel: context.channel) { await self.answer(to: body, client: client) }
    guard let answer else { return Response(status: .noContent, headers: [.cacheControl: "no-store"]) }
    return Response(
      status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
      body: .init(byteBuffer: ByteBuffer(bytes: answer)))
  }

  private func identified(_ request: Request, _ context: Context) async throws -> Client {
    var client = context.client
    if let identify { client.roles = try await identify(IdentityRequest(headers: request.headers, address: client.address)) }
    return client
  }

  private func answer(to body: ByteBuffer, client: Client) async -> [UInt8]? {
    switch body.withUnsafeReadableBytes({ dispatcher.parse($0) }) {
    case .invalid(let error): return LiveResponse.error(nil, error)
    case .single(let request): return await answer(to: request, in: body, client: client)
    case .batch(let requests):
      let batch = LiveBatch(count: requests.count)
      return await withTaskGroup(of: [UInt8]?.self) { group in
        for request in requests {
          group.addTask { batch.add(await self.answer(to: request, in: body, client: client)) }
        }
        var whole: [UInt8]?
        for await answer in group { if let answer { whole = answer } }
        return whole
      }
    }
  }

  private func answer(to request: LiveRequest, in body: ByteBuffer, client: Client) async -> [UInt8]? {
    let result: Result<JSONFragment, TangorError>
    switch body.withUnsafeReadableBytes({ dispatcher.begin(request, in: $0, client: client, peer: nil) }) {
    case .answer(let bytes): return request.isNotification ? nil : bytes
    case .done(let done): result = done
    case .cancel: result = .failure(TangorError(.invalidRequest, "Over POST /rpc a call is cancelled by closing its connection."))
    case .task(let work): result = await work()
    case .deferred(let work, let method):
      do { result = .success(try await work.outcome()) } catch { result = dispatcher.outcome(.failure(error), of: method) }
    }
    if request.isNotification { return nil }
    return switch result {
    case .success(let value): LiveResponse.result(request.id ?? .null, value)
    case .failure(let error): LiveResponse.error(request.id, error)
    }
  }
}
