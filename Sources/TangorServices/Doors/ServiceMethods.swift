import HTTPTypes
import Logging
import NIOCore
import TangorCore
import TangorJSON
public import TangorServing
public import TangorStreams

/// The methods `service.*` and `stream.open` of the live connection. The contract stands in `docs/wire.md`.
public struct ServiceMethods: Sendable {
  private let caller: ServiceCaller
  private let logger: Logger

  /// - Parameters:
  ///   - registry: The services.
  ///   - streams: Where the streams go that services return.
  ///   - polls: Where the generators go that clients poll.
  public init(_ registry: ServiceRegistry, streams: StreamRegistry, polls: PollRegistry) {
    caller = ServiceCaller(registry: registry, streams: streams, polls: polls)
    logger = Logger(label: "tangor.services")
  }

  /// The methods.
  public var methods: [LiveMethod] { [call, list, open] }

  private static let arguments = LiveParameter.optional("arguments", .object, "The service's arguments.")

  private var call: LiveMethod {
    LiveMethod(
      "service.call", "Calls a service.",
      parameters: [.required("path", .string, "The service's path, with or without a query."), Self.arguments],
      result: "The service's value; for a sequence an object with its key."
    ) { call in
      let (service, request) = try prepare(call, path: try call.arguments.string("path"))
      switch try await caller.call(service, request, channel: nil) {
      case .polled(let json): return JSONFragment(unchecked: Array(json.readableBytesView))
      case .reply(let reply): return try value(reply, service, request)
      }
    }
  }

  private var list: LiveMethod {
    .immediate("service.list", "Lists the services.", result: "An array of objects with path and summary.") { _ in
      var writer = JSONWriter()
      writer.beginArray()
      for (path, summary) in caller.registry.descriptions {
        writer.beginObject()
        writer.writeKey("path")
        writer.write(path)
        writer.writeKey("summary")
        writer.write(summary)
        writer.endObject()
      }
      writer.endArray()
      return JSONFragment(unchecked: writer.bytes)
    }
  }

  private var open: LiveMethod {
    LiveMethod(
      "stream.open", "Calls a service that returns a sequence, and opens a stream of it.",
      parameters: [.required("service", .string, "The service's path, with or without a query."), Self.arguments],
      result: "An object with the stream's key."
    ) { call in
      let path = try call.arguments.string("service")
      let (service, request) = try prepare(call, path: path)
      guard case .handler = service.action, case .reply(let reply) = try await caller.call(service, request, channel: nil),
        case .stream(let source) = reply.content
      else {
        throw TangorError(.notAStream, "The service '\(request.path.prefix(200))' returns no sequence; service.call gives its value.")
      }
      return streamKeyAnswer(try caller.open(source, of: service, client: request))
    }
  }

  private func prepare(_ call: LiveCall, path text: String) throws -> (Service, ServiceRequest) {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts[0].hasPrefix("/") ? String(parts[0]) : "/" + parts[0]
    guard let match = caller.registry.find(path),
      let service = match.services["GET"] ?? match.services["POST"] ?? match.services.min(by: { $0.key < $1.key })?.value
    else {
      throw TangorError(.serviceNotFound, "There is no service at '\(path.prefix(200))'; service.list lists all.")
    }
    guard let query = FormFields(parsing: parts.count == 2 ? String(parts[1]) : "") else {
      throw TangorError(.invalidParameters, "The query of '\(text.prefix(200))' is not valid percent-encoded UTF-8.")
    }
    let arguments = try call.arguments.optionalObject("arguments") ?? [:]
    let (elements, rest) = service.pattern.values(of: match.path)
    let body = ByteBuffer(bytes: JSONFragment(arguments).bytes)
    var request = ServiceRequest(
      method: match.services["GET"] != nil ? "GET" : service.methods[0], path: "/" + match.path.joined(separator: "/"), rest: rest,
      elements: elements, headers: HTTPFields(), query: query, input: RequestInput(body), client: call.client,
      requestID: Key().description, logger: logger)
    request.liveArguments = arguments
    return (service, request)
  }

  /// A reply as the result of a call.
  private func value(_ reply: ServiceReply, _ service: Service, _ request: ServiceRequest) throws -> JSONFragment {
    switch reply.content {
    case .json(let json): return json
    case .empty: return .null
    case .stream(let source): return streamKeyAnswer(try caller.open(source, of: service, client: request))
    case .bytes(let bytes, let type) where type.hasPrefix("text/"):
      return JSONFragment(String(decoding: bytes.readableBytesView, as: UTF8.self))
    case .bytes, .redirect, .file, .body, .operations:
      throw TangorError(
        .notAcceptable, "The service '\(request.path.prefix(200))' answers with something other than JSON or text; ask it over HTTP.")
    }
  }
}
