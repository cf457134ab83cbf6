import HTTPTypes
public import Hummingbird
import NIOCore
import TangorCore
import TangorJSON
public import TangorServing

/// The HTTP endpoints of streams: `/stream` and `/stream/<key>`. The contract stands in `docs/wire.md`.
public struct StreamRoutes<Context: ChannelRequestContext>: Sendable {
  private let registry: StreamRegistry

  /// - Parameter registry: The streams.
  public init(_ registry: StreamRegistry) {
    self.registry = registry
  }

  /// The endpoints, to be added to a router below the base path.
  public var endpoints: RouteCollection<Context> {
    let routes = RouteCollection(context: Context.self)
    routes.methods(at: "/stream", [(.get, list), (.head, list)])
    routes.methods(at: "/stream/:key", [(.get, read), (.head, look), (.delete, cancel)])
    return routes
  }

  private func list(_ request: Request, _ context: Context) throws -> Response {
    try refuseQuery(request)
    let body = ByteBuffer(bytes: StreamAnswer.keys(registry.keys).bytes)
    return Response(status: .ok, headers: StreamHeaders.json, body: request.method == .head ? .init() : .init(byteBuffer: body))
  }

  private func look(_ request: Request, _ context: Context) throws -> Response {
    _ = try find(context)
    return Response(status: .ok, headers: StreamHeaders.json)
  }

  private func cancel(_ request: Request, _ context: Context) throws -> Response {
    try refuseQuery(request)
    let text = context.parameters.get("key") ?? ""
    guard let key = Key(text) else { throw TangorError.streamNotFound(text) }
    try registry.cancel(key)
    return Response(status: .ok, headers: StreamHeaders.json, body: .init(byteBuffer: ByteBuffer(bytes: StreamAnswer.key(key).bytes)))
  }

  private func find(_ context: Context) throws -> KeyedStream {
    let text = context.parameters.get("key") ?? ""
    guard let key = Key(text) else { throw TangorError.streamNotFound(text) }
    return try registry.stream(key)
  }

  private func refuseQuery(_ request: Request) throws {
    if let query = request.uri.query, !query.isEmpty {
      throw TangorError(.invalidRequest, "No query is understood here; '\(query.prefix(32))' came.")
    }
  }

  private func read(_ request: Request, _ context: Context) async throws -> Response {
    let stream = try find(context)
    let query = try StreamQuery(request.uri.query, configuration: registry.configuration)
    switch try StreamFormat(accept: request.headers[.accept]) {
    case .json: return try await pull(stream, query, context)
    case .lines: return try push(stream, query, request, context, isEvents: false)
    case .events: return try push(stream, query, request, context, isEvents: true)
    }
  }

  // MARK: Pulls

  private func pull(_ stream: KeyedStream, _ query: StreamQuery, _ context: Context) async throws -> Response {
    let pull: Pull
    switch try stream.begin(query.request) {
    case .answered(let answer): pull = answer
    case .waiting(let ticket):
      let reader = StreamReader(stream)
      pull = try await withDisconnectHandler(channel: context.channel, onGone: { reader.leave() }) { try await reader.wait(ticket) }
    }
    return response(pull, query)
  }

  private func response(_ pull: Pull, _ query: StreamQuery) -> Response {
    let isPositioned = query.request.after != nil
    var headers = StreamHeaders.json
    let body: ByteBuffer
    switch pull {
    case .values(let values):
      let last = values.lastIndex
      headers[StreamHeaders.index] = String(last)
      body = StreamAnswer.values(
        values, asArray: query.isArray, index: isPositioned ? last : nil, progress: query.wantsProgress ? values.progress : nil)
    case .finished(let index): body = StreamAnswer.finished(index: isPositioned ? index : nil)
    case .pending(let index, let progress): body = StreamAnswer.pending(index: isPositioned ? index : nil, progress: progress)
    case .progress(let progress): body = StreamAnswer.pending(index: nil, progress: progress)
    }
    return Response(status: .ok, headers: headers, body: .init(byteBuffer: body))
  }

  // MARK: Pushes

  private func push(
    _ stream: KeyedStream, _ query: StreamQuery, _ request: Request, _ context: Context, isEvents: Bool
  ) throws -> Response {
    guard !query.isArray, query.request.wait == nil else {
      throw TangorError(.invalidRequest, "'max' and 'wait' are for pulls; a pushed response gives all values as they come.")
    }
    var position = query.request.after
    if isEvents, let id = request.headers[StreamHeaders.lastEventID], !id.isEmpty {
      guard let index = Int(id), index >= 0 else {
        throw TangorError(.invalidRequest, "'Last-Event-ID' must be an index; '\(id.prefix(32))' came.")
      }
      position = index
    }
    if let position { try stream.check(after: position) }
    let push = StreamPush(
      reader: StreamReader(stream), isEvents: isEvents, position: position, requestID: context.id,
      keepAlive: registry.configuration.keepAliveInterval)
    let channel = context.channel
    return Response(
      status: .ok, headers: isEvents ? StreamHeaders.events : StreamHeaders.lines,
      body: ResponseBody { writer in
        try await push.run(&writer, channel: channel)
      })
  }
}

/// The headers of stream answers, made once.
enum StreamHeaders {
  static let json: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
  static let lines: HTTPFields = [.contentType: "application/x-ndjson", .cacheControl: "no-store"]
  static let events: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]
  // Both are valid names.
  static let index = HTTPField.Name("Stream-Index")!
  static let lastEventID = HTTPField.Name("Last-Event-ID")!
}
