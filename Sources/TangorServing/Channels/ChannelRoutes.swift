import HTTPTypes
package import Hummingbird
import NIOCore
package import TangorCore
import TangorJSON

/// The HTTP endpoints of channels: `/channel` and all below it. The contract stands in `docs/wire.md`.
package struct ChannelRoutes<Context: ChannelRequestContext>: Sendable {
  private let registry: ChannelRegistry
  private let basePath: String
  private let configuration: WebSocketConfiguration

  /// - Parameters:
  ///   - registry: The channels.
  ///   - basePath: The path below which the routes are put.
  ///   - configuration: Pages of which other origins may publish, and how large one message may be.
  package init(_ registry: ChannelRegistry, basePath: String, configuration: WebSocketConfiguration) {
    self.registry = registry
    self.basePath = basePath
    self.configuration = configuration
  }

  /// The endpoints, to be added to a router below the base path.
  package var endpoints: RouteCollection<Context> {
    let routes = RouteCollection(context: Context.self)
    routes.methods(at: "/channel", [(.get, list), (.head, list)])
    routes.methods(at: "/channel/**", [(.get, read), (.head, read), (.post, publish)])
    return routes
  }

  // MARK: Names

  private func list(_ request: Request, _ context: Context) throws -> Response {
    let query = try ChannelQuery(request.uri.query)
    if !query.patterns.isEmpty { return try events(.several(query), request, context) }
    try query.refuse(except: ["pattern"])
    return json(ChannelAnswer.names(registry.namesForClients(matching: try query.pattern ?? ChannelPattern("#"))), request)
  }

  /// The name that a path says; that of its beginning where it ends in `/latest`.
  private func name(_ request: Request) throws -> (name: ChannelName, isLatest: Bool, whole: ChannelName) {
    let raw = request.uri.path.dropFirst(basePath.count + "/channel/".count)
    guard let text = String(percentDecoding: raw.utf8) else {
      throw TangorError(.invalidParameters, "The channel's name in the path is not UTF-8 in percent-encoding.")
    }
    let whole = try ChannelName(text)
    guard text.hasSuffix("/latest"), text.utf8.count > 7 else { return (whole, false, whole) }
    return (try ChannelName(String(text.dropLast(7))), true, whole)
  }

  // MARK: Reading

  private func read(_ request: Request, _ context: Context) throws -> Response {
    let (name, isLatest, _) = try name(request)
    guard registry.settings(for: name).clientsMaySubscribe else { throw TangorError.mayNotSubscribe(name) }
    let query = try ChannelQuery(request.uri.query)
    if isLatest {
      try query.refuse(except: [])
      return try latest(name, request)
    }
    switch ChannelForm(accept: request.headers[.accept]) {
    case .events:
      try query.refuse(except: ["after", "latest", "policy"])
      return try events(.one(name, query), request, context)
    case .json:
      try query.refuse(except: [])
      return try latest(name, request)
    case nil: throw TangorError(.notAcceptable, "A channel is given as text/event-stream or application/json; Accept allows neither.")
    }
  }

  private func latest(_ name: ChannelName, _ request: Request) throws -> Response {
    guard let channel = registry.find(name), let message = channel.latest.message else { throw TangorError.channelNotFound(name) }
    let position = ChannelPosition(epoch: channel.latest.position.epoch, offset: message.offset)
    let tag = EntityTag(position.description)
    var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-cache", .eTag: tag.description, .vary: "Accept"]
    switch RequestConditions(request.headers).verdict(tag: tag, lastModified: nil, currentYear: 0) {
    case .notModified:
      headers[.contentType] = nil
      return Response(status: .notModified, headers: headers)
    case .failed: throw TangorError(.preconditionFailed, "The channel's latest message is another than If-Match names.")
    case .proceed: break
    }
    let body = ByteBuffer(bytes: message.parameters)
    if request.method == .head { headers[.contentLength] = String(body.readableBytes) }
    return Response(status: .ok, headers: headers, body: request.method == .head ? .init() : .init(byteBuffer: body))
  }

  private func events(_ kind: ChannelEvents.Kind, _ request: Request, _ context: Context) throws -> Response {
    let headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store", .vary: "Accept"]
    if request.method == .head { return Response(status: .ok, headers: headers) }
    let events = try ChannelEvents(
      registry, kind, lastEventID: request.headers[.lastEventID], maximumAnswer: configuration.maximumMessageSize.bytes)
    let channel = context.channel
    return Response(status: .ok, headers: headers, body: ResponseBody { writer in try await events.run(&writer, channel: channel) })
  }

  // MARK: Publishing

  private func publish(_ request: Request, _ context: Context) async throws -> Response {
    try OriginPolicy(configuration.origins).check(request)
    try ChannelQuery(request.uri.query).refuse(except: [])
    let name = try name(request).whole
    // Refused before the body is read; what is too large, while it is.
    let settings = registry.settings(for: name)
    guard settings.clientsMayPublish else { throw TangorError.mayNotPublish(name) }
    let isJSON = request.headers[.contentType]?.isJSONMediaType == true
    let body = try await request.collectBody(upTo: ByteSize(bytes: settings.maximumMessageSize + (isJSON ? 1_024 : 0)))
    let payload: ChannelPayload
    if isJSON {
      do { payload = .json(try JSONFragment(validating: body.readableBytesView)) } catch {
        throw TangorError(.parseError, "The body is not JSON: \(error)")
      }
    } else {
      payload = .binary(body.readableBytesView)
    }
    return json(ChannelAnswer.published(name, try registry.publish(payload, to: name, byClient: true)), request)
  }

  private func json(_ fragment: JSONFragment, _ request: Request) -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
      body: request.method == .head ? .init() : .init(byteBuffer: ByteBuffer(bytes: fragment.bytes)))
  }
}

/// The form in which a client wants one channel.
enum ChannelForm {
  case events
  case json

  /// The form that `Accept` names first; events where it names none or everything.
  init?(accept: String?) {
    guard let accept, !accept.isEmpty else {
      self = .events
      return
    }
    for range in accept.split(separator: ",") {
      let type = range.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
      switch type {
      case "text/event-stream", "*/*", "text/*":
        self = .events
        return
      case "application/json", "application/*":
        self = .json
        return
      default: continue
      }
    }
    return nil
  }
}

extension HTTPField.Name {
  // A valid name.
  fileprivate static let lastEventID = Self("Last-Event-ID")!
}
