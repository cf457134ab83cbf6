import HTTPTypes
public import Hummingbird
import NIOCore
public import TangorCore
import TangorJSON
public import TangorServing
public import TangorStreams

/// Answers HTTP requests with services.
public struct ServiceResponder<Context: ChannelRequestContext>: PathResponder {
  /// Serves a file: its path on this machine, its media type if the service named one, and the request with its conditions.
  public typealias FileServing = @Sendable (_ path: String, _ type: String?, _ request: Request) async throws -> Response

  private let caller: ServiceCaller
  private let bodyLimit: ByteSize
  private let signals: (any OperationSignals)?
  private let serveFile: FileServing?

  /// - Parameters:
  ///   - registry: The services.
  ///   - streams: Where the streams go that services return.
  ///   - polls: Where the generators go that clients poll.
  ///   - bodyLimit: The largest body that a service may read.
  ///   - serveFile: Serves the files that services return; without it such a reply is an internal error.
  public init(
    _ registry: ServiceRegistry, streams: StreamRegistry, polls: PollRegistry, bodyLimit: ByteSize = .mebibytes(16),
    serveFile: FileServing? = nil
  ) {
    self.init(registry, streams: streams, polls: polls, signals: nil, bodyLimit: bodyLimit, serveFile: serveFile)
  }

  /// - Parameter signals: The signals that operations wait for; the others as in the public form.
  package init(
    _ registry: ServiceRegistry, streams: StreamRegistry, polls: PollRegistry, signals: (any OperationSignals)?, bodyLimit: ByteSize,
    serveFile: FileServing?
  ) {
    caller = ServiceCaller(registry: registry, streams: streams, polls: polls)
    self.bodyLimit = bodyLimit
    self.signals = signals
    self.serveFile = serveFile
  }

  public func respond(to request: Request, at path: Substring, context: Context) async throws -> Response? {
    guard let match = caller.registry.find(path) else { return nil }
    let isHead = request.method == .head
    guard let service = match.services[request.method.rawValue] ?? (isHead ? match.services["GET"] : nil) else {
      let allowed = Self.allowed(match.services)
      guard request.method == .options else { throw TangorError.methodNotAllowed(request.method, allowed: allowed) }
      return Response(status: .noContent, headers: [.allow: allowed.joined(separator: ", ")])
    }
    // Looking at a generator must not take a value from it.
    if isHead, case .poll = service.action { return Self.json(ByteBuffer()) }
    guard let query = FormFields(parsing: request.uri.query ?? "") else {
      throw TangorError(.invalidRequest, "The query is not valid percent-encoded UTF-8.")
    }
    let (elements, rest) = service.pattern.values(of: match.path)
    let terms = service.options.body.terms
    let input = RequestInput(request, on: context.channel, limit: terms.map(\.limit) ?? bodyLimit, isStreamed: terms != nil)
    let call = ServiceRequest(
      method: request.method.rawValue, path: "/" + match.path.joined(separator: "/"), rest: rest, elements: elements,
      headers: request.headers, query: query, input: input, bodyLimit: bodyLimit, client: context.client,
      requestID: context.id, logger: context.logger)
    var response: Response
    do {
      switch try await outcome(of: service, call, context.channel) {
      case .polled(let body): response = Self.json(body)
      case .reply(let reply):
        response = try await self.response(reply, service, call, request, context.channel)
        if !isHead, reply.content.isWritten { return response }
      }
    } catch {
      await input.close()
      throw error
    }
    await input.close()
    if isHead { response.body = ResponseBody() }
    return response
  }

  /// The methods that services answer, with those that come by themselves.
  private static func allowed(_ services: [String: Service]) -> [String] {
    var methods = services.keys.sorted()
    if services["GET"] != nil, services["HEAD"] == nil { methods.append("HEAD") }
    if services["OPTIONS"] == nil { methods.append("OPTIONS") }
    return methods
  }

  private static func json(_ body: ByteBuffer) -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
      body: body.readableBytes == 0 ? .init() : .init(byteBuffer: body))
  }

  /// Calls a service, and cancels what it does when its client goes away.
  private func outcome(of service: Service, _ call: ServiceRequest, _ channel: any Channel) async throws -> ServiceCaller.Outcome {
    // A poll that waits sees to its client itself: what it waits for is not its own.
    if case .poll = service.action { return try await caller.call(service, call, channel: channel) }
    return try await withCancellationOnDisconnect(channel: channel) { [caller] in try await caller.call(service, call, channel: channel) }
  }

  /// A body that is written while the request's body may still be read, until its client goes away.
  private static func body(
    _ call: ServiceRequest, _ channel: any Channel, length: Int?,
    _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
  ) -> ResponseBody {
    let input = call.input
    let body = ResponseBody(contentLength: length) { writer in
      let lent = LentWriter(writer)
      let result: Result<Void, any Error>
      do { result = .success(try await withCancellationOnDisconnect(channel: channel) { try await write(&lent.writer) }) } catch {
        result = .failure(error)
      }
      writer = lent.writer
      await input.close()
      try result.get()
      try await writer.finish(nil)
    }
    // A body of unknown length is logged by the request's observer.
    return length == nil ? body : body.logged(by: call.logger)
  }

  private func response(
    _ reply: ServiceReply, _ service: Service, _ call: ServiceRequest, _ request: Request, _ channel: any Channel
  ) async throws -> Response {
    var response: Response
    switch reply.content {
    case .json(let json):
      response = Response(
        status: reply.status, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: json.bytes)))
    case .bytes(let bytes, let type):
      response = Response(status: reply.status, headers: [.contentType: type], body: .init(byteBuffer: bytes))
    case .redirect(let location):
      response = Response(status: reply.status, headers: [.location: location])
    case .body(let type, let length, let write):
      response = Response(
        status: reply.status, headers: [.contentType: type], body: Self.body(call, channel, length: length, write))
    case .operations(let type, let make):
      let driver = OperationDriver(signals: signals, input: call.input)
      let body = Self.body(call, channel, length: nil) { writer in try await driver.run(make()) { try await writer.write($0) } }
      response = Response(status: reply.status, headers: [.contentType: type], body: body)
    case .stream(let source):
      // A HEAD asks what a GET would answer; no stream is opened that nobody can pull.
      if request.method == .head { return Self.json(ByteBuffer()) }
      response = Self.json(ByteBuffer(bytes: streamKeyAnswer(try caller.open(source, of: service, client: call)).bytes))
      response.status = reply.status
    case .file(let path, let type):
      guard let serveFile else {
        throw TangorError(.internalError, "The service returned a file, and this application serves none.")
      }
      response = try await serveFile(path, type, request)
    case .empty:
      response = Response(status: reply.status)
    }
    for field in reply.headers { response.headers.append(field) }
    return response
  }
}

/// The writer of a body, lent to the task that writes it.
///
/// Unchecked, because its lender waits for that task to end and does not touch the writer before.
private final class LentWriter: @unchecked Sendable {
  var writer: any ResponseBodyWriter

  init(_ writer: any ResponseBodyWriter) { self.writer = writer }
}
